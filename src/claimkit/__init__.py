"""Published claims about transformers as pytest tests that anyone can run on a language model."""

from __future__ import annotations

__version__ = "0.1.0"
