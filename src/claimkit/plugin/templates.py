"""``--templates`` is refused where it names a template that no collected test is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from claimkit.plugin.settings import Settings


@final
class TemplateCheck:
    """Pytest plugin: looks for mistyped templates once the tests are collected.

    Args:
        settings: The run's options, of which ``templates`` is used.
        complain: Called with a sentence if there is one to say.
    """

    def __init__(self, settings: Settings, complain: Callable[[str], None]) -> None:
        self._settings = settings
        self._complain = complain

    # First, since -k and --deselect take tests away.
    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: Sequence[pytest.Item]
    ) -> None:
        """Complain of names that nothing knows; a module that cannot be read may know them."""
        if self._settings.templates is None or session.testsfailed:
            return
        known = _named_by(items) or _published()
        unknown = [name for name in self._settings.templates if name not in known]
        if unknown:
            self._complain(
                f"--templates names {unknown[0]!r}, which is no template of the collected claims; "
                f"they have {', '.join(known)}"
            )


def refuse(sentence: str) -> NoReturn:
    """End the run as one whose options are wrong."""
    raise pytest.UsageError(sentence)


def _named_by(items: Sequence[pytest.Item]) -> list[str]:
    """Return what the ``templates`` markers of some tests name, in the order of the tests."""
    marks = (mark for item in items for mark in item.iter_markers("templates"))
    return list(dict.fromkeys(name for mark in marks for name in mark.args))


def _published() -> list[str]:
    from claimkit.prompts.wording import COPYING_TEMPLATES, RETRIEVAL_TEMPLATES

    return list(dict.fromkeys([*RETRIEVAL_TEMPLATES, *COPYING_TEMPLATES]))
