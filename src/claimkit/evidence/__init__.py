"""What was observed, kept; the intervals it supports; and the verdict those license."""
