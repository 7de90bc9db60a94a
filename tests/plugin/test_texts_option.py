"""``--chat``, ``--thinking`` and the fixture ``texts``, from the command line."""

from fnmatch import fnmatchcase

import pytest

from claimkit.plugin.ledger import NOTHING_DECIDED
from claimkit.prompts.chat import CHAT_MODES

HEAD = """
    import pytest
    from claimkit.auditing.natural.grids import PARAGRAPH_GRID
    from claimkit.tasks import UR
    from claimkit.tasks.natural import CHERRY_PICK_ORDER, HASH_COPY, PROSE_COPY, REVERT_ORDER
"""
CLAIMS = f"""{HEAD}
    @pytest.mark.claim("A17")
    def test_glitches(texts, judge):
        judge(texts.glitch_excess(length=500), above=0.0)

    @pytest.mark.claim("A18")
    def test_prose(texts, judge):
        judge(texts.accuracy(PROSE_COPY, length=500), at_least=0.95)

    @pytest.mark.claim("A19")
    def test_drop(texts, judge):
        judge(texts.gap(REVERT_ORDER, CHERRY_PICK_ORDER, length=10), above=0.1)
"""
SYMBOLS = """
    @pytest.mark.claim("A10")
    def test_symbols(evidence, judge):
        judge(evidence.accuracy(UR, length=8), at_least=0.5)
"""
USE = """
    @pytest.mark.claim("Q{number}")
    def test_{number}(texts, judge):
        {body}
"""
DECIDES = (
    "an audit of texts decides gaps and glitches against above=… or within=… and accuracies "
    "against at_least=… or at_most=…, got "
)
WRONG_USES = [
    ("judge(texts.accuracy(HASH_COPY, length=4), above=0)", f"{DECIDES}*HashCopy*, above=0"),
    (
        "judge(texts.gap(REVERT_ORDER, CHERRY_PICK_ORDER, length=5), at_least=0)",
        f"{DECIDES}*RevertOrder*CherryPickOrder*, at_least=0",
    ),
    ("judge(texts.glitch_excess(length=100), at_most=0.5)", f"{DECIDES}*, at_most=0.5"),
    (
        "judge(texts.drawn(texts.glitch_excess, PARAGRAPH_GRID), at_least=0.5)",
        f"{DECIDES}glitches of LoremCopy*drawn settings, at_least=0.5",
    ),
    (
        "judge(texts.drawn(lambda **at: 0.5, PARAGRAPH_GRID), above=0)",
        "a drawn claim calls * with the factors of its grid (*) for a request of the texts "
        "fixture, got 0.5; write *",
    ),
    (
        "judge(texts.gap(REVERT_ORDER, HASH_COPY, length=4), above=0)",
        "a paired gap needs two tasks of one group, got RevertOrder (*) and HashCopy (*), *",
    ),
    (
        "judge(texts.glitch_excess(length=9, task=HASH_COPY), above=0)",
        "glitches are looked for in copies of paragraphs, got HashCopy, whose lengths count *",
    ),
    (
        "judge(texts.accuracy(HASH_COPY, length=4, vocabulary='words'), at_least=0.5)",
        "texts are asked about with a template and demonstrations, got vocabulary",
    ),
    (
        "judge(texts.accuracy(HASH_COPY, length=4, template='nope'), at_least=0.5)",
        "HashCopy has no template 'nope', it has 'copy'",
    ),
    (
        "judge(texts.gap(HASH_COPY, UR, length=9), above=0)",
        "a gap is between two tasks about texts or two about symbols, got HashCopy and UR",
    ),
    (
        "judge(texts.accuracy(HASH_COPY, length='4'), at_least=0.5)",
        "a length is a whole number, got length='4'",
    ),
    (
        "judge(texts.accuracy(HASH_COPY, length=4, template='copy+chat'), at_least=0.5)",
        "whether a model is asked in a conversation says --chat, got template='copy+chat'; *",
    ),
]


@pytest.fixture
def written(pytester, plugin_args, monkeypatch):
    """Runs a test file, in a process of its own, since torch cannot be imported twice."""
    # In the width of a terminal reasons are folded.
    monkeypatch.setenv("COLUMNS", "400")

    def run(text, *more):
        pytester.makepyfile(text)
        return pytester.runpytest_subprocess(*plugin_args, *more)

    return run


