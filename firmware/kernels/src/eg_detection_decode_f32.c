#include "eg_detection_postprocess.h"
#include "eg_math.h"

/* Where along one axis a box's centre lies. */
static float centre(float encoded, float scale, float size, float anchor) {
  return (float)((double)encoded / (double)scale * (double)size + (double)anchor);
}

static float half_size(float encoded, float scale, float size) {
  return (float)(0.5 * eg_exp((double)encoded / (double)scale) * (double)size);
}

bool eg_detection_decode_f32(const eg_detection_params* params, const float* encodings, const float* anchors,
                             float* boxes) {
  bool valid = true;
  for (int32_t i = 0; i < params->boxes; ++i) {
    const float* code = encodings + i * params->box_stride;
    const float* anchor = anchors + 4 * i; /* y, x, h, w */
    float* box = boxes + 4 * i;
    const float y = centre(code[0], params->y_scale, anchor[2], anchor[0]);
    const float x = centre(code[1], params->x_scale, anchor[3], anchor[1]);
    const float half_h = half_size(code[2], params->h_scale, anchor[2]);
    const float half_w = half_size(code[3], params->w_scale, anchor[3]);
    box[0] = y - half_h;
    box[1] = x - half_w;
    box[2] = y + half_h;
    box[3] = x + half_w;
    if (box[0] >= box[2] || box[1] >= box[3]) valid = false;
  }
  return valid;
}
