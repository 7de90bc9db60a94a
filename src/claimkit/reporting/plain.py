"""Signs beyond ASCII, spelled in ASCII, for terminals and files that lack them."""

from __future__ import annotations

from typing import Final

_SPELLED: Final = {
    **{"φ": "phi", "ψ": "psi", "Σ": "Sigma", "Ω": "Omega", "ω": "omega", "×": "x", "…": "..."},
    **{"−": "-", "–": "-", "≤": "<=", "≥": ">=", "≠": "!=", "∃": "exists", "¬": "not"},
}


def in_ascii(text: str) -> str:
    """Return a text in ASCII; what has no spelling becomes a question mark.

    >>> in_ascii("ψ (j = i − 1), ∀")
    'psi (j = i - 1), ?'
    """
    spelled = "".join(_SPELLED.get(character, character) for character in text)
    return spelled.encode("ascii", "replace").decode("ascii")
