"""A model asked in words: what is decided, remembered, exported and asked again."""

import json

import pytest

from claimkit.auditing.audit import Audit
from claimkit.auditing.exporting import export
from claimkit.auditing.grids import Grid
from claimkit.auditing.looking import askable_points, streams_of
from claimkit.auditing.observing import Observer
from claimkit.auditing.requests import Accuracy, Drawn
from claimkit.auditing.subject import Subject
from claimkit.cli.main import main
from claimkit.errors import NotApplicable
from claimkit.evidence.looks import Looks
from claimkit.evidence.verdicts import Verdict
from claimkit.models.spec import ModelSpec
from claimkit.prompts.word_symbols import MOST_WORDS, word_candidates
from claimkit.tasks import UF, UL, UR, Setting

WORDS = {"vocabulary": "words"}


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A GPT-2 with random weights whose tokenizer has whole words beside letters and digits."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    from claimkit.training.vocabulary import save_tokenizer

    folder = tmp_path_factory.mktemp("models") / "words"
    save_tokenizer(folder, window=1024)
    table = json.loads((folder / "tokenizer.json").read_text())
    known = table["model"]["vocab"]
    for word in word_candidates()[: MOST_WORDS + 5]:
        known.setdefault(word, len(known))
    (folder / "tokenizer.json").write_text(json.dumps(table))
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=len(known), n_positions=1024, n_embd=16, n_layer=1, n_head=1)
    GPT2LMHeadModel(config).save_pretrained(str(folder))
    return folder


@pytest.fixture
def prepared(checkpoint, tmp_path):
    return Subject.prepare(ModelSpec(str(checkpoint), device="cpu"), tmp_path)


@pytest.fixture
def audit(prepared, tmp_path):
    return Audit(Observer(Subject.open(prepared, tmp_path)), Looks(max_samples=64))


def test_a_claim_in_words_is_decided_from_strings_of_words(audit):
    """The verdict is of this vocabulary's strings, and says so."""
    request = audit.paired_gap(UR, UL, length=10, **WORDS)

    judgement = audit.decide(request, above=0.0)

    assert request.label == "UR − UL at length 10, words"
    assert judgement.verdict is Verdict.NOT_APPLICABLE
    assert judgement.reason.startswith("not elicited: U")
    lines = [json.loads(line) for line in export(audit.observer.subject.store)]
    assert lines
    for line in lines:
        words = [*line["context"].split(), line["query"], line["answer"]]
        assert (line["setting"]["vocabulary"], line["purpose"]) == ("words", "claim")
        assert line["setting"]["symbols"] == MOST_WORDS
        assert len(words) == 12
        assert set(words) <= set(word_candidates()[:MOST_WORDS])


def test_words_and_characters_have_evidence_of_their_own(audit):
    """The same model at the same length, and neither key nor strings are shared."""
    keys, streams = [], []
    for options in ({}, WORDS):
        [stream] = streams_of(audit.observer.subject, Accuracy(UR, 10, options))
        streams.append(stream)
        keys.append(audit.observer.subject.key(UR, stream.setting))

    assert [stream.setting.symbols for stream in streams] == [62, MOST_WORDS]
    assert keys[0].seed != keys[1].seed
    assert keys[0].prompt != keys[1].prompt
    assert "vocabulary" not in keys[0].settings


def test_what_was_found_of_the_words_is_remembered(audit, prepared, tmp_path):
    """A second process reads the alphabet from the store and does not probe again."""
    setting = Setting(10, MOST_WORDS, vocabulary="words")
    first = audit.observer.subject.prompter(UR, setting)
    again = Subject.open(prepared, tmp_path)

    assert again.prompter(UR, setting) == first
    assert "tokenizer" not in vars(again)


def test_a_grid_may_have_both_vocabularies(audit):
    """Points that a vocabulary has too few symbols for are left out, and no others."""
    grid = Grid((("length", (10, 300)), ("vocabulary", ("characters", "words"))))
    request = Drawn(lambda length, **options: Accuracy(UF, length, options), grid, 8)

    points = askable_points(audit.observer.subject, request)

    assert points == [
        {"length": 10, "vocabulary": "characters"},
        {"length": 10, "vocabulary": "words"},
        {"length": 300, "vocabulary": "words"},
    ]


def test_a_question_in_words_can_be_asked_again(checkpoint, capsys):
    """The prompt is shown as the model sees it, and an answer is given."""
    known = word_candidates()
    context = " ".join(known[:4])
    asked = ["--task", "UR", "--context", context, "--query", known[1], "--vocabulary", "words"]

    status = main(["replay", "--model", str(checkpoint), "--device", "cpu", *asked])

    written = capsys.readouterr().out
    assert status == 1
    assert f"\n {context} | {known[1]}:\nexpected  {known[2]}\n" in written


def test_a_word_that_is_no_symbol_is_named_beside_some_that_are(checkpoint, capsys):
    """Not beside all hundreds of them."""
    asked = ["--task", "NF", "--context", "zymurgy zymurgy", "--vocabulary", "words"]

    status = main(["replay", "--model", str(checkpoint), "--device", "cpu", *asked])

    sentence = capsys.readouterr().err
    assert status == 2
    assert "got 'zymurgy'; this model's symbols are " in sentence
    assert f" {word_candidates()[0]} " in sentence
    assert sentence.endswith(" …\n")
    assert len(sentence) < 600


def test_a_model_of_letters_and_digits_cannot_be_asked_in_words(open_subject):
    """The controls' vocabulary holds a few words, which are no vocabulary of words."""
    with pytest.raises(
        NotApplicable,
        match=r"^too few symbols: of \d+ common words, .* a prompt needs at least 300",
    ):
        streams_of(open_subject(), Accuracy(UR, 10, WORDS))
