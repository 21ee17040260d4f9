#include <string.h>

#include "eg_detection_postprocess.h"

/* Whether class a of a box comes before class b: a higher score, or an equal one and a lower number. */
static bool before(const float* scores, int32_t a, int32_t b) {
  return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
}

/* The best class that comes behind `last`; -1 stands for the start. */
static int32_t next_class(const float* scores, int32_t classes, int32_t last) {
  int32_t best = -1;
  for (int32_t c = 0; c < classes; ++c) {
    if ((last < 0 || before(scores, last, c)) && (best < 0 || before(scores, c, best))) best = c;
  }
  return best < 0 ? 0 : best;
}

void eg_detection_postprocess_fast_f32(const eg_detection_params* params, const float* encodings, const float* scores,
                                       const float* anchors, void* scratch, void* const* outputs) {
  const eg_detection_scratch work = eg_detection_split(params, scratch);
  float* boxes = (float*)outputs[0];
  float* classes = (float*)outputs[1];
  float* results = (float*)outputs[2];
  float* count = (float*)outputs[3];
  int32_t found = 0;
  int32_t written = 0;
  memset(boxes, 0, (size_t)params->room * 4 * sizeof(float));
  memset(classes, 0, (size_t)params->room * sizeof(float));
  memset(results, 0, (size_t)params->room * sizeof(float));
  scores += params->first_class;
  if (eg_detection_decode_f32(params, encodings, anchors, work.boxes)) {
    for (int32_t i = 0; i < params->boxes; ++i) {
      const float* row = scores + i * params->score_stride;
      work.scores[i] = row[next_class(row, params->classes, -1)];
    }
    found = eg_detection_select_f32(params, &work, params->max_detections);
  }
  for (int32_t i = 0; i < found; ++i) {
    const int32_t box = work.selected[i];
    const float* row = scores + box * params->score_stride;
    int32_t chosen = -1;
    for (int32_t c = 0; c < params->max_classes_per_detection; ++c, ++written) {
      /* Several classes leave gaps between their places, as in TFLite Micro. */
      const int32_t place = params->max_classes_per_detection * written + c;
      chosen = next_class(row, params->classes, chosen);
      memcpy(boxes + 4 * place, work.boxes + 4 * box, 4 * sizeof(float));
      classes[place] = (float)chosen;
      results[place] = row[chosen];
    }
  }
  *count = (float)written;
}
