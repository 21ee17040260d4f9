#ifndef EG_DETECTION_POSTPROCESS_H
#define EG_DETECTION_POSTPROCESS_H

#include "eg_common.h"

typedef struct {
  int32_t boxes;
  int32_t box_stride;   /* values of an encoded box; the first 4 count */
  int32_t score_stride; /* classes, a background class included */
  int32_t first_class;  /* 1 behind a background class, else 0 */
  int32_t classes;      /* without it */
  int32_t max_detections;
  int32_t max_classes_per_detection;
  int32_t detections_per_class;
  float score_threshold;
  float overlap_threshold; /* intersection over union */
  float y_scale;
  float x_scale;
  float h_scale;
  float w_scale;
  int32_t room; /* detections that the outputs can hold */
} eg_detection_params;

/* Working memory. */
typedef struct {
  float* boxes;      /* [boxes, 4]: ymin, xmin, ymax, xmax */
  float* scores;     /* [boxes] */
  int32_t* order;    /* [boxes] */
  int32_t* merged;   /* [boxes] */
  int32_t* selected; /* [boxes] */
  int32_t* places;   /* [max_detections]: box * classes + class of what was found so far, best first */
} eg_detection_scratch;

/* TFLite_Detection_PostProcess: decodes boxes, [boxes, box_stride] as (y, x, h, w) relative to their anchors [boxes,
 * 4], and suppresses those that overlap a better one. scores [boxes, score_stride]. Boxes that are inside out give no
 * detection at all. The fast form compares each box's best class; the regular one looks at each class by itself.
 * `scratch` holds 8 * boxes + max_detections values of 4 bytes, `outputs` are boxes, classes, scores and their count.
 */
void eg_detection_postprocess_fast_f32(const eg_detection_params* params, const float* encodings, const float* scores,
                                       const float* anchors, void* scratch, void* const* outputs);
void eg_detection_postprocess_regular_f32(const eg_detection_params* params, const float* encodings,
                                          const float* scores, const float* anchors, void* scratch,
                                          void* const* outputs);

/* The parts of that working memory. */
EG_INLINE eg_detection_scratch eg_detection_split(const eg_detection_params* params, void* memory) {
  float* values = (float*)memory;
  int32_t* numbers = (int32_t*)memory + 5 * params->boxes;
  return (eg_detection_scratch){
      .boxes = values,
      .scores = values + 4 * params->boxes,
      .order = numbers,
      .merged = numbers + params->boxes,
      .selected = numbers + 2 * params->boxes,
      .places = numbers + 3 * params->boxes,
  };
}

/* Decodes the boxes into `boxes`; false if one of them is inside out. */
bool eg_detection_decode_f32(const eg_detection_params* params, const float* encodings, const float* anchors,
                             float* boxes);

/* Non-maximum suppression by the scores in `scratch`: at most `most` boxes go to `scratch->selected`, best first.
 * Returns how many. */
int32_t eg_detection_select_f32(const eg_detection_params* params, const eg_detection_scratch* scratch, int32_t most);

#endif
