/* Deep calls, so that register windows spill and refill, and high multiplications, which the simulator emulates. */
#include <stdint.h>

typedef struct {
  uint32_t words[32];
} frame;

frame eg_xtensa_frame;
int eg_simcall(int number, int a, int b, int c);
void eg_xtensa_start(void);
void eg_xtensa_fault(const frame *registers);
void eg_marker_begin(void);
void eg_marker_end(void);
void toy_layer_0(void);
void toy_layer_1(void);

static volatile int32_t depth = 40;
static volatile int32_t sink;

__attribute__((noinline)) void eg_marker_begin(void) { __asm__ volatile("" ::: "memory"); }
__attribute__((noinline)) void eg_marker_end(void) { __asm__ volatile("" ::: "memory"); }

static __attribute__((noinline)) int32_t down(int32_t levels, int32_t value) {
  int32_t result = value;
  if (levels > 0) {
    result = down(levels - 1, value + levels);
    __asm__ volatile("" : "+r"(result)); /* or it becomes a loop */
    result = (result ^ levels) + 3 * value;
  }
  return result;
}

__attribute__((noinline)) void toy_layer_0(void) { sink = down(depth, 3); }

__attribute__((noinline)) void toy_layer_1(void) {
  int32_t sum = 0x12345;
  for (int32_t i = 0; i < 100; ++i) sum += (int32_t)(((int64_t)sum * (sink + i)) >> 32) + i;
  sink = sum;
}

void eg_xtensa_fault(const frame *registers) {
  (void)registers;
  eg_simcall(1, 99, 0, 0);
}

void eg_xtensa_start(void) {
  for (int i = 0; i < 3; ++i) {
    eg_marker_begin();
    toy_layer_0();
    toy_layer_1();
    eg_marker_end();
  }
  eg_simcall(1, 0, 0, 0);
}
