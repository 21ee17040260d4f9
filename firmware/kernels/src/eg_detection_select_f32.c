#include "eg_detection_postprocess.h"

static float larger(float a, float b) { return a < b ? b : a; }
static float smaller(float a, float b) { return b < a ? b : a; }

static float overlap(const float* a, const float* b) {
  const float area_a = (a[2] - a[0]) * (a[3] - a[1]);
  const float area_b = (b[2] - b[0]) * (b[3] - b[1]);
  if (area_a <= 0 || area_b <= 0) return 0.0f;
  const float height = larger(smaller(a[2], b[2]) - larger(a[0], b[0]), 0.0f);
  const float width = larger(smaller(a[3], b[3]) - larger(a[1], b[1]), 0.0f);
  const float shared = height * width;
  return shared / (area_a + area_b - shared);
}

/* Sorts indices by falling score, equal ones in the order they have: merges runs of 1, 2, 4, ... */
static void sort(const float* scores, int32_t count, int32_t* order, int32_t* merged) {
  for (int32_t run = 1; run < count; run *= 2) {
    for (int32_t start = 0; start < count; start += 2 * run) {
      const int32_t middle = start + run < count ? start + run : count;
      const int32_t end = middle + run < count ? middle + run : count;
      int32_t left = start;
      int32_t right = middle;
      for (int32_t i = start; i < end; ++i) {
        const bool take_right = left >= middle || (right < end && scores[order[right]] > scores[order[left]]);
        merged[i] = order[take_right ? right++ : left++];
      }
    }
    for (int32_t i = 0; i < count; ++i) order[i] = merged[i];
  }
}

int32_t eg_detection_select_f32(const eg_detection_params* params, const eg_detection_scratch* scratch, int32_t most) {
  const float* boxes = scratch->boxes;
  int32_t* order = scratch->order;
  int32_t count = 0;
  for (int32_t i = 0; i < params->boxes; ++i) {
    if (scratch->scores[i] >= params->score_threshold) order[count++] = i;
  }
  sort(scratch->scores, count, order, scratch->merged);
  int32_t found = 0;
  for (int32_t i = 0; i < count && found < most; ++i) {
    if (order[i] < 0) continue;
    scratch->selected[found++] = order[i];
    for (int32_t j = i + 1; j < count; ++j) {
      if (order[j] >= 0 && overlap(boxes + 4 * order[i], boxes + 4 * order[j]) > params->overlap_threshold) {
        order[j] = -1;
      }
    }
  }
  return found;
}
