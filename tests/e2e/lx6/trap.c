/* A program that can't go on. */
#include "eg_test.h"

void eg_test_main(void) {
  eg_test_result("before", 1);
  __builtin_trap();
}
