"""What a kill costs: audits killed with SIGKILL at 50 places, and what their restarts had to redo.

Prints Markdown, or with ``--json`` one line per kill; about half a minute on one core, on systems
that can fork:

    python benchmarks/kills.py

Two audits of forward-born are killed 25 times each and restarted after every kill, the one right
after its n-th record, the other between the data and the marker of its n-th record. After every
kill a copy of the store is also audited to the end, with the answers of an audit that was left
alone in place of the model's, so that each place is seen to lead to the same verdicts and to the
same bytes in every stream. The restarts themselves measure.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import tempfile
import warnings
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

# Set before torch is imported: its threads would not survive a fork.
os.environ["OMP_NUM_THREADS"] = "1"

from claimkit.auditing.audit import Audit
from claimkit.auditing.subject import Subject
from claimkit.evidence import files
from claimkit.evidence.ranges import count
from claimkit.evidence.store import Store, StoreWarning
from claimkit.models.spec import ModelSpec
from claimkit.tasks import UB, UF, UL, UR, NLFirst, NLLast, NRFirst, NRLast, Setting
from claimkit.tasks.questions import draw_questions

MODEL = Path(__file__).parents[1] / "fixtures" / "models" / "forward-born"
KILLS = 25
PLACES = ("right after the record", "between data and marker")
STRINGS = 16
RETRIEVAL = [(UR, UL), (NRFirst, NLFirst), (NRLast, NLLast)]
# 26 streams, so that 25 records are not the last; the reverse reads the same and does not hold.
GAPS = [
    *[(*pair, length) for length in (6, 7, 8) for pair in RETRIEVAL],
    *[(UF, UB, length) for length in (4, 5, 6, 7)],
    *[(UL, UR, length) for length in (6, 7, 8)],
]


@dataclass(frozen=True)
class Run:
    """An audit in a folder of its own, in one process after the other.

    Attributes:
        folder: Where its store, its verdicts and its list of measured strings are.
        prepared: What ``Subject.prepare`` found.
        warm: What a subject remembers once its weights are loaded, for children to inherit.
    """

    folder: Path
    prepared: dict
    warm: dict

    @property
    def store(self):
        """The evidence."""
        return Store(self.folder / "evidence")

    def verdicts(self):
        """The judgements that the last whole audit came to, but for the time they took."""
        return json.loads((self.folder / "verdicts.json").read_text())

    def measured(self):
        """How often each string was measured."""
        path = self.folder / "measured"
        return Counter(path.read_text().splitlines() if path.exists() else [])

    def streams(self):
        """The bytes of every stream, by path."""
        root = self.store.root / "streams"
        return {str(path.relative_to(root)): path.read_bytes() for path in root.glob("*/*/*")}

    def set_aside(self):
        """How many damaged pieces of files lie in the store."""
        return len(list((self.store.root / "damaged").iterdir()))

    def stored(self):
        """How many strings are stored whole; nothing is mended, that is for restarts."""
        keys = list(self.store.keys())
        return STRINGS * len(keys) - sum(count(self.store.missing(key, STRINGS)) for key in keys)

    def restart(self, *, record=None, between=False, answers=None):
        """Run the audit in a new process; return how it ended.

        It kills itself at a record of its own, or between its data and its marker. The answers of
        a finished run may stand in for the model's.
        """
        child = os.fork()
        if child == 0:
            try:
                self._audit(record, between, answers)
            finally:
                os._exit(0 if (self.folder / "verdicts.json").exists() else 1)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def _audit(self, record, between, answers):
        rates = {"alpha": 0.05, "margin": 0.02, "max_samples": STRINGS}
        audit = Audit.open(self.prepared, evidence=self.store.root, **rates)
        subject = audit.observer.subject
        vars(subject).update(self.warm)
        subject.measure = answering(subject, answers) if answers else noting(subject, self.folder)
        if record:
            die_at(record, between)
        gaps = [audit.paired_gap(right, left, length=length) for right, left, length in GAPS]
        judged = [replace(audit.decide(gap, above=0.0), seconds=0.0).to_dict() for gap in gaps]
        (self.folder / "verdicts.json").write_text(json.dumps(judged))


def noting(subject, folder):
    """Return the subject's way to measure, which notes every string before it is measured."""
    measure = subject.measure

    def noted(task, setting, questions):
        lines = (f"{task} {setting.length} {digest}\n" for digest in questions.digests())
        with (folder / "measured").open("a") as file:
            file.write("".join(lines))
        return measure(task, setting, questions)

    return noted


