#include <string.h>

#include "eg_resize.h"

void eg_resize_nearest_neighbor(const eg_resize_nearest_neighbor_params* params, const void* input, void* output) {
  const uint8_t* from = (const uint8_t*)input;
  uint8_t* to = (uint8_t*)output;
  const int32_t pixel_bytes = params->pixel_bytes;
  for (int32_t n = 0; n < params->batches; ++n) {
    for (int32_t y = 0; y < params->output_height; ++y) {
      const uint8_t* row = from + params->rows[y] * params->row_bytes;
      for (int32_t x = 0; x < params->output_width; ++x) {
        memcpy(to, row + params->columns[x] * pixel_bytes, (size_t)pixel_bytes);
        to += pixel_bytes;
      }
    }
    from += params->input_height * params->row_bytes;
  }
}
