"""Models from files: `read_tflite` gives the Graph that every later stage works on."""

from __future__ import annotations

from edgegen.model_io.tflite_reader import read_tflite, read_tflite_file

__all__ = ["read_tflite", "read_tflite_file"]
