"""Measuring a firmware: records, how they are made, shown and kept."""
