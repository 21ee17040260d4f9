#include <string.h>

#include "eg_conv_2d_s8_rv32im.h"

/* Input rows with their padding, in a ring: row y, counted from the first one of padding, is in slot y % count. */
typedef struct {
  int8_t* first;
  int32_t pitch;
  int32_t bytes; /* count * pitch */
  int8_t* next;  /* the slot of the next row */
  int32_t done;  /* rows so far */
} ring_type;

static void stage_rows(const eg_conv_2d_rv32im_params* p, ring_type* ring, const int8_t* input, int32_t zero_point,
                       int32_t end) {
  const int32_t left = p->pad_w * p->input_c, row = p->input_w * p->input_c;
  const int32_t inside = row < ring->pitch - left ? row : ring->pitch - left;
  for (; ring->done < end; ++ring->done) {
    const int32_t y = ring->done - p->pad_h;
    memset(ring->next, zero_point, (size_t)ring->pitch);
    if (y >= 0 && y < p->input_h) memcpy(ring->next + left, input + y * row, (size_t)inside);
    ring->next += ring->pitch;
    if (ring->next == ring->first + ring->bytes) ring->next = ring->first;
  }
}

/* Pairs the windows of two output pixels: `slot` is the offset of their first row, `x` the output's column. */
static void pair_windows(const eg_conv_2d_rv32im_params* p, const ring_type* ring, const int32_t* slot,
                         const int32_t* x, uint32_t* to) {
  const int32_t step = p->stride_w * p->input_c;
  const int8_t* a = ring->first + x[0] * step;
  const int8_t* b = ring->first + x[1] * step;
  int32_t slot_a = slot[0], slot_b = slot[1];
  for (int32_t ky = 0; ky < p->filter_h; ++ky) {
    to = eg_pair_pixels(a + slot_a, b + slot_b, p->filter_w * p->input_c, to);
    slot_a = slot_a + ring->pitch < ring->bytes ? slot_a + ring->pitch : 0;
    slot_b = slot_b + ring->pitch < ring->bytes ? slot_b + ring->pitch : 0;
  }
}

void eg_conv_staged_s8_rv32im(const eg_conv_2d_rv32im_params* p, const int8_t* input, int32_t zero_point,
                              const int32_t* packed, int8_t* output, void* scratch) {
  uint32_t* const columns = (uint32_t*)scratch;
  int8_t* const rows = (int8_t*)(columns + 2 * ((p->depth + 3) / 4 * 4));
  const int32_t pitch = ((p->output_w - 1) * p->stride_w + p->filter_w) * p->input_c;
  ring_type ring = {rows, pitch, (p->filter_h + p->stride_h) * pitch, rows, 0};
  const int32_t pixels = p->output_h * p->output_w;
  int32_t y = 0, x = 0, row = 0;
  eg_clear_rest(p, columns);
  for (int32_t first = 0; first < pixels; first += 4) {
    const int32_t last = first + 3 < pixels ? first + 3 : pixels - 1;
    int32_t slot[4], column[4];
    for (int32_t i = 0; i < 4; ++i) {
      if (first + i <= last && i + first > 0 && ++x == p->output_w) {
        x = 0;
        ++y;
        row += p->stride_h * pitch;
        if (row >= ring.bytes) row -= ring.bytes;
      }
      slot[i] = row;
      column[i] = x;
    }
    stage_rows(p, &ring, input, zero_point, y * p->stride_h + p->filter_h);
    pair_windows(p, &ring, slot, column, columns);
    pair_windows(p, &ring, slot + 2, column + 2, columns + 1);
    eg_channels_4(p, columns, packed, output, first, last);
  }
}
