"""Mutants: programs with one operation changed, for the laws to catch."""
