#include "eg_depthwise_conv_2d_s8_xtensa_mac16.h"

/* Words P, holding values 0 and 1, and Q, holding 2 and 3, of each line: the first output takes 0 1 2, the second
 * 1 2 3, the next pair starts at Q. */
#define EARLY_1                       \
  "mula.da.ll.lddec m0, a3, m0, a6\n" \
  "mula.da.hh.ldinc m0, a5, m0, a6\n" \
  "mula.da.ll.ldinc m1, a5, m1, a7\n" \
  "mula.ad.hl a7, m2\n"               \
  "mula.ad.lh a8, m2\n"               \
  "mula.ad.hl a8, m3\n"
#define LATE_1                        \
  "mula.da.ll.lddec m0, a5, m0, a9\n" \
  "mula.da.hh.lddec m2, a4, m0, a9\n" \
  "mula.da.ll m1, a10\n"
#define EARLY_2                        \
  "mula.ad.hh a7, m2\n"                \
  "mula.ad.ll a8, m3\n"                \
  "mula.ad.hh a8, m3\n"                \
  "mula.da.lh.ldinc m2, a4, m1, a9\n"  \
  "mula.da.hl.ldinc m1, a3, m1, a10\n" \
  "mula.da.hl.lddec m0, a3, m0, a9\n"
#define LATE_2                        \
  "mula.da.hl.ldinc m3, a4, m0, a6\n" \
  "mula.da.lh.ldinc m0, a3, m1, a6\n" \
  "mula.da.hl.ldinc m1, a3, m1, a7\n"

void eg_depthwise_3x3_stride_1_s8_xtensa_mac16(eg_depthwise_strip_mac16* strip) {
  EG_DEPTHWISE_3X3_MAC16(strip, EARLY_1, LATE_1, EARLY_2, LATE_2);
}
