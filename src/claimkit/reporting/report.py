"""The report of a run: report.json for programs, report.md and report.html for people.

Each is a pure function of a :class:`~claimkit.reporting.records.RunRecord`: equal records give
equal bytes. What a report holds is said by its sections, see :mod:`claimkit.reporting.sections`.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from claimkit.evidence.files import replace_file, told
from claimkit.reporting.records import RunRecord
from claimkit.reporting.rendering import html_page, markdown_page
from claimkit.reporting.sections import SECTIONS

FORMAT: Final = "claimkit.report/1"
STEP_SUMMARY: Final = "GITHUB_STEP_SUMMARY"
MOST_BYTES: Final = 1 << 20
"""What GitHub keeps of one step's summary; a longer one is dropped altogether."""


class ReportWarning(UserWarning):
    """A report could not be put where it is expected beside its own folder."""


def write_report(run: RunRecord, folder: Path) -> tuple[Path, ...]:
    """Write report.json, report.md and report.html into a folder, which is made if missing.

    Returns:
        Their paths. Each file is replaced in one step, so that a reader finds an old one or a new.

    Raises:
        StoreError: If the folder cannot be written.
    """
    texts = {
        "report.json": json_text(run),
        "report.md": markdown(run),
        "report.html": html(run),
    }
    with told("write a report to", folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            replace_file(folder / name, _encoded(text))
    return tuple(folder / name for name in texts)


def report_data(run: RunRecord) -> dict[str, Any]:
    """Return what report.json holds, as JSON-safe values; report.schema.json describes it."""
    sections = ((section.name, section.data(run)) for section in SECTIONS)
    return {
        "schema": FORMAT,
        "run": {
            "model": run.provenance.get("model", ""),
            "baseline": run.baseline,
            "alpha": run.alpha,
            "gate_alpha": run.gate_alpha,
            "started": run.started,
            "seconds": run.seconds,
            "complete": run.complete,
        },
        "sections": {name: data for name, data in sections if data is not None},
    }


def json_text(run: RunRecord) -> str:
    """Return the text of report.json."""
    return json.dumps(report_data(run), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def html(run: RunRecord) -> str:
    """Return one page that needs no other file and no network."""
    return html_page(report_data(run))


def markdown(run: RunRecord, most_bytes: int = MOST_BYTES) -> str:
    """Return the report as GitHub's Markdown, of at most ``most_bytes`` bytes of UTF-8.

    Where it would be longer, tables end early and long texts are cut, and both say so.
    """
    return markdown_page(report_data(run), most_bytes)


def append_step_summary(run: RunRecord, environ: Mapping[str, str]) -> Path | None:
    """Append report.md to the file that ``$GITHUB_STEP_SUMMARY`` names, as far as there is room.

    Returns:
        The file; None where the environment names none, or, with a warning, where it cannot be
        written: the report itself is none the worse.
    """
    if not environ.get(STEP_SUMMARY):
        return None
    path = Path(environ[STEP_SUMMARY])
    try:
        with path.open("ab") as file:
            file.write(_encoded(markdown(run, MOST_BYTES - file.tell())))
    except OSError as error:
        warnings.warn(
            f"${STEP_SUMMARY} names {path}, which cannot be written: {error.strerror or error}; "
            "the summary of this step lacks the report",
            ReportWarning,
            stacklevel=2,
        )
        return None
    return path


def _encoded(text: str) -> bytes:
    # Half a surrogate pair has no UTF-8; in JSON the escape that it becomes is the right one.
    return text.encode("utf-8", "backslashreplace")
