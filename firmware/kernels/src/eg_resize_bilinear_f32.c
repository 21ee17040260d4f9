#include "eg_resize.h"

void eg_resize_bilinear_f32(const eg_resize_bilinear_float_params* params, const eg_dims* input_dims,
                            const float* input, const eg_dims* output_dims, float* output) {
  const int32_t depth = input_dims->c;
  const int32_t row_size = input_dims->w * depth;
  for (int32_t n = 0; n < output_dims->n; ++n) {
    for (int32_t y = 0; y < output_dims->h; ++y) {
      const float* top = input + params->rows.lower[y] * row_size;
      const float* bottom = input + params->rows.upper[y] * row_size;
      const float weight_y = params->rows.weight[y];
      for (int32_t x = 0; x < output_dims->w; ++x) {
        const int32_t left = params->columns.lower[x] * depth;
        const int32_t right = params->columns.upper[x] * depth;
        const float weight_x = params->columns.weight[x];
        for (int32_t c = 0; c < depth; ++c) {
          *output++ = top[left + c] * (1.0f - weight_y) * (1.0f - weight_x) +
                      bottom[left + c] * weight_y * (1.0f - weight_x) + top[right + c] * (1.0f - weight_y) * weight_x +
                      bottom[right + c] * weight_y * weight_x + 0.0f;
        }
      }
    }
    input += input_dims->h * row_size;
  }
}
