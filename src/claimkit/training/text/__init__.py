"""Models of text: a natural one, pretrained on the source of Python's standard library."""
