#include "eg_codec.h"

uint32_t eg_crc32(uint32_t crc, const void* data, uint32_t bytes) {
  /* A table for four bits: a sixteenth of the usual one, and fast enough for a serial line. */
  static const uint32_t kTable[16] = {0x00000000u, 0x1DB71064u, 0x3B6E20C8u, 0x26D930ACu, 0x76DC4190u, 0x6B6B51F4u,
                                      0x4DB26158u, 0x5005713Cu, 0xEDB88320u, 0xF00F9344u, 0xD6D6A3E8u, 0xCB61B38Cu,
                                      0x9B64C2B0u, 0x86D3D2D4u, 0xA00AE278u, 0xBDBDF21Cu};
  const uint8_t* byte = (const uint8_t*)data;
  for (uint32_t i = 0; i < bytes; ++i) {
    crc ^= byte[i];
    crc = kTable[crc & 15u] ^ (crc >> 4);
    crc = kTable[crc & 15u] ^ (crc >> 4);
  }
  return crc;
}

static int32_t decode_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

int32_t eg_base64_decode(const char* text, uint32_t length, uint8_t* data) {
  if (length % 4u != 0u) return -1;
  uint32_t padding = 0;
  while (padding < 2u && padding < length && text[length - 1u - padding] == '=') ++padding;
  const uint32_t bytes = length / 4u * 3u - padding;
  uint32_t written = 0;
  for (uint32_t i = 0; i < length; i += 4u) {
    uint32_t group = 0;
    for (uint32_t k = 0; k < 4u; ++k) {
      const int32_t digit = i + k >= length - padding ? 0 : decode_digit(text[i + k]);
      if (digit < 0) return -1;
      group = (group << 6) | (uint32_t)digit;
    }
    /* Three bytes never reach past the four characters just read, so decoding in place is safe. */
    for (uint32_t k = 0; k < 3u && written < bytes; ++k) data[written++] = (uint8_t)(group >> (16u - 8u * k));
  }
  return (int32_t)bytes;
}

void eg_base64_encode(const uint8_t* data, uint32_t bytes, char text[4]) {
  static const char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint32_t group = 0;
  for (uint32_t k = 0; k < 3u; ++k) group = (group << 8) | (k < bytes ? data[k] : 0u);
  for (uint32_t k = 0; k < 4u; ++k) text[k] = k <= bytes ? kDigits[(group >> (18u - 6u * k)) & 63u] : '=';
}