def answering(subject, run):
    """Return a way to measure that repeats what another run measured."""

    def repeated(task, setting, questions):
        known = run.store.read(subject.key(task, setting))
        start = known.digests.tolist().index(questions.digests()[0])
        return known[start : start + len(questions.strings)]

    return repeated


def die_at(record, between):
    """Let this process kill itself at a record that it appends, once the bytes are on the disk."""
    put, written = files._put, Counter()

    def put_and_die(file, content):
        put(file, content)
        written[file.mode] += 1
        # Two writes to each record: its data and its marker.
        if file.mode == "ab" and written["ab"] == 2 * record - between:
            os.kill(os.getpid(), signal.SIGKILL)

    files._put = put_and_die


def opened(folder):
    """Return a run that nothing happened to yet, and a subject with its weights loaded."""
    import torch

    torch.set_num_threads(1)
    prepared = Subject.prepare(ModelSpec(str(MODEL), device="cpu"), folder / "evidence")
    subject = Subject.open(prepared, folder / "evidence")
    for task in (UR, UF):
        # Loads the weights, and checks once how each kind of task is measured.
        setting = Setting(length=6, symbols=62)
        subject.measure(task, setting, draw_questions(task.group, setting, 1))
    warm = {name: value for name, value in vars(subject).items() if name != "store"}
    return Run(folder, prepared, warm)


def begun(whole, folder):
    """Return a run that knows the facts of another but none of its outcomes."""
    shutil.copytree(whole.store.root / "facts", folder / "evidence" / "facts")
    return Run(folder, whole.prepared, whole.warm)


def finished_copy(run, whole, folder):
    """Audit a copy of a run's store to the end, without the model."""
    shutil.copytree(run.store.root, folder / "evidence")
    copy = Run(folder, whole.prepared, whole.warm)
    copy.restart(answers=whole)
    return copy


def kills(root):
    """Kill, restart and compare; yield a row for each kill, and one for each finished run."""
    whole = opened(root / "whole")
    yield {"place": "left alone", "ended": whole.restart(), "strings": whole.stored()}
    for between, place in enumerate(PLACES):
        run, intact = begun(whole, root / f"killed-{between}"), 0
        for number in range(1, KILLS + 1):
            ended = run.restart(record=number - intact, between=bool(between))
            copy = finished_copy(run, whole, root / f"copy-{between}-{number}")
            yield {
                "place": place,
                "record": number,
                "ended": ended,
                "set aside": copy.set_aside(),
                "lost": len(run.measured()) - run.stored(),
                **compared(copy, whole),
            }
            intact = number - between
        ended = run.restart()
        again = run.measured().total() - len(run.measured())
        yield {"place": place, "ended": ended, "twice": again, **compared(run, whole)}


def compared(run, whole):
    """Return whether a run came to the verdicts and the bytes of the one left alone."""
    return {
        "same verdicts": run.verdicts() == whole.verdicts(),
        "same bytes": run.streams() == whole.streams(),
    }


def table(rows):
    """Yield the lines of the table, one for each kind of place."""
    yield "| killed | kills | strings measured twice, at most per kill | in all | verdicts, bytes |"
    yield "|---|---|---|---|---|"
    for place in PLACES:
        killed = [row for row in rows if row["place"] == place and "record" in row]
        end = next(row for row in rows if row["place"] == place and "twice" in row)
        same = all(row["same verdicts"] and row["same bytes"] for row in [*killed, end])
        most = max(row["lost"] for row in killed)
        words = "the same" if same else "DIFFER"
        yield f"| {place} | {len(killed)} | {most} of {STRINGS} | {end['twice']} | {words} |"


def main():
    """Print the table, or every kill as it happens."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print a line of JSON for every kill")
    as_json = parser.parse_args().json
    warnings.simplefilter("ignore", StoreWarning)  # records that are cut off are what is looked for
    with tempfile.TemporaryDirectory() as root:
        rows = []
        for row in kills(Path(root)):
            rows.append(row)
            if as_json:
                print(json.dumps(row), flush=True)
    if not as_json:
        print("\n".join(table(rows)))


if __name__ == "__main__":
    main()
