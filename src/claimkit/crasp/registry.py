"""Which tasks C-RASP[pos] expresses, by which program, or by which lemma not.

Every task of both papers has an entry, so that later claims read here what the theory predicts.

*Expressible* is C-RASP[periodic, local], for transformers with learned absolute positions. The
column *without positions* is C-RASP[], for those with none: it is as published, and None where the
paper has no such column or does not list the task. Where a program without φ and ψ is known here,
the entry names it whatever the column says.

Source: arXiv:2505.21785 (tasks UR to NB, word-order reversal), arXiv:2410.02140 (the others). Its
flags, *a program exists* and *none does*, come from the authors' repository, commit b39b743,
``formal_lang_suite/visualise/data_local.py``; where no lemma is known to be behind a flag, the
entry says so.

NRLastFar is ours, and so is the argument that it has no program, which
:mod:`claimkit.crasp.reductions.confounding` gives and runs: whatever program is proposed, two
contexts with different answers bring it to the same state, so that nothing that follows tells them
apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, final

from claimkit.crasp.laws.forms import form_of

A: Final = "arXiv:2505.21785"
B: Final = "arXiv:2410.02140"
FLAG: Final = "flag in the authors' repository"


@final
@dataclass(frozen=True)
class Expressibility:
    """What is known of one task.

    Attributes:
        task: Its name.
        expressible: Whether C-RASP[pos] has a program for it.
        lemma: What says so.
        source: In which paper.
        program: The program's name in :mod:`claimkit.crasp.library`, if it has one.
        without_positions: Whether C-RASP[] has a program, as published; None if not said.
        positionless: A program that uses neither φ nor ψ, if one is known here.
        note: What else a reader should know.
    """

    task: str
    expressible: bool
    lemma: str
    source: str
    program: str | None = None
    without_positions: bool | None = None
    positionless: str | None = None
    note: str = ""

    @property
    def sentence(self) -> str:
        """The entry in a few words, such as ``UR is expressible (Lemma 4)``."""
        return f"{self.task} is {'' if self.expressible else 'not '}expressible ({self.lemma})"


def expressibility(task: str) -> Expressibility:
    """Return what is known of a task.

    Args:
        task: A name or key; also ``word-order reversal``.

    Raises:
        UnknownTask: If there is no such task; the message offers the nearest name.
    """
    if task in REGISTRY:
        return REGISTRY[task]
    return REGISTRY[form_of(task).name]


def _of_born() -> Iterator[Expressibility]:
    """Yield the entries of arXiv:2505.21785."""
    derived = "A program without positions is derived here."
    last = f"Lemma 6, by Lemmas 35 and 36 of {B}"
    for name, lemma, positionless, note in (
        ("UR", "Lemma 4", "without-positions/UR", derived),
        ("UL", "Lemma 4", None, _NO_LEFT),
        ("NRFirst", "Lemma 5 and Theorem 1", "without-positions/NRFirst", derived),
        ("NLFirst", "Lemma 5", None, f"{_FIRST_OF_QUERY} {_NO_LEFT}"),
        ("UF", "Lemma 7", "without-positions/UF", derived),
        ("UB", "Lemma 7", "without-positions/UB", f"{_OF_SOURCE} {derived}"),
    ):
        yield Expressibility(name, True, lemma, A, name, None, positionless, note)
    for name in ("NRLast", "NLLast"):
        yield Expressibility(name, False, last, A)
    yield Expressibility(
        "NRLastFar",
        False,
        "argued in claimkit.crasp.reductions.confounding",
        "derived",
        note="Lemma 6 is about NRLast. Its reduction does not carry over as it stands: the second "
        "half of a context, where no query stands, is time in which a program can compute.",
    )
    for name in ("NF", "NB"):
        yield Expressibility(name, False, f"Lemma 8, by Theorem 12 of {B}", A)
    yield Expressibility("word-order reversal", False, "Corollary 10, by NB", A)


_FIRST_OF_QUERY: Final = (
    "Corrected: NRFirst's lines with the bigram read the other way round name more than one symbol "
    "(published/NLFirst); FIRST is demanded of the bigram's second symbol."
)
_OF_SOURCE: Final = (
    "Corrected: with bigrams of the whole string, those of the answer name a second symbol "
    "(published/UB); bigrams are limited to the source."
)
_NO_LEFT: Final = (
    "Derived here: there is no program without positions. Such a program passes on counts alone, "
    "so that by the argument of claimkit.crasp.reductions.confounding two long contexts, alike but "
    "for a b q in the one and b a q in the other, leave it in one state; the answers are b and a."
)


def _of_length_generalization() -> Iterator[Expressibility]:
    """Yield the entries of arXiv:2410.02140, columns as published."""
    everywhere = f"{FLAG}; program derived here"
    for name in (
        *("Binary Majority", "Majority", "Sort", "Tomita-1", "Tomita-2", "Tomita-7"),
        *("D_2", "D_3", "D_4", "D_12", "aa*bb*cc*dd*ee*", "{a,b}*d{b,c}*"),
    ):
        yield Expressibility(name, True, everywhere, B, name, True, name)
    for name in ("Binary Majority Interleave", "Tomita-4", "(aa)*", "(aaaa)*", "(abab)*"):
        yield Expressibility(name, True, everywhere, B, name, False)
    yield Expressibility(
        "Copy Unique",
        True,
        f"{FLAG}; program as in {A}, section 2",
        B,
        "Copy Unique",
        False,
        "without-positions/copy-unique",
        "The flag says that there is no program without positions; one is derived here.",
    )
    for name in ("Strided Copy 2", "Strided Copy 3"):
        yield Expressibility(name, True, "program derived here", f"{B}, Appendix G.7", name)
    for name, lemma, note in (
        ("Copy Repeat", "Theorem 12", "Ω(n) bits would have to pass a cut."),
        ("Addition", FLAG, "For a fixed y the sum fixes x, so Theorem 12 applies."),
        ("Parity", FLAG, _GROUP),
        ("{0,1,2}*02*", "Lemma 35", "2 is the neutral symbol."),
        ("Tomita-3", FLAG, _OVERWRITTEN),
        ("Tomita-5", FLAG, _GROUP),
        ("Tomita-6", FLAG, _GROUP),
    ):
        yield Expressibility(name, False, lemma, B, None, False, None, note)


_GROUP: Final = (
    "No lemma is known to be behind the flag. The argument of "
    "claimkit.crasp.reductions.confounding applies: "
    "settled comparisons no longer see how many blocks there were."
)
_OVERWRITTEN: Final = (
    "No lemma is known to be behind the flag. The argument of "
    "claimkit.crasp.reductions.confounding applies: "
    "settled comparisons no longer see at which of two places the last run of 0s ended."
)

REGISTRY: Final[Mapping[str, Expressibility]] = MappingProxyType(
    {
        entry.task: entry
        for entries in (_of_born(), _of_length_generalization())
        for entry in entries
    }
)
"""Every task of both papers, and word-order reversal, by name."""
