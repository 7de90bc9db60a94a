"""Laws: programs held against tasks, on all short strings and on long ones."""
