#include "eg_broadcast_args.h"

void eg_broadcast_args_s64(const eg_broadcast_args_params* params, const int64_t* shape_1, const int64_t* shape_2,
                           int64_t* output) {
  const int32_t count = params->count_1 > params->count_2 ? params->count_1 : params->count_2;
  const int32_t missing_1 = count - params->count_1;
  const int32_t missing_2 = count - params->count_2;
  for (int32_t i = 0; i < count; ++i) {
    const int64_t size_1 = i < missing_1 ? 1 : shape_1[i - missing_1];
    const int64_t size_2 = i < missing_2 ? 1 : shape_2[i - missing_2];
    output[i] = size_1 == 1 ? size_2 : size_1;
  }
}
