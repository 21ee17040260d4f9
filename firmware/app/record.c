#include "eg_codec.h"
#include "eg_hal.h"
#include "eg_record.h"

static uint32_t record_crc;
static uint32_t list_count;

static void put(const char* bytes, uint32_t count) {
  record_crc = eg_crc32(record_crc, bytes, count);
  eg_hal_write(bytes, count);
}

static void put_text(const char* text) {
  uint32_t count = 0;
  while (text[count] != '\0') ++count;
  put(text, count);
}

static void put_number(uint32_t value) {
  char digits[10];
  uint32_t first = sizeof(digits);
  do {
    digits[--first] = (char)('0' + value % 10u);
    value /= 10u;
  } while (value > 0u);
  put(&digits[first], (uint32_t)sizeof(digits) - first);
}

static void put_hex(uint32_t value) {
  char digits[8];
  for (uint32_t i = 0; i < 8u; ++i) digits[i] = "0123456789abcdef"[(value >> (28u - 4u * i)) & 15u];
  put(digits, sizeof(digits));
}

static void put_key(const char* key) {
  put_text(",\"");
  put_text(key);
  put_text("\":");
}

void eg_record_begin(const char* kind) {
  eg_hal_write("EG> ", 4);
  record_crc = EG_CRC32_START;
  put_text("{\"record\":\"");
  put_text(kind);
  put_text("\"");
}

void eg_record_number(const char* key, uint32_t value) {
  put_key(key);
  put_number(value);
}

void eg_record_hex(const char* key, uint32_t value) {
  put_key(key);
  put_text("\"0x");
  put_hex(value);
  put_text("\"");
}

void eg_record_text(const char* key, const char* value) {
  put_key(key);
  put_text("\"");
  put_text(value);
  put_text("\"");
}

void eg_record_foreign_text(const char* key, const char* value) {
  put_key(key);
  put_text("\"");
  for (uint32_t i = 0; i < 64u && value[i] != '\0'; ++i) {
    const char c = value[i];
    const int plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
    put(plain ? &c : "?", 1);
  }
  put_text("\"");
}

void eg_record_base64(const char* key, const uint8_t* data, uint32_t bytes) {
  put_key(key);
  put_text("\"");
  for (uint32_t i = 0; i < bytes; i += 3u) {
    char group[4];
    eg_base64_encode(data + i, bytes - i < 3u ? bytes - i : 3u, group);
    put(group, sizeof(group));
  }
  put_text("\"");
}

void eg_record_list_begin(const char* key) {
  put_key(key);
  put_text("[");
  list_count = 0;
}

void eg_record_list_value(uint32_t value) {
  if (list_count++ > 0u) put_text(",");
  put_number(value);
}

void eg_record_list_end(void) { put_text("]"); }

void eg_record_end(void) {
  put_text("}");
  const uint32_t crc = record_crc ^ 0xFFFFFFFFu;
  eg_hal_write(" *", 2);
  put_hex(crc);
  eg_hal_write("\r\n", 2);
}
