"""What is examined: a local checkpoint."""
