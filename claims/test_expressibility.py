"""Expressibility in C-RASP[pos]: which tasks have a program, and what stands against the others.

These claims are about no model. That a program is right is run: on all short strings, and on long
ones over large alphabets. That no program exists cannot be run; each such test says what is proven
elsewhere and what is run here. Later claims read in ``claimkit.crasp.registry`` what the theory
predicts.

Source: Jobanputra et al. 2025, "Born a Transformer – Always a Transformer?", arXiv:2505.21785.
Source: Huang et al. 2025, "A Formal Framework for Understanding Length Generalization in
Transformers", arXiv:2410.02140.
"""

from __future__ import annotations

import pytest

from claimkit.crasp.laws.checks import drawn, exhaustive
from claimkit.crasp.laws.mirrors import mirror, same_expressibility
from claimkit.crasp.library import program_of
from claimkit.crasp.protocol.laws import cut_law, growth_law
from claimkit.crasp.reductions.candidates import by_place, counted_bigrams, majority, within
from claimkit.crasp.reductions.confounding import confounding_law
from claimkit.crasp.reductions.confusing import confusion_law
from claimkit.crasp.reductions.copying import SUMS, copies
from claimkit.crasp.reductions.last_retrieval import LastRetrieval
from claimkit.crasp.reductions.refuting import error_law, program_law, rule_law
from claimkit.crasp.reductions.reversal import embedding_law, reversals
from claimkit.crasp.symbols import Alphabet
from claimkit.tasks import (
    NB,
    NF,
    PAIRS,
    UB,
    UF,
    UL,
    UR,
    NLFirst,
    NLLast,
    NRFirst,
    NRLast,
    NRLastFar,
    task_name,
)

BORN = "arXiv:2505.21785"
LENGTH_GENERALIZATION = "arXiv:2410.02140"

A1 = pytest.mark.claim(
    "A1",
    source=f"{BORN}, Lemma 4",
    says="UR and UL are expressible in C-RASP[pos].",
    subject="theory",
)
A2 = pytest.mark.claim(
    "A2",
    source=f"{BORN}, Lemma 5",
    says="NRFirst and NLFirst are expressible in C-RASP[pos].",
    subject="theory",
)
A3 = pytest.mark.claim(
    "A3",
    source=f"{BORN}, Lemma 7",
    says="UF and UB are expressible in C-RASP[pos].",
    subject="theory",
)
A4 = pytest.mark.claim(
    "A4",
    source=f"{BORN}, Lemmas 6 and 8, Corollary 10",
    says="NRLast, NLLast, NF, NB and word-order reversal are not expressible in C-RASP[pos].",
    subject="theory",
)
A5 = pytest.mark.claim(
    "A5",
    source=f"{BORN}, Theorem 2",
    says="Direction makes no difference to what C-RASP[pos] expresses.",
    subject="theory",
)
B13 = pytest.mark.claim(
    "B13",
    source=f"{LENGTH_GENERALIZATION}, Theorem 12",
    says="What a program knows of the first N symbols of a string fits into O(log N) bits.",
    subject="theory",
)

UNIQUE = pytest.mark.parametrize("task", [UR, UL], ids=task_name)
FIRST = pytest.mark.parametrize("task", [NRFirst, NLFirst], ids=task_name)
COPIED = pytest.mark.parametrize("task", [UF, UB], ids=task_name)
LAST = pytest.mark.parametrize("task", [NRLast, NLLast], ids=task_name)
REPEATED = pytest.mark.parametrize("task", [NF, NB], ids=task_name)
WITHOUT_REPEATS = pytest.mark.parametrize("task, solved", [(NF, UF), (NB, UB)], ids=task_name)
PAPER_B = pytest.mark.parametrize(
    "name, alphabet",
    [
        ("Majority", "abc"),
        ("Sort", "abc"),
        ("Binary Majority Interleave", "01"),
        ("Tomita-4", "01"),
    ],
)
EVERY_PROGRAM = pytest.mark.parametrize("task", [UR, UL, NRFirst, NLFirst, UF, UB], ids=task_name)


