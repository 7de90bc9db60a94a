"""``claimkit replay`` asks one question and says by its exit status whether the answer is right."""

import pytest

from claimkit.cli.main import main

# Both are told apart by forward-born: it was taught to copy forward.
FORWARD = ["replay", "--task", "NF", "--context", "b a n a n a"]
BACKWARD = ["replay", "--task", "NB", "--context", "b a n a n a"]


def test_a_right_answer_ends_with_status_0(capsys):
    """Expected and actual answer are shown, and a margin above 0."""
    status = main([*FORWARD, "--device", "cpu"])

    assert status == 0
    written = capsys.readouterr().out
    assert "\nexpected  b a n a n a\nactual    b a n a n a\nmargin    +" in written
    assert written.endswith("answer    right\n")


def test_a_wrong_answer_ends_with_status_1(capsys):
    """The prompt is shown as the model sees it, and its own answer below the right one."""
    status = main([*BACKWARD, "--device", "cpu", "--template", "rule", "--demonstrations", "1"])

    lines = capsys.readouterr().out.splitlines()
    assert status == 1
    assert lines[0] == "model     forward-born, float32 on cpu"
    assert lines[2] == "Rule : write the symbols of the line again in reverse order ."
    assert lines[4:6] == ["<bos> b a n a n a :", "expected  a n a n a b"]
    assert lines[7].startswith("margin    -")
    assert lines[8] == "answer    WRONG"


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["--task", "XY", "--context", "a"], "no task 'XY'"),
        (["--task", "UL", "--context", "b a c"], "UL needs a --query, got None"),
        (["--task", "NF", "--context", "a a", "--query", "a"], "NF takes no --query, got 'a'"),
        (["--task", "UL", "--context", "b ab c", "--query", "ab"], "got 'ab'"),
        (["--task", "NF", "--context", " "], "got ' '"),
        (
            ["--task", "NF", "--context", "time time", "--vocabulary", "words"],
            "common words, this tokenizer keeps at most 1",
        ),
        (["--task", "NF", "--context", "a a", "--vocabulary", "x"], "vocabulary is 'characters'"),
        (["--task", "UL", "--context", "a b", "--query", "a"], "'a' stands at [0] of ['a', 'b']"),
        (["--task", "NF", "--context", "a a", "--template", "x"], "NF has no template 'x'"),
        (["--task", "NF", "--context", "a a", "--length", "9"], "--length 9 is for demonstrations"),
        (
            ["--task", "NF", "--context", "a a", "--demonstration-length", "same", "--length", "0"],
            "length=0",
        ),
        # Would take minutes to draw, and no window holds them.
        (["--task", "NF", "--context", "a a", "--demonstrations", "9999"], "the window is 1024"),
        (
            ["--task", "NF", "--context", "a " * 999, "--demonstration-length=same", "--length=3"],
            "NF at length 999",
        ),
        (["--task", "NF", "--context", "a a", "--model", "/no/where"], "/no/where"),
        (["--task", "NF", "--context", "a a", "--device", "tpu"], "no device is called 'tpu'"),
        (["--task", "NF", "--context", "a a", "--demonstrations", "-1"], "demonstrations=-1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_asked_is_one_sentence(capsys, arguments, sentence):
    """The sentence quotes what was typed, and the exit status is 2."""
    status = main(["replay", *arguments])

    captured = capsys.readouterr()
    assert status == 2
    assert sentence in captured.err
    assert (captured.out, captured.err.count("\n")) == ("", 1)


@pytest.mark.parametrize("options, places", [(["--length", "12"], 12), ([], 6)])
def test_demonstrations_may_be_as_long_as_the_question_or_longer(capsys, options, places):
    """Where they are of the same length, the length of the hunt's claim is named."""
    main([*FORWARD, "--demonstration-length", "same", "--demonstrations", "1", *options])

    demonstration = capsys.readouterr().out.splitlines()[2]
    symbols = demonstration.split(" : ")[0].split()[1:]
    assert len(symbols) == places


TEXT = ["replay", "--task", "HashCopy", "--model", "stdlib-born", "--device", "cpu"]


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ([*TEXT, "--length", "4"], "give --length and --text, counted from 0"),
        ([*TEXT, "--text", "4"], "got --length None and --text 4"),
        ([*TEXT, "--length", "4", "--text", "-1"], "got --length 4 and --text -1"),
        ([*TEXT, "--length", "0", "--text", "1"], "length=0"),
        ([*TEXT, "--length", "4", "--text", "1", "--context", "a"], "--context is no option of"),
        ([*TEXT, "--length", "4", "--text", "1", "--no-separator"], "--no-separator is no option"),
        ([*TEXT, "--length", "4", "--text", "1", "--template", "x"], "has no template 'x'"),
        ([*TEXT, "--length", "4", "--text", "1", "--chat", "yes"], "--chat is one of auto, on"),
        ([*TEXT, "--length", "4", "--text", "1", "--chat", "on"], "no chat template"),
        ([*TEXT, "--length", "4", "--text", "1", "--thinking", "0"], "from 1 on, got 0"),
        ([*TEXT, "--length", "999", "--text", "1"], "window too short"),
        ([*FORWARD, "--text", "1"], "--text is no option of NF"),
        ([*FORWARD, "--chat", "off"], "--chat is no option of NF"),
        (["replay", "--task", "NF"], "NF needs a --context"),
    ],
    ids=lambda value: " ".join(value[7:]) if isinstance(value, list) else "",
)
def test_what_texts_cannot_be_asked_is_one_sentence(capsys, arguments, sentence):
    """Options of symbols and of texts are not mixed, and none is passed over."""
    status = main(arguments)

    captured = capsys.readouterr()
    assert status == 2
    assert sentence in captured.err
    assert (captured.out, captured.err.count("\n")) == ("", 1)


def test_one_text_is_asked_about(capsys):
    """Its prompt with demonstrations, and both answers; without a task's own options the usual."""
    status = main([*TEXT, "--length", "4", "--text", "2"])
    written = capsys.readouterr().out

    assert status in (0, 1)
    assert written.count("Original:\n") == 4
    assert written.count("\nCopy:\n") == 4
    expected = written.rpartition("Original:\n")[2].split("\n")[0]
    assert len(expected) == 4
    assert f"\nexpected  {expected}\nactual    " in written
    assert written.endswith("answer    right\n" if status == 0 else "answer    WRONG\n")

    main([*TEXT, "--length", "4", "--text", "2", "--demonstrations", "0"])
    assert capsys.readouterr().out.count("Original:\n") == 1
