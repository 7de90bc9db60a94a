"""Programs run: on many strings at once, block by block, and straight from the definition."""