@A1
@UNIQUE
def test_unique_retrieval_is_right_on_all_short_strings(judge, task):
    judge.law(exhaustive(program_of(task.name), task.name))


@A1
@UNIQUE
def test_unique_retrieval_is_right_on_long_strings(judge, task):
    judge.law(drawn(program_of(task.name), task.name))


@A2
@FIRST
def test_retrieval_beside_a_first_occurrence_is_right_on_all_short_strings(judge, task):
    judge.law(exhaustive(program_of(task.name), task.name))


@A2
@FIRST
def test_retrieval_beside_a_first_occurrence_is_right_on_long_strings(judge, task):
    judge.law(drawn(program_of(task.name), task.name))


@A3
@COPIED
def test_unique_copying_is_right_on_all_short_strings(judge, task):
    judge.law(exhaustive(program_of(task.name), task.name))


@A3
@COPIED
def test_unique_copying_is_right_on_long_strings(judge, task):
    judge.law(drawn(program_of(task.name), task.name))


@A4
@LAST
def test_a_solver_of_last_occurrences_would_recognize_the_last_letter(judge, task):
    """Proven elsewhere: no program recognizes Σ*be* (arXiv:2410.02140, Lemmas 35 and 36).

    Run here: the reduction of that language to the task, with the task's rule as the solver. It
    decides all words up to length 9 rightly.
    """
    judge.law(rule_law(LastRetrieval(task)))


@A4
@LAST
def test_the_reduction_turns_programs_into_programs(judge, task):
    """Proven elsewhere: no program recognizes Σ*be* (arXiv:2410.02140, Lemmas 35 and 36).

    Run here: the recognizer that the reduction builds of a program, itself a program, says what the
    reduction says when it asks that program. So a program for the task would be one for Σ*be*.
    """
    judge.law(program_law(LastRetrieval(task), majority(task.name)))


@A4
@LAST
@pytest.mark.parametrize("reach", [3, 4], ids="window={}".format)
def test_a_window_on_last_occurrences_is_refuted(judge, task, reach):
    """Proven elsewhere: every program is (arXiv:2505.21785, Lemma 6).

    Run here: a program that is right while the last occurrence is near, on the shortest word that
    its recognizer decides wrongly.
    """
    judge.law(error_law(LastRetrieval(task), within(task.name, reach)))


@A4
@LAST
@pytest.mark.parametrize("name", ["NRFirst", "NLFirst", "UR", "UL"])
def test_programs_for_other_occurrences_are_refuted(judge, task, name):
    """Proven elsewhere: every program is (arXiv:2505.21785, Lemma 6).

    Run here: programs that have another task, on the shortest word that their recognizer decides
    wrongly, and the question that they answer wrongly there.
    """
    judge.law(error_law(LastRetrieval(task), program_of(name)))


@A4
@pytest.mark.parametrize("task", [NRLast, NLLast, NRLastFar], ids=task_name)
@pytest.mark.parametrize("name", ["NRFirst", "NLFirst", "UR", "UL"])
def test_programs_cannot_tell_the_order_of_last_occurrences(judge, task, name):
    """Proven elsewhere: no program computes NRLast or NLLast (arXiv:2505.21785, Lemma 6).

    Run here, and argued in claimkit.crasp.reductions.confounding for every program: two contexts
    with different answers that leave a program in one state, so that nothing that follows tells
    them apart. For NRLastFar, which is no task of the paper, nine times as many symbols follow.
    """
    judge.law(confounding_law(program_of(name), task.name))


@A4
@REPEATED
def test_copying_repeated_symbols_outgrows_what_a_program_knows(judge, task):
    """Proven elsewhere: programs send O(log n) bits past a cut (arXiv:2410.02140, Theorem 12).

    Run here: a program that copies right up to four symbols, from which length on there are more
    sources than messages, and two sources with the same message, one of which it copies wrongly.
    """
    judge.law(confusion_law(by_place(task.name, 4), Alphabet("ab"), copies(task, "ab")))


