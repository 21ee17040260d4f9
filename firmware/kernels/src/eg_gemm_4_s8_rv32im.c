#include "eg_gemm_s8_rv32im.h"

/* Registers: ra job, a0 columns, a1 constants, a2 end of the run, a3 32768, a4 and a5 words of the two pairs of pixels,
 * a6 weight, a7 and t6 products. For channel c, pair 0 and 1: sums of the group s(c), s(3 + c); upper pixel's total
 * s(6 + c), s(9 + c); total of the raw words t(c), t(3 + c). */

/* clang-format off */
#define EG_INPUT(i) \
  "lw a4, 8*" #i "(a0)\n" \
  "lw a5, 8*" #i "+4(a0)\n"

#define EG_FIRST(at, low, high) \
  "lb a6, " #at "(a1)\n" \
  "mul " #low ", a4, a6\n" \
  "mul " #high ", a5, a6\n" \
  "add " #low ", " #low ", a3\n" \
  "add " #high ", " #high ", a3\n"

#define EG_NEXT(at, low, high) \
  "lb a6, " #at "(a1)\n" \
  "mul a7, a4, a6\n" \
  "mul t6, a5, a6\n" \
  "add " #low ", " #low ", a7\n" \
  "add " #high ", " #high ", t6\n"

/* Takes a group's sum apart: the lower pixel's part lies in [0, 65536) thanks to the 32768 added. */
#define EG_SPLIT(sum, upper, raw) \
  "srai a7, " #sum ", 16\n" \
  "add " #raw ", " #raw ", " #sum "\n" \
  "add " #upper ", " #upper ", a7\n"

#define EG_FIRST_3(i) EG_INPUT(i) EG_FIRST(3 * i, s0, s3) EG_FIRST(3 * i + 1, s1, s4) EG_FIRST(3 * i + 2, s2, s5)
#define EG_NEXT_3(i) EG_INPUT(i) EG_NEXT(3 * i, s0, s3) EG_NEXT(3 * i + 1, s1, s4) EG_NEXT(3 * i + 2, s2, s5)
#define EG_SPLIT_3 \
  EG_SPLIT(s0, s6, t0) EG_SPLIT(s1, s7, t1) EG_SPLIT(s2, s8, t2) \
  EG_SPLIT(s3, s9, t3) EG_SPLIT(s4, s10, t4) EG_SPLIT(s5, s11, t5)

#define EG_FIRST_2(i) EG_INPUT(i) EG_FIRST(2 * i, s0, s3) EG_FIRST(2 * i + 1, s1, s4)
#define EG_NEXT_2(i) EG_INPUT(i) EG_NEXT(2 * i, s0, s3) EG_NEXT(2 * i + 1, s1, s4)
#define EG_SPLIT_2 EG_SPLIT(s0, s6, t0) EG_SPLIT(s1, s7, t1) EG_SPLIT(s3, s9, t3) EG_SPLIT(s4, s10, t4)

#define EG_CLEAR(a, b, c, d) \
  "li " #a ", 0\n" \
  "li " #b ", 0\n" \
  "li " #c ", 0\n" \
  "li " #d ", 0\n"

/* A run of groups, or nothing where its length is 0; `weights` are the bytes of a group. */
#define EG_RUN(group, weights) \
  "lw a2, 0(a1)\n" \
  "addi a1, a1, 4\n" \
  "beqz a2, 12f\n" \
  "add a2, a2, a0\n" \
  "11:\n" \
  group \
  "addi a0, a0, 32\n" \
  "addi a1, a1, " #weights "\n" \
  "bne a0, a2, 11b\n" \
  "12:\n"

