"""The ``claimkit`` command.

``claimkit pretrain NAME`` rebuilds a control checkpoint from its recipe; ``claimkit train`` trains
small models from scratch on one task each, ``claimkit sweep`` one task in many sizes, and
``claimkit finetune`` a pretrained model on one task each. ``claimkit card DIR`` writes recorded
verdicts into a model card. ``claimkit report`` writes the report of a run that was kept, ``claimkit
compare`` puts runs or models side by side, ``claimkit export`` writes what was measured string by
string, and ``claimkit replay`` asks one question again. ``claimkit heads`` prints a model's
strongest heads and what it can do without them. ``claimkit crasp`` lists, shows, traces and checks
programs of C-RASP[pos].

Every ``ClaimkitError``, and whatever the operating system refuses, becomes one sentence on standard
error and exit status 2; so does Ctrl-C, with exit status 130.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

import claimkit
from claimkit.cli.card import add_card
from claimkit.cli.compare import add_compare
from claimkit.cli.crasp import add_crasp
from claimkit.cli.export import add_export
from claimkit.cli.finetune import add_finetune
from claimkit.cli.heads import add_heads
from claimkit.cli.replay import add_replay
from claimkit.cli.report import add_report
from claimkit.cli.sweep import add_sweep
from claimkit.cli.train import add_train
from claimkit.errors import ClaimkitError

INTERRUPTED = 130
"""The exit status of what is ended by Ctrl-C, as shells have it."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    main_parser = argparse.ArgumentParser(prog="claimkit", description=claimkit.__doc__)
    main_parser.add_argument("--version", action="version", version=claimkit.__version__)
    commands = main_parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    pretrain = commands.add_parser(
        "pretrain",
        help="train a control checkpoint from scratch, or go on with a run that was stopped",
        description="Train a control checkpoint from its recipe, with fixed seeds. The run folder "
        "keeps a resumable state; the finished checkpoint goes to --out.",
    )
    pretrain.add_argument("name", help="a control, such as forward-born or both-born")
    pretrain.add_argument(
        "--run", type=Path, default=None, metavar="DIR", help="run folder (default: runs/NAME)"
    )
    pretrain.add_argument(
        "--out", type=Path, default=None, metavar="DIR", help="checkpoint (default: RUN/checkpoint)"
    )
    pretrain.set_defaults(run_command=_pretrain)
    add_train(commands)
    add_sweep(commands)
    add_finetune(commands)
    add_card(commands)
    add_replay(commands)
    add_report(commands)
    add_export(commands)
    add_compare(commands)
    add_heads(commands)
    add_crasp(commands)
    return main_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    options = _parsed(sys.argv[1:] if arguments is None else arguments)
    try:
        return int(options.run_command(options))
    except ClaimkitError as error:
        return _refused(str(error))
    except KeyboardInterrupt:
        _refused(f"{_named(options)} was interrupted")
        return INTERRUPTED
    except OSError as error:
        where = "" if error.filename is None else f": {error.filename}"
        return _refused(f"cannot {_named(options)}: {error.strerror or error}{where}")


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse a command line; what stands behind ``--`` is for pytest, as it is."""
    own = list(takewhile(lambda word: word != "--", arguments))
    options = parser().parse_args(own)
    if len(own) < len(arguments):
        if "pytest" not in options:
            parser().error(f"{options.command} runs no pytest that options behind -- could go to")
        options.pytest = list(arguments[len(own) + 1 :])
    return options


def _named(options: argparse.Namespace) -> str:
    """Return what was asked for, such as ``crasp check``."""
    return " ".join([options.command, *filter(None, [getattr(options, "crasp_command", "")])])


def _refused(sentence: str) -> int:
    print(f"claimkit: {sentence}", file=sys.stderr)
    return 2


def _pretrain(options: argparse.Namespace) -> int:
    # Imports torch; `claimkit --help` should not wait for it.
    from claimkit.training.pretraining import pretrain_named

    run = options.run or Path("runs") / options.name
    folder = pretrain_named(options.name, run, options.out or run / "checkpoint", print)
    print(f"wrote {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
