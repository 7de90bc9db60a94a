"""What is observed of a model's answers."""
