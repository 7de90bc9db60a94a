"""Lists of commits, newest to oldest, as ``git log --oneline`` shows them.

Source: arXiv:2505.21785, §4.2, ``git revert`` against ``git cherry-pick``: seven-hex-digit hashes,
messages of 12 verbs × 10 subsystems.
Differs: the paper does not print verbs and subsystems; these are ours.
"""

from __future__ import annotations

from claimkit.tasks.sampling import Uniforms

VERBS = (
    "Add",
    "Document",
    "Extend",
    "Fix",
    "Move",
    "Optimize",
    "Refactor",
    "Remove",
    "Rename",
    "Simplify",
    "Test",
    "Update",
)
SUBSYSTEMS = (
    "allocator",
    "cache",
    "compiler",
    "database",
    "installer",
    "logger",
    "network",
    "parser",
    "router",
    "scheduler",
)
HASHES = 16**7
"""How many hashes of seven hexadecimal digits there are."""


def draw_commits(uniforms: Uniforms, commits: int) -> str:
    """Return so many lines, each a hash and a message; no two hashes of a list are the same."""
    hashes = _hashes(uniforms, commits)
    verbs = uniforms.below(len(VERBS), commits).tolist()
    subsystems = uniforms.below(len(SUBSYSTEMS), commits).tolist()
    return "\n".join(
        f"{number:07x} {VERBS[verb]} {SUBSYSTEMS[subsystem]}"
        for number, verb, subsystem in zip(hashes, verbs, subsystems, strict=True)
    )


def _hashes(uniforms: Uniforms, count: int) -> list[int]:
    """Return so many different numbers, in the order drawn; those that come again are left out."""
    found: dict[int, None] = {}
    while len(found) < count:
        found |= dict.fromkeys(uniforms.below(HASHES, count - len(found)).tolist())
    return list(found)
