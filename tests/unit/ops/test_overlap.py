"""window_overlap against a run of every read and write."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edgegen.ops.overlap import Window, window_overlap

_SMALL = st.integers(1, 4)


@given(_SMALL, st.integers(1, 6), st.integers(1, 6), _SMALL, _SMALL, _SMALL, _SMALL, _SMALL, _SMALL, st.booleans())
def test_gap_is_safe_and_tight(
    n: int, h: int, w: int, c: int, oc: int, kh: int, kw: int, sh: int, sw: int, same: bool
) -> None:
    pad_h, pad_w = (kh // 2, kw // 2) if same else (0, 0)
    out_h, out_w = (h + 2 * pad_h - kh) // sh + 1, (w + 2 * pad_w - kw) // sw + 1
    if out_h < 1 or out_w < 1:
        return
    window = Window((n, h, w, c), (n, out_h, out_w, oc), sh, sw, pad_h, pad_w)
    gap = window_overlap(window, 0, 1).gap_bytes

    def safe(gap: int) -> bool:
        """Writes every output pixel `gap` bytes before the input, then looks for a read of what was written."""
        end_of_writes = -(10**9)
        for b in range(n):
            for y in range(out_h):
                for x in range(out_w):
                    end_of_writes = ((b * out_h + y) * out_w + x + 1) * oc - gap
                    reads = [
                        ((b * h + iy) * w + ix) * c
                        for iy in range(max(0, y * sh - pad_h), min(h, y * sh - pad_h + kh))
                        for ix in range(max(0, x * sw - pad_w), min(w, x * sw - pad_w + kw))
                    ]
                    if reads and min(reads) < end_of_writes:
                        return False
        return True

    assert safe(gap)
