#include <string.h>

#include "eg_control_flow.h"

void eg_if(const eg_if_params* params, const bool* condition, const void* const* inputs, void* const* outputs,
           uint8_t* arena) {
  const bool chosen = *condition;
  const eg_subgraph_output* results = chosen ? params->then_outputs : params->else_outputs;
  (chosen ? params->then_branch : params->else_branch)(arena, inputs);
  for (int32_t i = 0; i < params->count; ++i) {
    memcpy(outputs[i], arena + results[i].offset, (size_t)results[i].bytes);
  }
}
