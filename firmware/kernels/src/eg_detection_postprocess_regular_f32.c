#include <string.h>

#include "eg_detection_postprocess.h"

void eg_detection_postprocess_regular_f32(const eg_detection_params* params, const float* encodings,
                                          const float* scores, const float* anchors, void* scratch,
                                          void* const* outputs) {
  const eg_detection_scratch work = eg_detection_split(params, scratch);
  const int32_t most = params->max_detections;
  float* boxes = (float*)outputs[0];
  float* classes = (float*)outputs[1];
  float* results = (float*)outputs[2];
  float* count = (float*)outputs[3];
  int32_t found = 0;
  const bool valid = eg_detection_decode_f32(params, encodings, anchors, work.boxes);
  for (int32_t c = 0; valid && c < params->classes; ++c) {
    for (int32_t i = 0; i < params->boxes; ++i) {
      work.scores[i] = scores[i * params->score_stride + params->first_class + c];
    }
    const int32_t selected = eg_detection_select_f32(params, &work, params->detections_per_class);
    /* Each goes behind everything of no lower score that was found before it. */
    for (int32_t i = 0; i < selected; ++i) {
      const float score = work.scores[work.selected[i]];
      int32_t place = found;
      while (place > 0 && results[place - 1] < score) --place;
      if (place >= most) break;
      if (found < most) ++found;
      for (int32_t j = found - 1; j > place; --j) {
        results[j] = results[j - 1];
        work.places[j] = work.places[j - 1];
      }
      results[place] = score;
      work.places[place] = work.selected[i] * params->classes + c;
    }
  }
  for (int32_t i = 0; i < found; ++i) {
    memcpy(boxes + 4 * i, work.boxes + 4 * (work.places[i] / params->classes), 4 * sizeof(float));
    classes[i] = (float)(work.places[i] % params->classes);
  }
  for (int32_t i = found; i < params->room; ++i) {
    memset(boxes + 4 * i, 0, 4 * sizeof(float));
    classes[i] = 0.0f;
    results[i] = 0.0f;
  }
  *count = (float)found;
}
