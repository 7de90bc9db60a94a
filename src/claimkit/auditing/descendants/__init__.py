"""Descendants: what fine-tuning on one task made of a model, beside what it was before."""
