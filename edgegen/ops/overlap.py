"""How far a kernel's output may be written over its input, for the memory planner."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from edgegen.ops.base import Overlap

_MOST_PIXELS = 1 << 20  # above it the exact answer takes gigabytes here, and no microcontroller has the memory


@dataclass(frozen=True, slots=True)
class Window:
    """A sliding window over [N,H,W,C] in row-major order: what convolution and pooling read."""

    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    stride_h: int
    stride_w: int
    pad_h: int
    pad_w: int


def window_overlap(window: Window, source: int, output: int, element_bytes: int = 1) -> Overlap:
    """The overlap that is safe for a kernel which computes one output pixel after the other.

    While it writes a pixel it may still read that pixel's whole window; pixels before it are never read again but
    for the windows of later ones. `gap_bytes` may be negative: an output that shrinks can start behind its input.
    """
    batches, in_h, in_w, in_c = window.input_shape
    _, out_h, out_w, out_c = window.output_shape
    if 0 in window.output_shape or 0 in window.input_shape or batches * out_h * out_w > _MOST_PIXELS:
        return Overlap(source, output, math.prod(window.output_shape) * element_bytes)
    batch = np.arange(batches)[:, None, None]
    row = np.clip(np.arange(out_h) * window.stride_h - window.pad_h, 0, in_h - 1)[None, :, None]
    column = np.clip(np.arange(out_w) * window.stride_w - window.pad_w, 0, in_w - 1)[None, None, :]
    first_read = ((batch * in_h + row) * in_w + column).reshape(-1)
    # The lowest input pixel that this output pixel or any later one reads.
    still_read = np.minimum.accumulate(first_read[::-1])[::-1]
    written = np.arange(1, len(first_read) + 1)
    gap = int(np.max(written * out_c - still_read * in_c)) * element_bytes
    return Overlap(source, output, gap)
