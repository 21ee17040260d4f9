/* The firmware around a test program: takes the application's place. */
#include "eg_app.h"
#include "eg_hal.h"
#include "eg_record.h"
#include "eg_test.h"

const uint32_t eg_console_baud = 115200;

void eg_test_result(const char* name, uint32_t value) {
  eg_record_begin("result");
  eg_record_text("name", name);
  eg_record_hex("value", value);
  eg_record_end();
}

void eg_app_main(void) {
  eg_hal_init();
  eg_test_main();
  eg_hal_exit(0);
}
