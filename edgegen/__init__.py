"""Compiles quantised neural networks ahead of time to C and to firmware for microcontrollers."""

__version__ = "0.1.0"
