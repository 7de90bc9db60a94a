"""The sections: what each draws from a run."""

from dataclasses import replace

import pytest

from claimkit.evidence.samples import Sample
from claimkit.evidence.verdicts import Judgement, Verdict
from claimkit.reporting.records import MODEL, THEORY, ClaimRecord, RunRecord
from claimkit.reporting.report import html, markdown, report_data


def section(run, name):
    """Return a section's data."""
    return report_data(run)["sections"][name]


def claimed(number, status, **more):
    """A test of a claim that judged nothing but has a status."""
    told = {"says": f"{number} is so.", "source": "", "risk": number.startswith("R")}
    return ClaimRecord(
        **{"test": f"t.py::{number}{status}", "claim": number, **told, **more}, status=status
    )


def asked(task, length, right, **setting):
    """A sample of a stream."""
    words = {"length": length, "symbols": 62, **setting}
    text = ",".join(
        f'"{k}":{v}' if isinstance(v, int) else f'"{k}":"{v}"' for k, v in words.items()
    )
    return Sample(task, f"{{{text}}}", "claim", 1, "p", "o", tuple(right))


def read(*samples):
    """A run of one claim that read some streams."""
    judgement = Judgement(verdict=Verdict.HOLDS, label="", needs="", alpha=0.001, streams=samples)
    return RunRecord((replace(claimed("A1", "holds"), judgements=(judgement,)),))


def test_claims_stand_in_the_order_of_their_numbers():
    """What a user needs before what a paper found, and A2 before A10."""
    run = RunRecord(tuple(claimed(number, "holds") for number in ("A10", "A2", "R1", "")))

    claims = section(run, "summary")["claims"]
    assert [claim["claim"] for claim in claims] == ["R1", "", "A2", "A10"]


@pytest.mark.parametrize(
    "statuses, together",
    [
        (["holds", "holds"], "holds"),
        (["holds", "not applicable"], "holds"),
        (["not applicable"], "not applicable"),
        (["holds", "fails", "error"], "fails"),
        (["holds", "undecided"], "open"),
        (["holds", "error"], "open"),
        (["not reported"], "open"),
    ],
)
def test_a_claim_holds_if_all_its_tests_do(statuses, together):
    """One failure refutes it; what nobody decided leaves it open."""
    run = RunRecord(tuple(claimed("A1", status) for status in statuses))

    (claim,) = section(run, "summary")["claims"]
    assert claim["verdict"] == together


def test_the_headline_says_what_a_model_is_good_for(run):
    """Risks by number, findings counted, and whether anything became worse."""
    risks = [claimed("R1", "fails"), claimed("R2", "holds"), claimed("R3", "holds")]
    others = [claimed("R4", "undecided"), claimed("A1", "holds"), claimed("A1", "fails")]

    headline = section(replace(run, claims=(*risks, *others), baseline=""), "summary")["headline"]

    assert headline == (
        "forward-born can be relied on for R2 and R3; cannot be relied on for R1; leaves R4 open; "
        "shows the findings in 1 of 2 tests; was compared with no snapshot."
    )


def test_the_headline_says_what_became_worse(run):
    """As the gate decides it, for the whole run."""
    summary = section(run, "summary")

    assert summary["headline"].endswith(
        "is worse than snapshot forward-born in 3 of 7 comparisons."
    )
    assert summary["worse"] == ["UL over 2 settings", "UL at length 10", "UL at length 30"]


LAW = Judgement(
    verdict=Verdict.HOLDS,
    label="UR by its program",
    needs="no counterexample",
    alpha=0.0,
    reason="right on all 9,840 questions up to length 7 over 3 symbols",
)


def test_theory_has_a_sentence_of_its_own(run):
    """It is no finding about the model; listed beside a named one, it says nothing at all."""
    laws = [claimed("A1", status, subject=THEORY) for status in ("holds", "fails")]
    listed = claimed("A2", "not applicable", subject=THEORY)
    finding = claimed("A10", "holds")

    def headline(*claims, **more):
        return section(replace(run, claims=claims, baseline="", **more), "summary")["headline"]

    shown = "forward-born shows the findings in 1 of 1 test; was compared with no snapshot."
    assert headline(finding, listed) == shown
    assert headline(finding, *laws, listed) == (
        f"{shown} What is claimed about theory holds in 1 of 2 tests."
    )
    alone = headline(*laws, provenance={})
    assert alone == "What is claimed about theory holds in 1 of 2 tests."
    assert headline(listed).startswith("forward-born ")


def test_a_law_is_a_row_without_effect():
    """It says what was checked, or by what it is broken, and that it is about theory."""
    record = replace(claimed("A1", "holds", subject=THEORY), judgements=(LAW,))
    run = RunRecord((record, claimed("A10", "holds")))

    law, finding = section(run, "verdicts")["rows"]
    assert (law["subject"], finding["subject"]) == (THEORY, MODEL)
    assert (law["label"], law["effect"], law["needs"]) == (LAW.label, None, LAW.needs)
    assert law["reason"] == LAW.reason
    for text in (markdown(run), html(run)):
        assert LAW.reason in text
        assert "A1 is so." in text
        assert "(theory)" in text


