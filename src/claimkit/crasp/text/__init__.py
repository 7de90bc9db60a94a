"""Programs as text: parsed, printed, and as LaTeX."""
