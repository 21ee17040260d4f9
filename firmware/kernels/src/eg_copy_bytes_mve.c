#include "eg_copy_body_mve.h"
#include "eg_copy_strided_mve.h"

void eg_copy_bytes_mve(const void* input, void* output, int32_t bytes) {
  eg_copy_mve((int8_t*)output, (const int8_t*)input, bytes);
}
