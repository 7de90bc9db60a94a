"""Runs are compared on the strings they share, at a size that no outcome decided."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.evidence.comparison import Change, compare, decide_all
from claimkit.evidence.keys import canonical_json
from claimkit.evidence.samples import Sample
from claimkit.evidence.verdicts import Judgement, Verdict
from claimkit.reporting.comparing import compare_runs, matched_streams
from claimkit.reporting.records import ClaimRecord, RunRecord
from claimkit.reporting.sides import Side
from claimkit.tasks import Setting


def sample(task="UR", length=10, symbols=62, right=(True,) * 64, **others):
    setting = canonical_json(Setting(length=length, symbols=symbols).canonical())
    facts = {"purpose": "claim", "sampler_version": 1, "prompt": "p", "opening": f"o{symbols}"}
    return Sample(task=task, setting=setting, right=tuple(right), **{**facts, **others})


def run(*samples, model="tiny"):
    judged = [
        Judgement(verdict=Verdict.HOLDS, label="x", needs="> 0", alpha=0.001, streams=(one,))
        for one in samples
    ]
    claims = [
        ClaimRecord(f"test_{n}", "A10", "", "", False, "holds", judgements=(one,))
        for n, one in enumerate(judged)
    ]
    return RunRecord(tuple(claims), {"model": model})


def right_on(*wrong, of=64):
    return tuple(n not in wrong for n in range(of))


RIGHTS = st.lists(st.booleans(), min_size=64, max_size=64).map(tuple)


def test_streams_are_trimmed_to_the_first_look():
    """However far either run read on, 64 strings are compared; fewer where there are fewer."""
    base = run(sample(right=(True,) * 512), sample(length=20, right=(True,) * 20))
    new = run(sample(right=(True,) * 128), sample(length=20))

    found = matched_streams(base, new)

    assert [(b.size, n.size) for b, n in found.pairs] == [(64, 64), (20, 20)]
    assert found.sizes == (20, 64)


def test_a_stream_that_several_claims_read_is_taken_once():
    """The longest sample of it is, from whichever test it comes."""
    new = run(sample(right=(True,) * 20), sample(right=(True,) * 64), sample(right=(True,) * 30))

    found = matched_streams(run(sample()), new)

    assert [n.size for _, n in found.pairs] == [64]


def test_what_only_one_run_has_is_counted():
    """Streams that are not shared are no comparison, and do not drop out of sight."""
    found = matched_streams(run(sample(), sample("UL")), run(sample(), sample("NB"), sample("NF")))

    assert (len(found.pairs), found.only_base, found.only_new) == (1, 1, 2)


def test_other_alphabets_are_compared_but_not_paired():
    """The same task at the same length, over 62 and over 26 symbols, has other strings."""
    found = matched_streams(run(sample()), run(sample(symbols=26)))

    assert (len(found.pairs), found.paired) == (1, 0)
    assert found.unpaired == "1 not paired: their alphabets differ (62 and 26 symbols)"


def test_other_samplers_are_compared_but_not_paired():
    """Evidence of an older sampler is of other strings, and says so."""
    found = matched_streams(run(sample(sampler_version=1)), run(sample(sampler_version=2)))

    assert found.paired == 0
    assert found.unpaired.endswith("drawn by samplers of versions 1 and 2")


def test_a_run_that_cannot_be_trusted_is_refused():
    """Whatever its figures are, they are not the model's."""
    broken = replace(run(sample()), provenance={"cannot be trusted": "padding leaks"})

    with pytest.raises(InvalidInput, match=r"run new cannot be trusted.*: padding leaks"):
        compare_runs(Side("base", run(sample())), [Side("new", broken)], 0.05)


def test_a_task_that_answers_otherwise_now_is_another_stream():
    """A task of one's own that was changed and kept its name is not its former self."""
    found = matched_streams(run(sample("Own 1111")), run(sample("Own 2222")))

    assert (found.pairs, found.only_base, found.only_new) == ((), 1, 1)


def test_runs_without_a_shared_stream_are_refused():
    """Nothing compared is not the same as nothing worse."""
    with pytest.raises(InvalidInput, match="base and new have no stream in common"):
        compare_runs(Side("base", run(sample())), [Side("new", run(sample("UL")))], 0.05)


@given(RIGHTS, RIGHTS, RIGHTS)
def test_two_runs_are_decided_as_the_gate_decides(first, second, third):
    """The decisions are those of the gate on the same samples."""
    base = run(sample(), sample("UL", right=first), sample(length=20, right=second))
    new = run(sample(right=third), sample("UL"), sample(length=20, right=first))

    (other,) = compare_runs(Side("base", base), [Side("new", new)], 0.05).others

    pairs = [
        (b.judgements[0].streams[0], n.judgements[0].streams[0])
        for b, n in zip(base.claims, new.claims, strict=True)
    ]
    assert other.compared == decide_all((compare(*pair) for pair in pairs), 0.05)


@given(st.lists(RIGHTS, min_size=1, max_size=4))
def test_all_runs_are_decided_together(rights):
    """Each run's rows are those of a pair, and one family holds all of them."""
    base = Side("base", run(sample(), sample("UL")))
    others = [
        Side(f"new {n}", run(sample(right=one), sample("UL"))) for n, one in enumerate(rights)
    ]

    found = compare_runs(base, others, 0.05)

    for other, beside in zip(others, found.others, strict=True):
        (alone,) = compare_runs(base, [other], 0.05).others
        assert [c.comparison for c in beside.compared] == [c.comparison for c in alone.compared]
    assert {c.family for other in found.others for c in other.compared} == {2 * len(rights)}


def test_a_drop_that_shows_alone_need_not_show_among_many_runs():
    """Six losses are worse in one comparison at 0.05; in twenty runs of them Holm asks for more."""
    base = Side("base", run(sample()))
    others = [Side(f"new {n}", run(sample(right=right_on(*range(6))))) for n in range(20)]
    same = [Side(f"same {n}", run(sample())) for n in range(20)]

    alone = compare_runs(base, others[:1], 0.05)
    many = compare_runs(base, [others[0], *same], 0.05)

    assert alone.others[0].compared[0].change is Change.WORSE
    assert many.others[0].compared[0].change is Change.SAME


def test_the_first_lost_string_is_asked_for_by_number():
    """The example that is shown is that of the string that was right and is now wrong."""
    base, new = run(sample()), run(sample(right=right_on(*range(7, 30))), model="new")

    def example(of, stream, index):
        return f"{of.provenance['model']} {stream.task} {index}"

    found = compare_runs(Side("base", base), [Side("new", new)], 0.05, example=example)

    assert found.others[0].compared[0].comparison.example == "new UR 7"
    assert found.worse


def test_what_was_recorded_by_a_claim_that_judged_nothing_is_no_stream():
    """Empty samples are left out."""
    with pytest.raises(InvalidInput, match=r"no stream in common \(0 and 1 of their own\)"):
        compare_runs(Side("a", run(sample(right=()))), [Side("b", run(sample()))], 0.05)


def test_the_base_is_never_worse_than_itself():
    """A run beside itself has no discordant string."""
    one = run(sample(right=right_on(1, 2)), sample("UL"))

    (other,) = compare_runs(Side("a", one), [Side("b", replace(one))], 0.05).others

    assert {c.change for c in other.compared} == {Change.SAME}
    assert {(c.comparison.lost, c.comparison.gained) for c in other.compared} == {(0, 0)}
