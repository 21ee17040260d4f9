/* Start-up in C, and the report of a fault. The loader has put code and initialised data in place. */
#include <stdint.h>

#include "eg_app.h"
#include "eg_hal.h"
#include "eg_record.h"
#include "eg_xtensa.h"

/* A table of the linker script, which aligns the bounds in it to words. */
typedef struct {
  volatile uint32_t* start;
  volatile uint32_t* end;
} eg_clear;
extern const eg_clear eg_clears_start[], eg_clears_end[];

void abort(void);
void eg_xtensa_start(void);
void eg_xtensa_fault(const eg_xtensa_frame_type* frame);

/* Among the initialised data: start-up code writes to it before the rest is cleared. */
__attribute__((section(".data.eg_xtensa_frame"))) eg_xtensa_frame_type eg_xtensa_frame = {{0}, 0, 0, 0, 0, 0};

void eg_xtensa_start(void) {
  for (const eg_clear* clear = eg_clears_start; (uintptr_t)clear < (uintptr_t)eg_clears_end; ++clear) {
    for (volatile uint32_t* to = clear->start; to < clear->end;) *to++ = 0;
  }
  eg_app_main();
  for (;;) {
  }
}

/* Where a trap should be, this back end calls abort: an illegal instruction makes it the fault it should be. */
void abort(void) {
  __asm__ volatile(".byte 0, 0, 0");
  for (;;) {
  }
}

void eg_xtensa_fault(const eg_xtensa_frame_type* frame) {
  static const char* const kNames[16] = {"a0", "a1", "a2",  "a3",  "a4",  "a5",  "a6",  "a7",
                                         "a8", "a9", "a10", "a11", "a12", "a13", "a14", "a15"};
  /* A line end first: the fault may have cut a record in two. */
  eg_hal_write("\r\n", 2);
  eg_record_begin("fault");
  eg_record_hex("pc", frame->pc);
  eg_record_hex("ps", frame->ps);
  eg_record_number("exccause", frame->cause);
  eg_record_hex("excvaddr", frame->address);
  for (uint32_t i = 0; i < 16u; ++i) eg_record_hex(kNames[i], frame->a[i]);
  eg_record_end();
  eg_hal_exit(1);
}
