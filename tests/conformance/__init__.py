"""Conformance at length: `python -m tests.conformance --help`."""
