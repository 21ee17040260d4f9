/* RISC-V start-up (machine mode only) and the report of a trap. The loader has put code and data in place. */
#include <stdint.h>

#include "eg_app.h"
#include "eg_hal.h"
#include "eg_record.h"
#include "eg_riscv.h"

/* A table of the linker script, which aligns the bounds in it to words. */
typedef struct {
  volatile uint32_t* start;
  volatile uint32_t* end;
} eg_clear;
extern const eg_clear eg_clears_start[], eg_clears_end[];

uint32_t eg_riscv_registers[31];

void reset(void);
void eg_riscv_trap(void);
__attribute__((used)) void eg_riscv_start(void);
__attribute__((used)) void eg_riscv_fault(void);

/* Traps go to a multiple of 256: the ESP32-C3 knows vectored mode only, where an exception enters at the base. */
__attribute__((naked, section(".reset"))) void reset(void) {
  __asm__ volatile(
      "csrw mie, zero\n"
      "la sp, eg_stack_top\n"
      "la t0, eg_riscv_trap\n"
      "ori t0, t0, 1\n"
      "csrw mtvec, t0\n"
      "j eg_riscv_start\n");
}

__attribute__((naked, aligned(256))) void eg_riscv_trap(void) {
  __asm__ volatile(
      "csrw mscratch, sp\n"
      "la sp, eg_riscv_registers\n"
      "sw x1, 0(sp)\n"
      "sw x3, 8(sp)\n"
      "sw x4, 12(sp)\n"
      "sw x5, 16(sp)\n"
      "csrr x5, mscratch\n"
      "sw x5, 4(sp)\n"
      "sw x6, 20(sp)\n"
      "sw x7, 24(sp)\n"
      "sw x8, 28(sp)\n"
      "sw x9, 32(sp)\n"
      "sw x10, 36(sp)\n"
      "sw x11, 40(sp)\n"
      "sw x12, 44(sp)\n"
      "sw x13, 48(sp)\n"
      "sw x14, 52(sp)\n"
      "sw x15, 56(sp)\n"
      "sw x16, 60(sp)\n"
      "sw x17, 64(sp)\n"
      "sw x18, 68(sp)\n"
      "sw x19, 72(sp)\n"
      "sw x20, 76(sp)\n"
      "sw x21, 80(sp)\n"
      "sw x22, 84(sp)\n"
      "sw x23, 88(sp)\n"
      "sw x24, 92(sp)\n"
      "sw x25, 96(sp)\n"
      "sw x26, 100(sp)\n"
      "sw x27, 104(sp)\n"
      "sw x28, 108(sp)\n"
      "sw x29, 112(sp)\n"
      "sw x30, 116(sp)\n"
      "sw x31, 120(sp)\n"
      "la sp, eg_stack_top\n"
      "j eg_riscv_fault\n");
}

void eg_riscv_start(void) {
  for (const eg_clear* clear = eg_clears_start; (uintptr_t)clear < (uintptr_t)eg_clears_end; ++clear) {
    for (volatile uint32_t* to = clear->start; to < clear->end;) *to++ = 0;
  }
  eg_app_main();
  for (;;) {
  }
}

/* Does not return: the stack below it is the broken program's, from the top. */
void eg_riscv_fault(void) {
  static const char* const kNames[31] = {"ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0", "a1",
                                         "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5", "s6",
                                         "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
  uint32_t pc, cause, value;
  __asm__ volatile("csrr %0, mepc" : "=r"(pc));
  __asm__ volatile("csrr %0, mcause" : "=r"(cause));
  __asm__ volatile("csrr %0, mtval" : "=r"(value));
  /* A line end first: the fault may have cut a record in two. */
  eg_hal_write("\r\n", 2);
  eg_record_begin("fault");
  eg_record_hex("pc", pc);
  eg_record_hex("mcause", cause);
  eg_record_hex("mtval", value);
  for (uint32_t i = 0; i < 31u; ++i) eg_record_hex(kNames[i], eg_riscv_registers[i]);
  eg_record_end();
  eg_hal_exit(1);
}
