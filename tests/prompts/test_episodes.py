import numpy as np
import pytest

from claimkit.errors import InvalidInput
from claimkit.prompts.episodes import Episodes

TOKENS = np.array([[5, 6, 7, 8], [5, 8, 9, 0], [4, 4, 4, 4]])
LENGTHS = np.array([4, 3, 4])
ANSWERS = np.array([[7, 8], [8, 9], [4, 4]])


def test_answers_end_their_strings():
    """Each answer starts where its string's length minus the width says."""
    episodes = Episodes(TOKENS, LENGTHS, ANSWERS)

    assert (len(episodes), episodes.width) == (3, 2)
    assert episodes.starts.tolist() == [2, 1, 2]


@pytest.mark.parametrize("index", [slice(1, 3), np.array([2, 0]), np.array([], dtype=int)], ids=str)
def test_some_of_the_strings_keep_their_answers(index):
    """A slice or a list of rows takes tokens, lengths and answers alike."""
    some = Episodes(TOKENS, LENGTHS, ANSWERS)[index]

    assert some.tokens.tolist() == TOKENS[index].tolist()
    assert some.lengths.tolist() == LENGTHS[index].tolist()
    assert some.answers.tolist() == ANSWERS[index].tolist()


@pytest.mark.parametrize(
    "tokens, lengths, answers, words",
    [
        (TOKENS[0], LENGTHS, ANSWERS, r"tokens \(string, time\).*got shapes \(4,\)"),
        (TOKENS, LENGTHS[:2], ANSWERS, r"lengths \(string,\).* \(2,\)"),
        (TOKENS, LENGTHS, ANSWERS[:2], r"3 strings need 3 answers"),
        (TOKENS, LENGTHS, ANSWERS[:, :0], "at least one token"),
        (TOKENS, np.array([2, 3, 4]), ANSWERS, "at least one token before its answer"),
        (TOKENS, np.array([5, 3, 4]), ANSWERS, "must fit its row; got lengths 3 to 5"),
        (TOKENS, LENGTHS, ANSWERS + 1, "tokens and answers disagree"),
        (TOKENS, np.array([4, 4, 4]), ANSWERS, "tokens and answers disagree"),
    ],
)
def test_episodes_that_do_not_fit_together_are_refused(tokens, lengths, answers, words):
    """The message names the shapes or the numbers that disagree."""
    with pytest.raises(InvalidInput, match=words):
        Episodes(tokens, lengths, answers)
