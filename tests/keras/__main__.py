"""Writes the table to README.md: `python -m tests.keras`."""

from tests.keras.report import README, render

README.write_text(render(), encoding="utf-8")
