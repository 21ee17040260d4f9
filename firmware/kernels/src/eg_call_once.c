#include "eg_control_flow.h"

void eg_call_once(eg_subgraph function, uint8_t* done, uint8_t* arena) {
  if (*done) return;
  function(arena, 0);
  *done = 1;
}
