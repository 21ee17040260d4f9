/* The test program as a process of this machine. */
#include <stdio.h>

#include "eg_test.h"

void eg_test_result(const char* name, uint32_t value) { printf("%s\t%u\n", name, value); }

int main(void) {
  eg_test_main();
  return 0;
}
