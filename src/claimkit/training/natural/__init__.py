"""Controls of natural tasks: models that copy paragraphs, or list commits."""