/* The sums of one block of `n` channels. */
#define EG_BLOCK(n, weights) \
  "lw a0, 0(ra)\n" \
  EG_CLEAR(s6, s7, s8, s9) EG_CLEAR(s10, s11, t0, t1) EG_CLEAR(t2, t3, t4, t5) \
  "lui a3, 8\n" \
  "13:\n" \
  EG_RUN(EG_FIRST_##n(0) EG_NEXT_##n(1) EG_NEXT_##n(2) EG_NEXT_##n(3) EG_SPLIT_##n, weights) \
  EG_RUN(EG_FIRST_##n(0) EG_NEXT_##n(1) EG_SPLIT_##n EG_FIRST_##n(2) EG_NEXT_##n(3) EG_SPLIT_##n, weights) \
  "lw a6, 4(ra)\n" \
  "bne a0, a6, 13b\n"

/* Requantises and stores `acc` where only positive sums differ from the lower bound (s5; the upper one is t6). */
#define EG_STORE_RELU(acc, at, output) \
  "mv a7, s5\n" \
  "blez " #acc ", 31f\n" \
  "slli " #acc ", " #acc ", 2\n" \
  "mulh " #acc ", " #acc ", a4\n" \
  "add " #acc ", " #acc ", a5\n" \
  "sra a7, " #acc ", a6\n" \
  "bge t6, a7, 31f\n" \
  "mv a7, t6\n" \
  "31:\n" \
  "sb a7, " #at "(" #output ")\n"

#define EG_STORE_ANY(acc, at, output) \
  "srai a7, " #acc ", 31\n" \
  "slli " #acc ", " #acc ", 2\n" \
  "mulh " #acc ", " #acc ", a4\n" \
  "slli a7, a7, 1\n" \
  "add a7, a7, a5\n" \
  "add a7, a7, " #acc "\n" \
  "sra a7, a7, a6\n" \
  "bge a7, s5, 31f\n" \
  "mv a7, s5\n" \
  "31:\n" \
  "bge t6, a7, 32f\n" \
  "mv a7, t6\n" \
  "32:\n" \
  "sb a7, " #at "(" #output ")\n"

/* One channel's four outputs. */
#define EG_CHANNEL(store, c, upper0, raw0, upper1, raw1) \
  "lw a2, 20*" #c "(a1)\n" \
  "lw a3, 20*" #c "+4(a1)\n" \
  "lw a4, 20*" #c "+8(a1)\n" \
  "lw a5, 20*" #c "+12(a1)\n" \
  "lw a6, 20*" #c "+16(a1)\n" \
  "slli a7, " #upper0 ", 16\n" \
  "sub " #raw0 ", " #raw0 ", a7\n" \
  "slli a7, " #upper1 ", 16\n" \
  "sub " #raw1 ", " #raw1 ", a7\n" \
  "add " #raw0 ", " #raw0 ", a3\n" \
  "add " #upper0 ", " #upper0 ", a2\n" \
  "add " #raw1 ", " #raw1 ", a3\n" \
  "add " #upper1 ", " #upper1 ", a2\n" \
  store(raw0, c, s0) store(upper0, c, s1) store(raw1, c, s2) store(upper1, c, s3)

#define EG_CHANNELS_2(store) EG_CHANNEL(store, 0, s6, t0, s9, t3) EG_CHANNEL(store, 1, s7, t1, s10, t4)
#define EG_CHANNELS_3(store) EG_CHANNELS_2(store) EG_CHANNEL(store, 2, s8, t2, s11, t5)

/* The outputs of a block of `n` channels. */
#define EG_OUTPUTS(n) \
  "lw s0, 12(ra)\n" \
  "lw s1, 16(ra)\n" \
  "lw s2, 20(ra)\n" \
  "lw s3, 24(ra)\n" \
  "lw s5, 28(ra)\n" \
  "lw t6, 32(ra)\n" \
  "lw a7, 36(ra)\n" \
  "beqz a7, 21f\n" \
  EG_CHANNELS_##n(EG_STORE_RELU) \
  "j 22f\n" \
  "21:\n" \
  EG_CHANNELS_##n(EG_STORE_ANY) \
  "22:\n" \
  "addi a1, a1, 20*" #n "\n" \
  "addi s0, s0, " #n "\n" \
  "addi s1, s1, " #n "\n" \
  "addi s2, s2, " #n "\n" \
  "addi s3, s3, " #n "\n" \
  "sw s0, 12(ra)\n" \
  "sw s1, 16(ra)\n" \
  "sw s2, 20(ra)\n" \
  "sw s3, 24(ra)\n"

/* Blocks of `n` channels, whose number is at `count` in the job. */
#define EG_BLOCKS(n, weights, count) \
  "1:\n" \
  "lw a0, " #count "(ra)\n" \
  "beqz a0, 2f\n" \
  "addi a0, a0, -1\n" \
  "sw a0, " #count "(ra)\n" \
  EG_BLOCK(n, weights) \
  EG_OUTPUTS(n) \
  "j 1b\n" \
  "2:\n"

__attribute__((naked, noinline)) void eg_gemm_4_s8_rv32im(eg_gemm_job_rv32im* job __attribute__((unused))) {
  __asm__ volatile(
      "addi sp, sp, -64\n"
      "sw ra, 0(sp)\n"
      "sw s0, 4(sp)\n"
      "sw s1, 8(sp)\n"
      "sw s2, 12(sp)\n"
      "sw s3, 16(sp)\n"
      "sw s4, 20(sp)\n"
      "sw s5, 24(sp)\n"
      "sw s6, 28(sp)\n"
      "sw s7, 32(sp)\n"
      "sw s8, 36(sp)\n"
      "sw s9, 40(sp)\n"
      "sw s10, 44(sp)\n"
      "sw s11, 48(sp)\n"
      "mv ra, a0\n"
      "lw a1, 8(ra)\n"
      EG_BLOCKS(3, 12, 40)
      EG_BLOCKS(2, 8, 44)
      "lw ra, 0(sp)\n"
      "lw s0, 4(sp)\n"
      "lw s1, 8(sp)\n"
      "lw s2, 12(sp)\n"
      "lw s3, 16(sp)\n"
      "lw s4, 20(sp)\n"
      "lw s5, 24(sp)\n"
      "lw s6, 28(sp)\n"
      "lw s7, 32(sp)\n"
      "lw s8, 36(sp)\n"
      "lw s9, 40(sp)\n"
      "lw s10, 44(sp)\n"
      "lw s11, 48(sp)\n"
      "addi sp, sp, 64\n"
      "ret\n");
}
/* clang-format on */
