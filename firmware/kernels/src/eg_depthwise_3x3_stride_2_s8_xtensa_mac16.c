#include "eg_depthwise_conv_2d_s8_xtensa_mac16.h"

/* Words P, holding values 0 and 1, and Q, holding 2, of each line; the next output's P is this one's Q. */
#define EARLY_1                       \
  "mula.da.ll m0, a6\n"               \
  "mula.da.hh.ldinc m0, a5, m0, a6\n" \
  "mula.da.ll.ldinc m1, a5, m1, a7\n" \
  "mula.ad.hl a7, m2\n"               \
  "mula.ad.lh a8, m2\n"               \
  "mula.ad.hl a8, m3\n"
#define LATE_1                        \
  "mula.da.ll.ldinc m2, a4, m0, a9\n" \
  "mula.da.hh.ldinc m0, a5, m0, a9\n" \
  "mula.da.ll.lddec m1, a5, m1, a10\n"
#define EARLY_2         \
  "mula.ad.hl a7, m3\n" \
  "mula.ad.lh a8, m3\n" \
  "mula.ad.hl a8, m2\n"
#define LATE_2                                            \
  "mula.da.ll.ldinc m3, a4, m1, a9\n"                     \
  "mula.da.hh.ldinc m1, a3, m1, a9\n"                     \
  "mula.da.ll.lddec m0, a3, m0, a10\n" EG_END_BLOCK_MAC16 \
  "mula.da.ll m0, a6\n"                                   \
  "mula.da.hh.ldinc m0, a3, m0, a6\n"                     \
  "mula.da.ll.ldinc m1, a3, m1, a7\n"

void eg_depthwise_3x3_stride_2_s8_xtensa_mac16(eg_depthwise_strip_mac16* strip) {
  EG_DEPTHWISE_3X3_MAC16(strip, EARLY_1, LATE_1, EARLY_2, LATE_2);
}
