#ifndef EG_CONTROL_FLOW_H
#define EG_CONTROL_FLOW_H

#include "eg_common.h"

/* A subgraph: reads its inputs where `inputs` points to, works and leaves its outputs in `arena`. */
typedef void (*eg_subgraph)(uint8_t* arena, const void* const* inputs);

/* `bytes` of a subgraph's output at `offset` in its arena. */
typedef struct {
  int32_t offset;
  int32_t bytes;
} eg_subgraph_output;

typedef struct {
  eg_subgraph then_branch;
  eg_subgraph else_branch;
  const eg_subgraph_output* then_outputs;
  const eg_subgraph_output* else_outputs;
  int32_t count; /* of outputs */
} eg_if_params;

typedef struct {
  eg_subgraph condition;
  eg_subgraph body;
  int32_t condition_output;           /* offset in the condition's arena */
  const eg_subgraph_output* changing; /* first those that the body leaves in its arena, then those changed in place */
  int32_t changing_count;
  int32_t carried_count; /* of the first ones */
} eg_while_params;

/* IF: runs one of two branches on `inputs` and copies its outputs to `outputs`. */
void eg_if(const eg_if_params* params, const bool* condition, const void* const* inputs, void* const* outputs,
           uint8_t* arena);

/* WHILE: as long as the condition holds, runs the body. `inputs` are what both subgraphs read: for a value that the
 * body changes, the operator's own output; for any other, the operator's input. `initial` are the first values of the
 * changing ones, `outputs` their places. */
void eg_while(const eg_while_params* params, const void* const* initial, const void* const* inputs,
              void* const* outputs, uint8_t* arena);

/* CALL_ONCE: runs a subgraph without inputs if `*done` is 0, and sets it. */
void eg_call_once(eg_subgraph function, uint8_t* done, uint8_t* arena);

#endif
