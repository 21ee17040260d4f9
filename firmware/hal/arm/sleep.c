/* Waiting without spinning: saves power on a board, and processor time on the machine that simulates one. */
#include <stdint.h>

#include "eg_arm.h"
#include "eg_bits.h"

#define EG_NVIC_ISER(number) EG_REGISTER(0xE000E100u + 4u * ((number) / 32u))
#define EG_NVIC_ICER(number) EG_REGISTER(0xE000E180u + 4u * ((number) / 32u))
#define EG_NVIC_ICPR(number) EG_REGISTER(0xE000E280u + 4u * ((number) / 32u))

void eg_arm_sleep_until(uint32_t number) {
  const uint32_t bit = 1u << (number % 32u);
  /* With PRIMASK set WFI wakes up for an enabled interrupt and does not take it (Armv7-M ARM B1.5.19). */
  __asm__ volatile("cpsid i" ::: "memory");
  EG_NVIC_ISER(number) = bit;
  __asm__ volatile("dsb\n wfi" ::: "memory");
  EG_NVIC_ICER(number) = bit;
  __asm__ volatile("dsb\n isb" ::: "memory");
  EG_NVIC_ICPR(number) = bit;
  __asm__ volatile("cpsie i" ::: "memory");
}
