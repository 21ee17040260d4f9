/* CRC-32 and base64, as the serial protocol uses them. */
#ifndef EG_CODEC_H
#define EG_CODEC_H

#include <stdint.h>

#define EG_CRC32_START 0xFFFFFFFFu

/* Continues a CRC-32 (IEEE 802.3, reflected). Start with EG_CRC32_START; the result is the complement of the last. */
uint32_t eg_crc32(uint32_t crc, const void* data, uint32_t bytes);

/* Decodes base64 with padding. `data` may be `text` itself. Returns the bytes written, or -1 if it is malformed. */
int32_t eg_base64_decode(const char* text, uint32_t length, uint8_t* data);

/* Encodes up to three bytes to four characters, padded with '='. */
void eg_base64_encode(const uint8_t* data, uint32_t bytes, char text[4]);

#endif
