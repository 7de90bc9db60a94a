"""Where a hunt looks: the questions of a group, and how a broken string becomes one again.

Mutations cut, paste and overwrite symbols without a thought for what a group demands; what they
leave is repaired here, by as few changes as will do, so that hardly any candidate is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import final

from claimkit.auditing.hunting.questions import Question, strings_of
from claimkit.errors import NotApplicable
from claimkit.tasks import Group
from claimkit.tasks.domains import well_posed
from claimkit.tasks.places import first_place, last_place
from claimkit.tasks.sampling import check_drawable


@final
@dataclass(frozen=True)
class Domain:
    """All well-posed questions of a group between two lengths, over symbols 0 … symbols − 1.

    Attributes:
        group: Which kind of strings.
        symbols: Size of the alphabet.
        shortest: Fewest symbols of a context or source.
        longest: Most symbols of a context or source.

    Raises:
        NotApplicable: If there are no such questions.
    """

    group: Group
    symbols: int
    shortest: int
    longest: int

    def __post_init__(self) -> None:
        """Refuse lengths at which there is nothing to ask."""
        for length in (self.shortest, self.longest):
            check_drawable(self.group, length, self.symbols)
        if self.shortest > self.longest:
            raise NotApplicable(
                f"no question has at least {self.shortest} and at most {self.longest} symbols"
            )

    def keep(self, questions: Iterable[Question]) -> list[Question]:
        """Return those that are questions of this domain, each once, in their order."""
        distinct = list(dict.fromkeys(questions))
        by_length: dict[int, list[Question]] = {}
        for question in distinct:
            if (question.query is not None) == self.group.is_retrieval:
                by_length.setdefault(len(question.context), []).append(question)
        sound: set[Question] = set()
        for length, alike in by_length.items():
            if self.shortest <= length <= self.longest:
                posed = well_posed(self.group, strings_of(alike), self.symbols)
                sound.update(q for q, good in zip(alike, posed.tolist(), strict=True) if good)
        return [question for question in distinct if question in sound]

    def repaired(self, context: Sequence[int], query: int | None, random: Random) -> Question:
        """Return a question of this domain that is like this string."""
        symbols = self._fitted([symbol % self.symbols for symbol in context], random)
        if query is not None:
            return self._asked(symbols, query % self.symbols, random)
        if self.group is Group.UNIQUE_COPYING:
            return Question(tuple(self._distinct(symbols, random)))
        if len(set(symbols)) == len(symbols):
            one, two = random.sample(range(len(symbols)), 2)
            symbols[two] = symbols[one]
        return Question(tuple(symbols))

    def _fitted(self, symbols: list[int], random: Random) -> list[int]:
        """Return a window of the symbols, or fill them up, so that their number is allowed."""
        if len(symbols) > self.longest:
            start = random.randrange(len(symbols) - self.longest + 1)
            return symbols[start : start + self.longest]
        while len(symbols) < self.shortest:
            symbols.insert(random.randrange(len(symbols) + 1), random.randrange(self.symbols))
        return symbols

    def _distinct(self, symbols: list[int], random: Random) -> list[int]:
        """Return the symbols with every repetition made a symbol that is not there yet."""
        unused = sorted(set(range(self.symbols)) - set(symbols))
        random.shuffle(unused)
        seen: set[int] = set()
        for place, symbol in enumerate(symbols):
            symbols[place] = unused.pop() if symbol in seen else symbol
            seen.add(symbol)
        return symbols

    def _asked(self, symbols: list[int], query: int, random: Random) -> Question:
        """Return a context that holds its query where the group has it, and nowhere else."""
        first, last = first_place(self.group), last_place(self.group, len(symbols))
        there = [p for p in range(first, last + 1) if symbols[p] == query]
        places = self._places(there, first, last, random)
        for place, symbol in enumerate(symbols):
            if symbol == query and place not in places:
                symbols[place] = (query + random.randrange(1, self.symbols)) % self.symbols
        for place in places:
            symbols[place] = query
        return Question(tuple(symbols), query)

    def _places(self, there: list[int], first: int, last: int, random: Random) -> set[int]:
        """Return places for the query, those where it stands already if they can be kept."""
        if self.group is Group.UNIQUE_RETRIEVAL:
            return {random.choice(there) if there else random.randint(first, last)}
        apart = _apart(there)
        rest = [p for p in range(first, last + 1) if all(abs(p - q) > 1 for q in apart)]
        if len(apart) == 1 and rest:
            return {*apart, random.choice(rest)}
        if len(apart) < 2:
            # The place before the last one leaves no room behind it, and so on.
            one = random.randint(first, last - 2)
            return {one, random.randint(one + 2, last)}
        return set(apart)


def _apart(places: list[int]) -> list[int]:
    """Return places of which none is the next one's neighbour, the first ones first."""
    kept: list[int] = []
    for place in places:
        if not kept or place - kept[-1] > 1:
            kept.append(place)
    return kept
