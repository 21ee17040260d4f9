/* A test program prints named results, on a simulated board as records, on this machine as plain lines. */
#ifndef EG_TEST_H
#define EG_TEST_H

#include <stdint.h>
#include <string.h>

void eg_test_main(void);
void eg_test_result(const char* name, uint32_t value);

#endif
