#include "eg_resize.h"

/* Weights lie between -512 and 1536 and sums of four products below 2^30. */
void eg_resize_bilinear_s8(const eg_resize_bilinear_params* params, const eg_dims* input_dims, const int8_t* input,
                           const eg_dims* output_dims, int8_t* output) {
  const int32_t depth = input_dims->c;
  const int32_t row_size = input_dims->w * depth;
  for (int32_t n = 0; n < output_dims->n; ++n) {
    for (int32_t y = 0; y < output_dims->h; ++y) {
      const int8_t* top = input + params->rows.lower[y] * row_size;
      const int8_t* bottom = input + params->rows.upper[y] * row_size;
      const int32_t weight_y = params->rows.weight[y];
      for (int32_t x = 0; x < output_dims->w; ++x) {
        const int32_t left = params->columns.lower[x] * depth;
        const int32_t right = params->columns.upper[x] * depth;
        const int32_t weight_x = params->columns.weight[x];
        const int32_t top_left = (1024 - weight_y) * (1024 - weight_x);
        const int32_t bottom_left = weight_y * (1024 - weight_x);
        const int32_t top_right = (1024 - weight_y) * weight_x;
        const int32_t bottom_right = weight_y * weight_x;
        for (int32_t c = 0; c < depth; ++c) {
          const int32_t sum = top[left + c] * top_left + bottom[left + c] * bottom_left + top[right + c] * top_right +
                              bottom[right + c] * bottom_right;
          *output++ = (int8_t)((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
        }
      }
    }
    input += input_dims->h * row_size;
  }
}
