"""Prompts: how a question becomes the tokens of one model's vocabulary."""
