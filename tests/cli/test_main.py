"""The ``claimkit`` command answers bad input with one sentence and exit status 2."""

import json

import pytest

from claimkit.cli.main import main


def test_an_unknown_recipe_is_one_sentence(capsys):
    """The message offers the nearest name and lists the others."""
    status = main(["pretrain", "foward-born"])

    assert status == 2
    assert capsys.readouterr().err == (
        "claimkit: no recipe 'foward-born'; did you mean 'forward-born'? "
        "Recipes: forward-born, even-born, backward-born\n"
    )


def test_a_card_without_verdicts_is_one_sentence(tmp_path, capsys):
    """What is missing is named, with the command that makes it."""
    (tmp_path / "README.md").write_text("# model\n")

    status = main(["card", str(tmp_path)])

    assert status == 2
    assert f"no {tmp_path / 'verdicts.json'};" in capsys.readouterr().err


def test_a_card_gets_its_verdicts_in_place_of_older_ones(tmp_path):
    """Writing twice leaves one table, and the text before it as it was."""
    (tmp_path / "README.md").write_text("# model\n\nText.\n")
    for verdict in ("fails", "holds"):
        claims = {"test_x[A10]": {"claim": "A10", "verdict": verdict, "says": "UR − UL: +0.5"}}
        (tmp_path / "verdicts.json").write_text(json.dumps({"format": 1, "claims": claims}))
        main(["card", str(tmp_path)])

    text = (tmp_path / "README.md").read_text()

    assert text.startswith("# model\n\nText.\n\n")
    assert "| A10 | holds | UR − UL: +0.5 |" in text
    assert "fails" not in text


@pytest.mark.parametrize("arguments", [[], ["bake"]], ids=["no command", "unknown command"])
def test_a_wrong_command_is_a_usage_error(arguments):
    """The parser explains, and the exit status is 2."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)

    assert stopped.value.code == 2
