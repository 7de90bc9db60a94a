import re

from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.tasks.natural import NaturalGroup, draw_passages
from claimkit.tasks.natural.commits import HASHES, SUBSYSTEMS, VERBS, draw_commits
from claimkit.tasks.sampling import Uniforms

LINE = re.compile(rf"[0-9a-f]{{7}} ({'|'.join(VERBS)}) ({'|'.join(SUBSYSTEMS)})")


@settings(max_examples=30)
@given(seed=st.integers(0, 2**64 - 1), commits=st.integers(1, 60))
def test_a_list_has_its_commits_and_no_hash_twice(seed, commits):
    """One line a commit: seven hexadecimal digits, a verb and a subsystem."""
    (shown,) = draw_passages(NaturalGroup.COMMITS, commits, seed, stop=1)
    lines = shown.split("\n")

    assert len(lines) == commits == len({line[:7] for line in lines})
    assert all(LINE.fullmatch(line) for line in lines)


def test_a_hash_that_comes_again_is_drawn_again():
    """Of 60,000 hashes some do: about 60,000² / (2 · 16⁷) = 6.7."""
    plain = Uniforms(1, 0).below(HASHES, 60_000).tolist()
    lines = draw_commits(Uniforms(1, 0), 60_000).split("\n")

    assert len(set(plain)) < 60_000
    assert len({line[:7] for line in lines}) == 60_000


def test_messages_are_of_all_verbs_and_subsystems():
    """12 × 10 messages, and each of them turns up."""
    shown = "\n".join(draw_passages(NaturalGroup.COMMITS, 25, seed=1, stop=100))

    assert (len(VERBS), len(SUBSYSTEMS)) == (12, 10)
    assert len({line[8:] for line in shown.split("\n")}) == 120
