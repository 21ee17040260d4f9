"""The errors that end a command: what went wrong, and the exit status that says whose turn it is."""

from __future__ import annotations


class EdgegenError(Exception):
    """The work failed: a build error, a mismatch, a device that did not answer (exit status 1).

    The message has one to three lines: what is wrong and where, the limit, the remedy.
    """

    exit_status = 1


class InputError(EdgegenError):
    """What the user gave can't be used: a broken model, an unknown board, a bad option (exit status 2)."""

    exit_status = 2


class UnsupportedModelError(InputError):
    """Nodes of a model that can't be compiled; the message lists every one of them."""
