/* What the Cortex-M ports share: core registers, cycle counter, exit, faults. */
#ifndef EG_ARM_H
#define EG_ARM_H

#include <stdint.h>

/* Starts the cycle counter: DWT's where the architecture has one (Armv7-M and later), else SysTick. */
void eg_arm_start_cycles(void);
/* Caches on where the core has them (Armv8-M Architecture Reference Manual, D1.2 CCR; M7 TRM, chapter 4). */
void eg_arm_enable_caches(void);
/* Sleeps until interrupt `number` is pending, without taking it: the vector table needs no entry for it. */
void eg_arm_sleep_until(uint32_t number);
/* Resets the chip (AIRCR.SYSRESETREQ). */
__attribute__((noreturn)) void eg_arm_reset(void);

#endif
