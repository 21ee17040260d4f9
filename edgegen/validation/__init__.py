"""Runs a data set through a firmware and compares: outputs with the references, classes with the labels."""

from edgegen.validation.run import Comparison, Validation, validate

__all__ = ["Comparison", "Validation", "validate"]
