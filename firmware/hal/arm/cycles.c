/* The cycle counter of Cortex-M. */
#include <stdint.h>

#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_hal.h"

void eg_systick_entry(void);

#if __ARM_ARCH_6M__

/* Armv6-M has no DWT cycle counter: SysTick counts 24 bits down on the core clock (Armv6-M ARM B3.3), its interrupt
 * counts the rest. */
#define EG_SYST_CSR EG_REGISTER(0xE000E010u)
#define EG_SYST_RVR EG_REGISTER(0xE000E014u)
#define EG_SYST_CVR EG_REGISTER(0xE000E018u)

static volatile uint32_t wraps;

void eg_systick_entry(void) { ++wraps; }

void eg_arm_start_cycles(void) {
  EG_SYST_RVR = 0x00FFFFFFu;
  EG_SYST_CVR = 0;
  EG_SYST_CSR = 7; /* core clock, interrupt, enable */
}

uint32_t eg_hal_cycles(void) {
  uint32_t high, low;
  do {
    high = wraps;
    low = 0x00FFFFFFu - EG_SYST_CVR;
  } while (high != wraps);
  return (high << 24) + low;
}

#else

/* DWT (Armv7-M ARM C1.8, Armv8-M ARM D1.2): trace on in DEMCR, then CYCCNTENA. Where the counter is absent or, as
 * under QEMU, not modelled, it reads as zero always: then no cycles are reported. */
#define EG_DEMCR EG_REGISTER(0xE000EDFCu)
#define EG_DWT_CTRL EG_REGISTER(0xE0001000u)
#define EG_DWT_CYCCNT EG_REGISTER(0xE0001004u)
#define EG_DWT_LAR EG_REGISTER(0xE0001FB0u)

void eg_systick_entry(void) {}

void eg_arm_start_cycles(void) {
  EG_DEMCR |= 1u << 24;
  /* Some M7 parts lock the DWT (CoreSight lock access register). */
  EG_DWT_LAR = 0xC5ACCE55u;
  EG_DWT_CYCCNT = 0;
  EG_DWT_CTRL |= 1u;
}

uint32_t eg_hal_cycles(void) { return EG_DWT_CYCCNT; }

#endif
