/* Writes records to the console: `EG> {"record":"<kind>",...} *<crc32>`, one line each, with no buffer. */
#ifndef EG_RECORD_H
#define EG_RECORD_H

#include <stdint.h>

/* One record at a time: eg_record_begin, its fields, eg_record_end. Keys and text hold no quotes or backslashes. */
void eg_record_begin(const char* kind);
void eg_record_number(const char* key, uint32_t value);
void eg_record_hex(const char* key, uint32_t value);
void eg_record_text(const char* key, const char* value);
/* Text from outside: what JSON can't hold as it is becomes '?'; cut after 64 characters. */
void eg_record_foreign_text(const char* key, const char* value);
void eg_record_base64(const char* key, const uint8_t* data, uint32_t bytes);
/* A list of numbers: open it, give its values, close it. */
void eg_record_list_begin(const char* key);
void eg_record_list_value(uint32_t value);
void eg_record_list_end(void);
void eg_record_end(void);

#endif
