"""What a model writes by itself, where no single right answer can be teacher-forced."""
