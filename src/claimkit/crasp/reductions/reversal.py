"""Word-order reversal: copying backward with repeats is what it does to words of length one.

The words of a string are reversed, each kept as it is. A source whose words have one symbol each is
then copied backward (NB), so a solver of word-order reversal gives one of NB: put a blank between
the symbols, and drop the blanks of the answer.

Proven elsewhere: arXiv:2505.21785, Lemma 8 (NB has no program, by arXiv:2410.02140, Theorem 12) and
Corollary 10 (so word-order reversal has none). Run here: both directions between solvers, on all
strings up to a length, and the counting argument for spaced sources: k^N sources of 2N − 1
symbols have as many different answers, so that they are a fooling set for reversal, too, with no
detour over a program for NB (:func:`reversals`).

Lists of commits are such strings: a line is a word, a line end the blank. That the lines of one
list differ does not help. Over a fixed alphabet, lines that differ are long ones, of symbols that
repeat, and N lines still come in N! orders, whose answers all differ, while the message grows as
the logarithm of the list's length. Only if every line were one symbol of its own would reversal be
UB, which has a program.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import product

from claimkit.crasp.laws.law import Law
from claimkit.crasp.reductions.fooling import FoolingSet, Question, Symbols
from claimkit.crasp.symbols import BOS, SEP
from claimkit.errors import InvalidInput
from claimkit.tasks.copying import NB

BLANK = "_"
Rewriter = Callable[[Sequence[str]], list[str]]


def words_of(symbols: Sequence[str], blank: str = BLANK) -> list[list[str]]:
    """Return the words between blanks; two blanks in a row have an empty word between them."""
    words: list[list[str]] = [[]]
    for symbol in symbols:
        if symbol == blank:
            words.append([])
        else:
            words[-1].append(symbol)
    return words


def joined(words: Sequence[Sequence[str]], blank: str = BLANK) -> list[str]:
    """Return words with a blank between them."""
    return reduce(lambda left, right: [*left, blank, *right], map(list, words))


def reverse_words(symbols: Sequence[str], blank: str = BLANK) -> list[str]:
    """Return a string with its words in reversed order.

    >>> "".join(reverse_words("ab_c"))
    'c_ab'
    """
    return joined(words_of(symbols, blank)[::-1], blank)


def spaced(source: Sequence[str], blank: str = BLANK) -> list[str]:
    """Return a source as words of length one.

    Raises:
        InvalidInput: If the blank stands in the source.

    >>> "".join(spaced("aab"))
    'a_a_b'
    """
    if blank in source:
        raise InvalidInput(f"the blank {blank!r} stands in the source {source!r}; take another")
    return joined([[symbol] for symbol in source], blank)


def copy_backward_by(reverse: Rewriter, source: Sequence[str], blank: str = BLANK) -> list[str]:
    """Return NB's answer, from a solver of word-order reversal."""
    return [symbol for symbol in reverse(spaced(source, blank)) if symbol != blank]


def reverse_words_by(copy: Rewriter, symbols: Sequence[str], blank: str = BLANK) -> list[str]:
    """Return word-order reversal's answer, from a solver of NB: all backward, then every word."""
    backward = copy(symbols) if symbols else []
    words = words_of(backward, blank)
    return joined([copy(word) if word else [] for word in words], blank)


def reversals(symbols: Sequence[str], blank: str = BLANK) -> FoolingSet:
    """Return word-order reversal's questions about all sources of words of length one.

    Raises:
        InvalidInput: If the blank is one of the symbols, or there are less than two.
    """

    def ask(source: Symbols) -> Question:
        text = spaced(source, blank)
        return Question((BOS, *text, SEP), tuple(reverse_words(text, blank)))

    _ = spaced(symbols, blank)
    return FoolingSet("word-order reversal", tuple(symbols), ask)


def embedding_law(
    symbols: Sequence[str] = "abc", longest: int = 7, solver: Rewriter = reverse_words
) -> Law:
    """Check that a solver of word-order reversal solves NB, on all strings up to a length.

    The other direction is checked along, from NB's rule to a solver, on all texts of the first two
    symbols and blanks.

    Args:
        symbols: What sources are made of.
        longest: Sources and texts up to this length are tried.
        solver: What reverses words; the rule itself, unless given.
    """
    label, checked = "NB by word-order reversal", 0
    for length in range(1, longest + 1):
        for source in product(symbols, repeat=length):
            answer = copy_backward_by(solver, source)
            if answer != NB.answer(source):
                return Law(label, f"{checked} sources", f"{source} becomes {answer}")
            checked += 1
        for text in product((*symbols[:2], BLANK), repeat=length):
            answer = reverse_words_by(NB.answer, text)
            if answer != reverse_words(text):
                return Law(label, f"{checked} strings", f"{text} becomes {answer} by NB")
            checked += 1
    listed = " ".join(symbols)
    return Law(label, f"all {checked:,} strings up to length {longest} over {listed}, both ways")
