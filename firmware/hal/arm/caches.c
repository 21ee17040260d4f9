/* Instruction and data caches of the cores that have them (Cortex-M7, Cortex-M55). */
#include <stdint.h>

#include "eg_arm.h"
#include "eg_bits.h"

#define EG_CCR EG_REGISTER(0xE000ED14u)
#define EG_CLIDR EG_REGISTER(0xE000ED78u)
#define EG_CCSIDR EG_REGISTER(0xE000ED80u)
#define EG_CSSELR EG_REGISTER(0xE000ED84u)
#define EG_ICIALLU EG_REGISTER(0xE000EF50u)
#define EG_DCISW EG_REGISTER(0xE000EF60u)

static void barrier(void) { __asm__ volatile("dsb\n isb" ::: "memory"); }

void eg_arm_enable_caches(void) {
#if __ARM_ARCH_8_1M_MAIN__
  /* CCR.LOB: the loop information cache of low-overhead loops (Armv8-M ARM D1.2, CCR). */
  EG_CCR |= 1u << 19;
  barrier();
#endif
  /* CLIDR.Ctype1 (Armv7-M ARM B4.8.3): bit 0 an instruction cache, bit 1 a data cache. */
  const uint32_t kinds = EG_CLIDR & 7u;
  if (kinds & 1u) {
    EG_ICIALLU = 0;
    barrier();
    EG_CCR |= 1u << 17;
    barrier();
  }
  if (kinds & 6u) {
    /* The cache's content is undefined after power-up: invalidate each set and way first (B2.2.7). Lines of 32 bytes.
     */
    EG_CSSELR = 0;
    barrier();
    const uint32_t sets = (EG_CCSIDR >> 13) & 0x7FFFu;
    const uint32_t ways = (EG_CCSIDR >> 3) & 0x3FFu;
    uint32_t way_shift = 32;
    for (uint32_t left = ways; left > 0u; left >>= 1) --way_shift;
    for (uint32_t set = 0; set <= sets; ++set) {
      for (uint32_t way = 0; way <= ways; ++way) EG_DCISW = (ways > 0u ? way << way_shift : 0u) | (set << 5);
    }
    barrier();
    EG_CCR |= 1u << 16;
    barrier();
  }
}
