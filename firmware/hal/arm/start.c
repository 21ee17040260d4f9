/* Cortex-M start-up: the vector table, memory initialisation, the fault handler's entry. */
#include <stdint.h>

#include "eg_app.h"
#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_hal.h"

#define EG_CPACR EG_REGISTER(0xE000ED88u)
#define EG_VTOR EG_REGISTER(0xE000ED08u)

/* Tables of the linker script, which aligns all the bounds in them to words. */
typedef struct {
  const volatile uint32_t* from;
  volatile uint32_t* start;
  volatile uint32_t* end;
} eg_copy;
typedef struct {
  volatile uint32_t* start;
  volatile uint32_t* end;
} eg_clear;
extern const eg_copy eg_copies_start[], eg_copies_end[];
extern const eg_clear eg_clears_start[], eg_clears_end[];

typedef void (*eg_handler)(void);

void reset(void);
void eg_fault_entry(void);
void eg_systick_entry(void);
__attribute__((used)) void eg_start(void);

/* A port without interrupts needs only the architecture's 16 entries. */
typedef struct {
  uint8_t* initial_stack;
  eg_handler handlers[15];
} eg_vector_table;

__attribute__((section(".vectors"), used, aligned(128))) const eg_vector_table eg_vectors = {
    eg_stack_top,
    {reset, eg_fault_entry, eg_fault_entry, eg_fault_entry, eg_fault_entry, eg_fault_entry, eg_fault_entry,
     eg_fault_entry, eg_fault_entry, eg_fault_entry, eg_fault_entry, eg_fault_entry, eg_fault_entry, eg_fault_entry,
     eg_systick_entry},
};

/* In assembler, so that no compiled code runs before the FPU is on and the stack is ours (a bootloader or debugger
 * may have come first). CPACR: full access to CP10 and CP11 (Armv7-M ARM B3.2.20); on Armv8.1-M this enables MVE too.
 */
__attribute__((naked)) void reset(void) {
  __asm__ volatile(
      "cpsid i\n"
      "ldr r0, =eg_stack_top\n"
      "mov sp, r0\n"
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
      "ldr r0, =0xE000ED88\n"
      "ldr r1, [r0]\n"
      "ldr r2, =0x00F00000\n"
      "orrs r1, r2\n"
      "str r1, [r0]\n"
      "dsb\n"
      "isb\n"
#endif
#if __ARM_ARCH_8M_MAIN__ || __ARM_ARCH_8_1M_MAIN__
      /* A stack that runs over faults instead of spoiling data. */
      "ldr r0, =eg_stack_limit\n"
      "msr msplim, r0\n"
#endif
      "bl eg_start\n"
      ".pool\n");
}

void eg_start(void) {
  EG_VTOR = (uint32_t)(uintptr_t)&eg_vectors;
  for (const eg_copy* copy = eg_copies_start; (uintptr_t)copy < (uintptr_t)eg_copies_end; ++copy) {
    const volatile uint32_t* from = copy->from;
    for (volatile uint32_t* to = copy->start; to < copy->end;) *to++ = *from++;
  }
  for (const eg_clear* clear = eg_clears_start; (uintptr_t)clear < (uintptr_t)eg_clears_end; ++clear) {
    for (volatile uint32_t* to = clear->start; to < clear->end;) *to++ = 0;
  }
  /* What was copied may be code: none of it is fetched before it is there. */
  __asm__ volatile("dsb\nisb" ::: "memory");
  __asm__ volatile("cpsie i" ::: "memory");
  eg_app_main();
  for (;;) {
  }
}
