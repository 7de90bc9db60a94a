"""The shortest text that a model writes wrongly: found, remembered, and asked about again."""

from __future__ import annotations

import shlex

import pytest

from claimkit.auditing.natural.hunting import ASKED
from claimkit.auditing.natural.requests import TextAccuracy
from claimkit.cli.main import main
from claimkit.errors import BudgetUsedUp
from claimkit.evidence.answers import Answer, Answers
from claimkit.evidence.verdicts import Verdict
from claimkit.prompts.texts import drawn_texts
from claimkit.tasks.natural import HASH_COPY, PROSE_COPY

LENGTH = 12
WRITTEN = "wrong"


@pytest.fixture(scope="module")
def audit(opened, tmp_path_factory):
    """Return the audit of a small model of text."""
    return opened("stdlib-born", tmp_path_factory.mktemp("hunts"))


def planted(audit, request, least):
    """Fill the store: texts are written wrongly from a length on, the later ones the earlier."""
    writer = audit.writer
    for length in range(1, request.length + 1):
        (ask,) = TextAccuracy(request.task, length, request.options).asks
        size = 64 if length == request.length else ASKED
        texts = drawn_texts(ask.task.group, writer.setting(ask), size, purpose="claim")
        gold = tuple(range(1, 20))
        answers = []
        for row in range(size):
            wrong = length >= least and row >= 3
            given = (*gold[: max(0, 10 - row)], 0) if wrong else gold
            text = WRITTEN if wrong else texts.shown[row]
            answers.append(Answer(not wrong, text, True, "stop", 3, 1.0, gold, given))
        key = writer.key(ask, "claim")
        writer.subject.store.answers.append(key, 0, Answers.of(answers, texts.digests()))


@pytest.mark.parametrize("least", [1, 2, 3, 5, 8, 9, 11, 12])
def test_the_shortest_length_is_found(audit, least):
    """Where all from a length on fail; of its texts, the one that goes wrong the earliest."""
    # Each in streams of its own.
    request = audit.accuracy(HASH_COPY, length=LENGTH, demonstrations=least)
    planted(audit, request, least)

    found = audit.hunt(request)
    (ask,) = TextAccuracy(HASH_COPY, least, request.options).asks
    shown = drawn_texts(HASH_COPY.group, audit.writer.setting(ask), 64, purpose="claim").shown

    assert found.setting == ask.place
    # Text 10 is the first of which not one token is right.
    assert found.context == found.expected == shown[10]
    assert len(found.context) == least
    assert found.prompt == f"Original:\n{shown[10]}\nCopy:\n"
    assert (found.actual, found.margin, found.query) == (WRITTEN, None, "")
    assert found.replay == (
        "claimkit replay --model stdlib-born --task HashCopy "
        + ("" if least == 3 else f"--demonstrations {least} ")
        + f"--length {least} --text 10"
    )
    longer = [len(line) for line in found.sampled.splitlines()[1::2]]
    assert longer == ([LENGTH] * 2 if least < LENGTH else [])


def test_where_nothing_is_wrong_nothing_is_found(audit):
    """A claim that demands errors may fail as well; then no more is asked about."""
    request = audit.accuracy(HASH_COPY, length=LENGTH, demonstrations=0)
    planted(audit, request, LENGTH + 1)

    assert audit.hunt(request) is None


@pytest.fixture(scope="module")
def real(opened, tmp_path_factory):
    """Return an audit of a claim that fails, and what its hunt found."""
    audit = opened("stdlib-born", tmp_path_factory.mktemp("real"))
    request = audit.accuracy(HASH_COPY, length=4, demonstrations=1)
    assert audit.decide(request, at_least=0.9).verdict is Verdict.FAILS
    return audit, request, audit.hunt(request)


def test_the_command_asks_the_same_again(real, capsys):
    """It gets the same answer, and says that it is wrong."""
    *_, found = real
    program, *words = shlex.split(found.replay)
    status = main([*words, "--device", "cpu"])
    told = capsys.readouterr().out

    assert (program, status) == ("claimkit", 1)
    assert f"{found.prompt}\nexpected  {found.expected}\nactual    {found.actual}\n" in told
    assert told.endswith("answer    WRONG\n")


def test_a_hunt_is_remembered(real, opened):
    """A later run loads neither weights nor tokenizer."""
    audit, request, found = real
    again = opened("stdlib-born", audit.writer.subject.store.root)

    assert again.hunt(request) == found
    assert not {"language_model", "tokenizer"} & vars(again.writer.subject).keys()


def test_without_time_nothing_is_hunted(real, opened):
    """Beyond what is stored."""
    audit, *_ = real
    late = opened("stdlib-born", audit.writer.subject.store.root, deadline=0.0)
    request = late.accuracy(HASH_COPY, length=LENGTH, demonstrations=7)
    planted(late, request, LENGTH)
    (ask,) = TextAccuracy(HASH_COPY, LENGTH, {"demonstrations": 9}).asks
    texts = drawn_texts(ask.task.group, late.writer.setting(ask), 64, purpose="claim")
    wrong = Answer(False, WRITTEN, True, "stop", 3, 1.0, (1,), (0,))
    key = late.writer.key(ask, "claim")
    late.writer.subject.store.answers.append(key, 0, Answers.of([wrong] * 64, texts.digests()))

    assert late.hunt(request).setting.startswith(f"{LENGTH} digits")
    with pytest.raises(BudgetUsedUp):
        late.hunt(late.accuracy(HASH_COPY, length=LENGTH, demonstrations=9))


def test_paragraphs_are_shown_by_their_glitch(audit):
    """Hundreds of tokens of the claim's own length are not repeated."""
    request = audit.accuracy(PROSE_COPY, length=6, demonstrations=0)
    planted(audit, request, 4)

    found = audit.hunt(request)
    assert found.setting.startswith("4 tokens")
    assert found.prompt.endswith(f"{found.context}</text>\n<echo>")
    assert found.sampled == ""
