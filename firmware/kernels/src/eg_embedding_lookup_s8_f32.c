#include "eg_gather.h"

void eg_embedding_lookup_s8_f32(const eg_embedding_lookup_params* params, const int8_t* values, const int32_t* indices,
                                float* output) {
  for (int32_t i = 0; i < params->indices; ++i) {
    const int8_t* row = values + eg_clamp(indices[i], 0, params->rows - 1) * params->columns;
    for (int32_t c = 0; c < params->columns; ++c) *output++ = params->scale * (float)row[c];
  }
}
