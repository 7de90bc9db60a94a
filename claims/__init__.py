"""Claims of papers about transformers, in the papers' words; nothing here computes, it states."""
