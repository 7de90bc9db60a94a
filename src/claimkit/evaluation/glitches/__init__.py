"""Where a copy leaves its original: alignment, spans, transitions and ambiguous tokens."""