@pytest.mark.parametrize(
    "args, words",
    [
        (["--chat", "yes"], "--chat is one of auto, on, off, got 'yes'"),
        (["--chat", "ON"], "--chat is one of auto, on, off, got 'ON'"),
        (["--chat", ""], "--chat is one of auto, on, off, got ''"),
        (["--thinking", "0"], "--thinking takes whole numbers from 1 on, got '0'; *2048"),
        (["--thinking", "-5"], "--thinking takes whole numbers from 1 on, got '-5'; *2048"),
        (["--thinking", "1.5"], "--thinking takes whole numbers from 1 on, got '1.5'; *2048"),
        (["--thinking", "2k"], "--thinking takes whole numbers from 1 on, got '2k'; *2048"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_value_is_a_usage_error(pytester, plugin_args, args, words):
    """A value that cannot be meant ends the run at once, with one sentence that quotes it."""
    pytester.makepyfile("def test_plain(): pass")

    result = pytester.runpytest(*plugin_args, *args)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {words}"])
    assert len([line for line in result.errlines if line]) == 1


@pytest.mark.parametrize("mode", CHAT_MODES)
def test_every_mode_is_taken(pytester, plugin_args, mode):
    """Beside a number of tokens to think."""
    pytester.makepyfile("def test_plain(): pass")

    result = pytester.runpytest(*plugin_args, "--chat", mode, "--thinking", "512")

    assert result.ret == 0


@pytest.mark.parametrize(
    "args, asked",
    [
        ((), ("auto", 2048, False)),
        (("--chat", "on", "--thinking", "512"), ("on", 512, True)),
    ],
    ids=["neither", "both"],
)
def test_both_reach_whoever_asks_the_model(written, args, asked):
    """The bundled model's tokenizer has no chat template, so *auto* is *off* for it."""
    result = written(
        f"""
        def test_asked(texts):
            writer = texts.writer
            assert (writer.chat, writer.thinking, writer.chats) == {asked!r}
        """,
        *args,
    )

    assert result.parseoutcomes() == {"passed": 1}


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one-process", "two-workers"])
def test_a_tokenizer_that_does_not_know_the_words_is_not_applicable(written, workers):
    """forward-born reads symbols alone: each claim says what it cannot read, in any process."""
    result = written(CLAIMS, *workers)

    assert result.ret == NOTHING_DECIDED
    unread = "this tokenizer does not know a word of the question"
    result.stdout.fnmatch_lines_random(
        [
            f"A17 *glitches of LoremCopy at ambiguous tokens, *at 500 tokens, *: {unread} *",
            f"A18 *accuracy of ProseCopy at 500 tokens, template echo, *: {unread} *",
            f"A19 *RevertOrder − CherryPickOrder at 10 commits, template log, *: {unread} *",
            "3 not applicable; *",
        ]
    )


def test_a_window_that_is_too_short_is_not_applicable(written):
    """stdlib-born reads 256 tokens, fewer than a text and its copy: each claim counts them."""
    result = written(CLAIMS, "--model", "stdlib-born")

    assert result.ret == NOTHING_DECIDED
    short = "window too short: a prompt of * tokens and an answer of * take *, the window is 256"
    result.stdout.fnmatch_lines_random(
        [f"A17 *: {short} *", f"A18 *: {short} *", f"A19 *: {short} *", "3 not applicable; *"]
    )


def test_a_conversation_with_a_model_that_holds_none_is_not_applicable(written):
    """``--chat on`` never falls back: the reason names the option that would help."""
    result = written(CLAIMS, "--chat", "on", "-k", "A19")

    assert result.ret == NOTHING_DECIDED
    reason = "this tokenizer has no chat template; ask the model as it is with --chat off"
    result.stdout.fnmatch_lines([f"A19 *: {reason} *"])


def test_a_plan_lists_claims_about_texts_and_plans_the_others(written, pytester):
    """What a text costs is not known before it is written; the plan says which claims it left."""
    result = written(CLAIMS + SYMBOLS, "--plan", "--max-samples", "64")

    assert result.ret == 0
    rows = [" ".join(line.split()) for line in result.outlines]
    assert {f"{claim} 1 0 0 0 0" for claim in ("A17", "A18", "A19")} <= {*rows}
    assert [row for row in rows if row.startswith(("A10 1 1 64 ", "all 4 1 64 "))][1:]
    reason = "it uses the fixture 'texts'"
    result.stdout.fnmatch_lines([f"cannot be planned: test_glitches[[]A17] and 2 more: {reason}"])
    assert not [*pytester.path.glob("**/streams/*/*/records")]


def test_a_plan_of_texts_alone_is_no_error(written):
    """There is nothing to plan, and that is what it says."""
    result = written(CLAIMS, "--plan")

    assert result.ret == 0
    result.stdout.fnmatch_lines(["all *3 *0 *0 *0 *0", "cannot be planned: *and 2 more: *'texts'"])


def test_a_wrong_use_is_one_sentence(written):
    """A mistake in the claim, not a finding: what was asked for, and what can be."""
    uses = "".join(
        USE.format(number=number, body=body) for number, (body, _) in enumerate(WRONG_USES)
    )

    result = written(HEAD + uses)

    assert result.ret == 1
    assert result.parseoutcomes() == {"failed": len(WRONG_USES)}
    told = [line for line in result.outlines if line.startswith("InvalidInput: ")]
    for line, (_, words) in zip(told, WRONG_USES, strict=True):
        assert fnmatchcase(line, f"InvalidInput: {words}"), line
    result.stdout.fnmatch_lines([f"Q{number} * error *" for number in range(len(WRONG_USES))])
    result.stdout.no_fnmatch_line("*Traceback*")
