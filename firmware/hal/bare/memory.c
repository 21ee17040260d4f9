/* The memory functions that compilers call on their own; boards have no C library. */
#include <stddef.h>
#include <stdint.h>

void* memcpy(void* restrict to, const void* restrict from, size_t count);
void* memmove(void* to, const void* from, size_t count);
void* memset(void* to, int value, size_t count);
int memcmp(const void* a, const void* b, size_t count);

/* The attribute keeps the compiler from turning these loops into calls of the functions they implement. */
#if defined(__clang__)
#define EG_PLAIN __attribute__((no_builtin))
#else
#define EG_PLAIN __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif

/* Words may alias anything here. */
typedef uint32_t __attribute__((may_alias)) eg_word;

EG_PLAIN void* memcpy(void* restrict to, const void* restrict from, size_t count) {
  uint8_t* out = to;
  const uint8_t* in = from;
  if ((((uintptr_t)out | (uintptr_t)in) & 3u) == 0u) {
    for (; count >= 4u; count -= 4u, out += 4, in += 4) *(eg_word*)(void*)out = *(const eg_word*)(const void*)in;
  }
  while (count-- > 0u) *out++ = *in++;
  return to;
}

EG_PLAIN void* memmove(void* to, const void* from, size_t count) {
  uint8_t* out = to;
  const uint8_t* in = from;
  if ((uintptr_t)out - (uintptr_t)in >= count) return memcpy(to, from, count);
  while (count-- > 0u) out[count] = in[count];
  return to;
}

EG_PLAIN void* memset(void* to, int value, size_t count) {
  uint8_t* out = to;
  for (; count > 0u && ((uintptr_t)out & 3u) != 0u; --count) *out++ = (uint8_t)value;
  const uint32_t word = 0x01010101u * (uint8_t)value;
  for (; count >= 4u; count -= 4u, out += 4) *(eg_word*)(void*)out = word;
  while (count-- > 0u) *out++ = (uint8_t)value;
  return to;
}

EG_PLAIN int memcmp(const void* a, const void* b, size_t count) {
  const uint8_t* left = a;
  const uint8_t* right = b;
  for (; count > 0u; --count, ++left, ++right) {
    if (*left != *right) return *left - *right;
  }
  return 0;
}
