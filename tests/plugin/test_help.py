"""``--help``."""

import re

OPTIONS = [
    "--model",
    "--revision",
    "--device",
    "--dtype",
    "--tokenizer",
    "--adapter",
    "--device-map",
    "--attn-implementation",
    "--alpha",
    "--margin",
    "--max-samples",
    "--lengths",
    "--templates",
    "--draws",
    "--budget",
    "--plan",
    "--evidence",
    "--snapshot-dir",
    "--snapshot-name",
    "--snapshot-samples",
    "--gate",
    "--gate-alpha",
    "--reliability",
    "--report",
    "--examples",
    "--runs",
    "--preset",
    "--train",
    "--finetune",
    "--chat",
    "--thinking",
    "--strict-claims",
    "--trust-remote-code",
]


def test_help_shows_all_options_in_one_group(pytester, plugin_args):
    """Every option of claimkit stands in claimkit's own group of --help."""
    result = pytester.runpytest(*plugin_args, "--help")

    group = re.search(r"^claimkit: .*?\n\n", result.stdout.str(), flags=re.M | re.S)
    assert re.findall(r"^  (--[a-z-]+)", group.group(), flags=re.M) == OPTIONS


def test_help_shows_the_markers(pytester, plugin_args):
    """The markers that claims are written with are registered."""
    result = pytester.runpytest(*plugin_args, "--markers")

    result.stdout.fnmatch_lines(["@pytest.mark.claim(number, source, says, subject): *"])
    result.stdout.fnmatch_lines(["@pytest.mark.lengths([*]values): *"])
    result.stdout.fnmatch_lines(["@pytest.mark.risk: *"])
