"""Natural settings: what models write when they are let to write."""
