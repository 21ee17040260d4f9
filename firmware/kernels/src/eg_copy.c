#include "eg_copy.h"

#include <string.h>

void eg_copy(const void* input, void* output, int32_t bytes) { memcpy(output, input, (size_t)bytes); }
