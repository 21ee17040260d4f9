#include "eg_hal.h"
#include "eg_stack.h"

#define EG_PAINT 0xA5u
/* Room for this function's own frame, which must not be painted over. */
#define EG_FRAME_BYTES 128u

__attribute__((noinline)) void eg_stack_paint(void) {
  volatile uint8_t here = 0;
  volatile uint8_t* byte = eg_stack_limit;
  const uintptr_t end = (uintptr_t)&here - EG_FRAME_BYTES;
  /* Compared as numbers: the bounds are the linker's symbols, not one array. */
  while ((uintptr_t)byte < end) *byte++ = EG_PAINT;
}

uint32_t eg_stack_bytes(void) { return (uint32_t)((uintptr_t)eg_stack_top - (uintptr_t)eg_stack_limit); }

uint32_t eg_stack_used_bytes(void) {
  const volatile uint8_t* byte = eg_stack_limit;
  while ((uintptr_t)byte < (uintptr_t)eg_stack_top && *byte == EG_PAINT) ++byte;
  return (uint32_t)((uintptr_t)eg_stack_top - (uintptr_t)byte);
}
