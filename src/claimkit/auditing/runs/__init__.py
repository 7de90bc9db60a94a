"""Audits of models trained from scratch: many small ones, in folders, by task and seed."""
