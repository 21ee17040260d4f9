#ifndef EG_BROADCAST_ARGS_H
#define EG_BROADCAST_ARGS_H

#include "eg_common.h"

typedef struct {
  int32_t count_1;
  int32_t count_2;
} eg_broadcast_args_params;

/* BROADCAST_ARGS: the shape to which two shapes broadcast, as long as the longer one. Where they contradict each
 * other, the first one's dimension counts. */
void eg_broadcast_args_s32(const eg_broadcast_args_params* params, const int32_t* shape_1, const int32_t* shape_2,
                           int32_t* output);
void eg_broadcast_args_s64(const eg_broadcast_args_params* params, const int64_t* shape_1, const int64_t* shape_2,
                           int64_t* output);

#endif
