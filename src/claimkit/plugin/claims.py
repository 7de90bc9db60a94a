"""What makes a test a claim: its marker, and its number in the test id.

``@pytest.mark.claim("A10", source="…", says="…")`` puts the number first in the id,
``@pytest.mark.templates("rule", "formal")`` the template behind the test's own parameters and
``@pytest.mark.lengths(10, 20)`` the length last:
``test_right_beats_left[A10-UR-UL-template=rule-length=20]``.
All are parameters, so a test can be selected by the id that pytest prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, final

import pytest

from claimkit.errors import InvalidInput
from claimkit.reporting.records import MODEL, SUBJECTS, THEORY

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from _pytest.mark import ParameterSet

    from claimkit.plugin.settings import Settings

MARKERS: Final = (
    "claim(number, source, says, subject): the test states a published claim, about the model or, "
    "with subject='theory', about none; 'runs' are trained from scratch, 'finetuned' are made of "
    "the model; its number is in the test id",
    "templates(*names): the wordings a claim is tested with; --templates keeps some of them",
    "lengths(*values): the lengths a claim is tested at; --lengths replaces them",
    "risk: the claim is what a user relies on; it is never excused unless it failed before",
)


@final
@dataclass(frozen=True)
class Claim:
    """A sentence of a paper.

    Attributes:
        number: Its number in claimkit, such as ``A10``.
        source: Paper and section.
        says: The sentence.
        subject: What it is about, one of ``SUBJECTS``: as a rule, the model under test.
    """

    number: str
    source: str = ""
    says: str = ""
    subject: str = MODEL


def claim_of(item: pytest.Item) -> Claim | None:
    """The claim that a test states, or None for any other test.

    Raises:
        InvalidInput: If the marker names no number.
    """
    marker = item.get_closest_marker("claim")
    return None if marker is None else _read(marker)


def is_risk(item: pytest.Item) -> bool:
    """Whether a test states what a user relies on, else a finding of a paper."""
    return item.get_closest_marker("risk") is not None


def subject_of(item: pytest.Item) -> str:
    """What a test is about, one of ``SUBJECTS``: the model, unless it states another claim."""
    claim = claim_of(item)
    return MODEL if claim is None else claim.subject


def is_theory(item: pytest.Item) -> bool:
    """Whether a test states a claim about theory, which asks no model and has no snapshot."""
    return subject_of(item) == THEORY


def announced(items: Iterable[pytest.Item]) -> dict[str, dict[str, Any]]:
    """What is known of tests before they run, by test id, in their order; JSON-safe.

    Args:
        items: Tests, of which the claims and others that may judge are announced.
    """
    judging = [item for item in items if claim_of(item) or "judge" in _fixtures(item)]
    return {item.nodeid: facts_of(item) for item in judging}


def facts_of(item: pytest.Item) -> dict[str, Any]:
    """What a test states: its claim in words and what that is about, and whether it is a risk."""
    claim = claim_of(item) or Claim("")
    return {
        "claim": claim.number,
        "says": claim.says,
        "source": claim.source,
        "subject": claim.subject,
        "risk": is_risk(item),
    }


def short_name(nodeid: str) -> str:
    """A test id without its folders: the same in a source tree and for an installed package.

    >>> short_name("claims/test_directional_bias.py::test_x[A10-UR/UL]")
    'test_directional_bias.py::test_x[A10-UR/UL]'
    """
    path, separator, test = nodeid.partition("::")
    return f"{path.rpartition('/')[2]}{separator}{test}"


def _fixtures(item: pytest.Item) -> Sequence[str]:
    names: Sequence[str] = getattr(item, "fixturenames", ())
    return names


def _read(marker: pytest.Mark) -> Claim:
    try:
        claim = Claim(*marker.args, **marker.kwargs)
    except TypeError as error:
        raise InvalidInput(
            f"the claim marker takes (number, source, says, subject): {error}"
        ) from None
    if not isinstance(claim.number, str) or not claim.number.isalnum():
        raise InvalidInput(
            f"a claim's number is a word, got {claim.number!r}; write for example claim('A10')"
        )
    if claim.subject not in SUBJECTS:
        raise InvalidInput(
            f"a claim's subject is one of {', '.join(SUBJECTS)}, got {claim.subject!r}; "
            "leave it out where the claim is about a model"
        )
    return claim


@final
class Parametrizer:
    """Pytest plugin: claim numbers, templates and lengths become parameters.

    Args:
        settings: The run's options, of which ``templates`` and ``lengths`` are used.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @pytest.hookimpl(wrapper=True)
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> Generator[None]:
        """Add the number before, template and length after, the test's own parameters."""
        claim = metafunc.definition.get_closest_marker("claim")
        if claim is not None:
            self._number(metafunc, claim)
        yield
        templates = metafunc.definition.get_closest_marker("templates")
        if templates is not None:
            metafunc.parametrize("template", self._templates(templates.args))
        lengths = metafunc.definition.get_closest_marker("lengths")
        if lengths is not None:
            values = self._settings.lengths or lengths.args
            metafunc.parametrize("length", values, ids="length={}".format)

    def _templates(self, named: tuple[str, ...]) -> list[ParameterSet]:
        """Return the templates that are left; if none is, one test that says so."""
        wanted = self._settings.templates
        kept = [name for name in named if wanted is None or name in wanted]
        if wanted is not None and not kept:
            reason = (
                f"this claim is about templates {', '.join(named)}, of which "
                f"--templates {','.join(wanted)} names none"
            )
            skipped = pytest.mark.skip(reason=reason)
            return [pytest.param(None, marks=skipped, id="no-template")]
        return [pytest.param(name, id=f"template={name}") for name in kept]

    @staticmethod
    def _number(metafunc: pytest.Metafunc, marker: pytest.Mark) -> None:
        try:
            claim = _read(marker)
            if claim.subject != MODEL and is_risk(metafunc.definition):
                raise InvalidInput(
                    "a risk is what users need of a model, and a claim with subject="
                    f"{claim.subject!r} asks another or none; leave one of the two out"
                )
        except InvalidInput as error:
            pytest.fail(f"{metafunc.definition.nodeid}: {error}", pytrace=False)
        # The test need not take the number as an argument; pytest only wants to know the name.
        if "claim" not in metafunc.fixturenames:
            metafunc.fixturenames.append("claim")
        metafunc.parametrize("claim", [claim.number], ids=[claim.number])
