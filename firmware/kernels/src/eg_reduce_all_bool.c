#include "eg_reduce.h"

void eg_reduce_all_bool(const eg_reduce_axes* axes, const bool* input, bool* output) {
  EG_REDUCE_OUTPUTS(axes, bool, input, {
    bool result = true;
    EG_REDUCE(&axes->reduced, bool, first, result = result && *a);
    *output++ = result;
  });
}