@A4
@WITHOUT_REPEATS
def test_copying_of_distinct_symbols_is_refuted_on_repeats(judge, task, solved):
    """Proven elsewhere: programs send O(log n) bits past a cut (arXiv:2410.02140, Theorem 12).

    Run here: as above, for the program that copies as long as no symbol repeats.
    """
    judge.law(confusion_law(program_of(solved.name), Alphabet("ab"), copies(task, "ab")))


@A4
def test_copying_by_counted_bigrams_is_refuted(judge):
    """Proven elsewhere: programs send O(log n) bits past a cut (arXiv:2410.02140, Theorem 12).

    Run here: as above, for a program that counts how often each bigram is still to be copied.
    """
    judge.law(confusion_law(counted_bigrams(), Alphabet("ab"), copies(NF, "ab")))


@A4
def test_reversal_of_words_embeds_backward_copying(judge):
    """Proven elsewhere: NB has no program (arXiv:2505.21785, Lemma 8), so neither has reversal.

    Run here: a solver of word-order reversal copies backward all sources up to length 7, given as
    words of one symbol (Corollary 10); and the other way round.
    """
    judge.law(embedding_law())


@A4
def test_reversal_of_words_outgrows_what_a_program_knows(judge):
    """Proven elsewhere: programs send O(log n) bits past a cut (arXiv:2410.02140, Theorem 12).

    Run here: the program that copies distinct symbols backward, on words of one symbol: two lists
    of words with the same message, one of which it reverses wrongly.
    """
    judge.law(confusion_law(program_of("UB"), Alphabet("ab_"), reversals("ab")))


@A5
@pytest.mark.parametrize("right, left", PAIRS, ids=task_name)
def test_both_tasks_of_a_pair_are_expressible_or_neither(judge, right, left):
    """Proven elsewhere: that some have no program. Run here: nothing but what the registry says."""
    judge.law(same_expressibility(right.name, left.name))


@A5
@pytest.mark.parametrize("right, left", [(UR, UL), (NRFirst, NLFirst), (UF, UB)], ids=task_name)
def test_the_left_program_is_the_mirror_of_the_right_one(judge, right, left):
    """Mirrored are the context, the neighbours of every query, or the source."""
    judge.law(mirror(right.name, left.name))


@B13
@EVERY_PROGRAM
def test_a_program_goes_on_from_the_message_alone(judge, task):
    """Proven elsewhere: that all functions of the class have such a protocol.

    Run here: a program's own; the holder of the second part of a string finds every line's value.
    """
    judge.law(cut_law(program_of(task.name), Alphabet("ab")))


@B13
@EVERY_PROGRAM
def test_messages_grow_as_the_logarithm(judge, task):
    """Proven elsewhere: the bound. Run here: the bits of messages about 10 to 10,240 symbols."""
    judge.law(growth_law(program_of(task.name), Alphabet("abc")))


@B13
@PAPER_B
def test_a_program_of_another_kind_goes_on_from_the_message_alone(judge, name, alphabet):
    """As above, for programs that compare counts, order symbols, use periods and longer windows."""
    judge.law(cut_law(program_of(name), Alphabet(alphabet)))


@B13
@PAPER_B
def test_messages_of_another_kind_grow_as_the_logarithm(judge, name, alphabet):
    """As above, for the same programs."""
    judge.law(growth_law(program_of(name), Alphabet(alphabet)))


@B13
def test_addition_outgrows_what_a_program_knows(judge):
    """Proven elsewhere: programs send O(log n) bits past a cut (arXiv:2410.02140, Theorem 12).

    Run here: sums x + 0, which are copies of x and so need a message for every x; a program that
    copies what has no repeats confuses two of them.
    """
    judge.law(confusion_law(program_of("UF"), Alphabet("01+="), SUMS))
