#include <string.h>

#include "eg_control_flow.h"

void eg_while(const eg_while_params* params, const void* const* initial, const void* const* inputs,
              void* const* outputs, uint8_t* arena) {
  for (int32_t i = 0; i < params->changing_count; ++i) {
    memcpy(outputs[i], initial[i], (size_t)params->changing[i].bytes);
  }
  for (;;) {
    params->condition(arena, inputs);
    if (arena[params->condition_output] == 0) return;
    params->body(arena, inputs);
    for (int32_t i = 0; i < params->carried_count; ++i) {
      memcpy(outputs[i], arena + params->changing[i].offset, (size_t)params->changing[i].bytes);
    }
  }
}
