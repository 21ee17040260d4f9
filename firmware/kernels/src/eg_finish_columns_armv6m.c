#include "eg_conv_2d_s8_armv6m.h"

void eg_finish_columns_armv6m(uint32_t* columns, int32_t groups) {
  const uint32_t* from = columns + 3 * groups;
  for (int32_t i = 0; i < groups; ++i) {
    const uint32_t a = from[0], b = from[1], c = from[2], d = from[3];
    columns[0] = a;
    columns[1] = b;
    columns[2] = c;
    columns[3] = d;
    columns[4] = 0x8000 - ((a + b + c + d) << 7);
    columns[5] = 0x8000 - ((a + b) << 7);
    columns[6] = 0x8000 - ((c + d) << 7);
    columns += 7;
    from += 4;
  }
}
