"""The commit that the working directory is at, and what a user's name for one stands for; None without git."""

from __future__ import annotations

import shutil

from edgegen import process
from edgegen.bench.history import Commit

_TIMEOUT_S = 30.0


def current() -> Commit | None:
    """The commit of the repository around the working directory."""
    revision = resolve("HEAD")
    if revision is None:
        return None
    status = _git("status", "--porcelain", "--untracked-files=no")
    return Commit(revision, clean=status == "")


def resolve(name: str) -> str | None:
    """The full hash of a commit."""
    return _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}") or None


def _git(*arguments: str) -> str | None:
    if shutil.which("git") is None:
        return None
    try:
        return process.run(["git", *arguments], timeout_s=_TIMEOUT_S).strip()
    except process.ToolError:
        return None  # no repository, or no such commit
