"""Protocols: what a program knows of the first part of a string, in bits."""
