/* Faults: prints the registers as a record, then resets. Also the exit, which may end in a fault by design. */
#include <stdint.h>

#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_hal.h"
#include "eg_record.h"

#define EG_AIRCR EG_REGISTER(0xE000ED0Cu)
#define EG_CFSR EG_REGISTER(0xE000ED28u)
#define EG_HFSR EG_REGISTER(0xE000ED2Cu)
#define EG_MMFAR EG_REGISTER(0xE000ED34u)
#define EG_BFAR EG_REGISTER(0xE000ED38u)

/* The handler's own stack: the program's may be what is broken. */
uint64_t eg_fault_stack[64];
static volatile uint32_t exiting;

void eg_fault_entry(void);
__attribute__((used)) void eg_fault(const uint32_t* frame, const uint32_t* saved, uint32_t sp);

/* r0: the exception frame; r1: r4-r11, saved on the fault stack; r2: the stack pointer at the fault. */
__attribute__((naked)) void eg_fault_entry(void) {
  __asm__ volatile(
      "cpsid i\n"
      "mrs r0, msp\n"
#if __ARM_ARCH_8M_MAIN__ || __ARM_ARCH_8_1M_MAIN__
      "movs r1, #0\n"
      "msr msplim, r1\n"
#endif
      "ldr r1, =eg_fault_stack + 512\n"
      "mov sp, r1\n"
      "mov r1, r8\n"
      "mov r2, r9\n"
      "mov r3, r10\n"
      "push {r1-r3}\n"
      "mov r1, r11\n"
      "push {r1}\n"
      "push {r4-r7}\n"
      "mov r1, sp\n"
      "mov r2, r0\n"
      "bl eg_fault\n"
      ".pool\n");
}

void eg_fault(const uint32_t* frame, const uint32_t* saved, uint32_t sp) {
  static const char* const kSaved[8] = {"r4", "r5", "r6", "r7", "r11", "r8", "r9", "r10"};
  static const char* const kFrame[8] = {"r0", "r1", "r2", "r3", "r12", "lr", "pc", "xpsr"};
  /* Outside a debugger the exit's breakpoint lands here: a board then starts again. */
  if (exiting) eg_arm_reset();
  /* A line end first: the fault may have cut a record in two. */
  eg_hal_write("\r\n", 2);
  eg_record_begin("fault");
  for (uint32_t i = 0; i < 8u; ++i) eg_record_hex(kFrame[i], frame[i]);
  for (uint32_t i = 0; i < 8u; ++i) eg_record_hex(kSaved[i], saved[i]);
  eg_record_hex("sp", sp + 32u);
#if !__ARM_ARCH_6M__
  /* Armv6-M has one fault and no register that tells its cause. */
  eg_record_hex("cfsr", EG_CFSR);
  eg_record_hex("hfsr", EG_HFSR);
  eg_record_hex("mmfar", EG_MMFAR);
  eg_record_hex("bfar", EG_BFAR);
#endif
  eg_record_end();
  eg_arm_reset();
}

void eg_arm_reset(void) {
  /* The key and SYSRESETREQ (Armv7-M ARM B3.2.6). */
  EG_AIRCR = 0x05FA0004u;
  for (;;) {
  }
}

/* Under a simulator or debugger, the semihosting call SYS_EXIT_EXTENDED ends the run (Semihosting for AArch32 and
 * AArch64, section 7). Without one the breakpoint faults, and the fault handler resets the board: one image serves
 * both. */
void eg_hal_exit(int status) {
  const uint32_t arguments[2] = {0x20026u /* ADP_Stopped_ApplicationExit */, (uint32_t)status};
  register uint32_t operation __asm__("r0") = 0x20u;
  register const uint32_t* block __asm__("r1") = arguments;
  exiting = 1;
  __asm__ volatile("bkpt 0xAB" : "+r"(operation) : "r"(block) : "memory");
  eg_arm_reset();
}