def test_an_incomplete_run_says_so():
    """A reader has to know before believing that all is well."""
    run = RunRecord((), provenance={"cannot be trusted": "it leaks"}, complete=False)

    first, second = section(run, "summary")["caveats"]
    assert first == "This run cannot be trusted: it leaks"
    assert second.startswith("The run did not come to its end")


def test_a_row_is_a_judgement(run):
    """A test that judged twice has two rows, and its last one carries what became of it."""
    twice = replace(
        run.claims[0], judgements=run.claims[0].judgements * 2, status="error", reason="x"
    )

    rows = section(replace(run, claims=(run.claims[0], twice)), "verdicts")["rows"]
    assert [row["verdict"] for row in rows] == ["holds", "holds", "holds", "error"]
    assert [row["note"] for row in rows] == ["improved: failed before", "", "", ""]
    assert rows[-1]["reason"] == "x"


def test_an_effect_is_as_it_is_printed(run):
    """Numbers for programs, and the text that every table of claimkit has."""
    row = section(run, "verdicts")["rows"][0]

    effect = row["effect"]
    assert row["label"] == "UR − UL at length 10"
    assert effect["low"] < effect["value"] < effect["high"]
    assert effect["text"].startswith(f"+{effect['value']:.2f} [+")
    assert effect["sample"] == "64 pairs"


def test_failing_risks_come_first():
    """Within one verdict, in the order of the claims."""
    order = ["holds", "not applicable", "fails", "skipped", "undecided", "error", "fails"]
    run = RunRecord(tuple(claimed(f"R{n}", status) for n, status in enumerate(order)))

    cards = section(run, "risks")["cards"]
    assert [c["claim"] for c in cards] == ["R2", "R6", "R5", "R4", "R1", "R3", "R0"]


def test_a_card_has_its_counterexample(run):
    """With everything that it takes to ask again."""
    (card,) = section(run, "risks")["cards"]

    assert card["counterexample"] == run.claims[4].judgements[0].counterexample.to_dict()


def test_what_is_worse_comes_first(run):
    """Then what is better, then the rest; strings lost and gained are counted apart."""
    comparison = section(run, "comparison")

    assert [row["change"] for row in comparison["rows"]] == ["worse"] * 3 + [
        "same within noise"
    ] * 4
    first = comparison["rows"][1]
    assert (first["label"], first["lost"], first["gained"]) == ("UL at length 10", 16, 0)
    assert first["example"] == "b a | a : b"
    assert [row["test"] for row in comparison["improved"]] == ["test_bias.py::test_right[10][A10]"]
    assert [row["before"] for row in comparison["changed"]] == ["holds", "holds"]


def test_without_a_snapshot_there_is_no_comparison():
    """A section with nothing to show is left out."""
    assert "comparison" not in report_data(RunRecord((claimed("A1", "holds"),)))["sections"]


def test_a_run_that_records_is_compared_with_nothing():
    """The verdicts before are its own then, and there is no snapshot to be named."""
    run = RunRecord((claimed("A1", "fails", before="fails"),))

    assert "comparison" not in report_data(run)["sections"]


def test_a_snapshot_without_accuracies_is_compared_by_its_verdicts():
    """What failed and now holds is shown, even where no string can be compared."""
    run = RunRecord((claimed("A1", "holds", before="fails"),), baseline="tiny")

    assert [row["claim"] for row in section(run, "comparison")["improved"]] == ["A1"]


def test_a_point_is_the_largest_sample():
    """Two claims that read one stream give one point, with Clopper and Pearson's interval."""
    run = read(
        asked("UR", 10, [True, True]),
        asked("UR", 10, [True, True, True, False]),
        asked("UR", 20, [True]),
    )

    (pair,) = section(run, "curves")["pairs"]
    ((line,),) = [panel["lines"] for panel in pair["panels"]]
    first, second = line["points"]
    assert (first["right"], first["strings"], first["accuracy"]) == (3, 4, 0.75)
    # One string, right: the lower bound is where that has probability 0.025.
    assert (second["low"], second["high"]) == (pytest.approx(0.025), 1)


def test_a_panel_is_a_pair_at_a_setting():
    """Both directions share a panel, settings do not; one length alone makes no curve."""
    run = read(
        *(asked(task, n, [True]) for task in ("UL", "UR") for n in (10, 30)),
        *(asked("UR", n, [True], template="rule") for n in (10, 30)),
        asked("NF", 10, [True]),
        asked("mine {}", 10, [True]),
    )

    curves = section(run, "curves")
    (pair,) = curves["pairs"]
    shown = [(p["setting"], [line["task"] for line in p["lines"]]) for p in pair["panels"]]
    assert shown == [("template bare", ["UR", "UL"]), ("template rule", ["UR"])]
    assert [panel["title"] for panel in curves["single"]] == ["NF", "mine"]
    assert [p["lines"][0]["direction"] for p in curves["single"]] == ["right", ""]
