/* Arithmetic on pseudo-random operands: prints one checksum per group, the same on every correct machine. */
#include "eg_test.h"

#define EG_NOINLINE __attribute__((noinline))

typedef union {
  float value;
  uint32_t bits;
} float_bits;

typedef union {
  double value;
  uint64_t bits;
} double_bits;

typedef struct {
  int32_t first;
  int8_t second;
  int32_t rest[13];
} record;

static uint32_t state = 0x9E3779B9u;
static uint32_t sum;

static uint32_t next_random(void) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state * 2654435761u;
}

/* Often near zero or near the ends of the range. */
static uint32_t next_word(void) {
  const uint32_t value = next_random();
  switch (next_random() & 7u) {
    case 0:
      return 0u - (value >> 29);
    case 1:
      return value >> (value & 31u);
    case 2:
      return 0x80000000u + (value >> 30);
    case 3:
      return 0x7FFFFFFFu - (value >> 31);
    default:
      return value;
  }
}

static uint64_t next_long(void) { return ((uint64_t)next_word() << 32) | next_word(); }

/* Subnormal numbers, infinities, zeros and overflowing ones among them. */
static float next_float(void) {
  float_bits x;
  x.bits = next_random();
  switch (next_random() % 8u) {
    case 0:
      x.bits &= 0x807FFFFFu;
      break;
    case 1:
      x.bits = (x.bits & 0x80000000u) | 0x7F800000u;
      break;
    case 2:
      x.bits &= 0x80000000u;
      break;
    case 3:
      x.bits = (x.bits & 0x80FFFFFFu) | 0x3F000000u;
      break;
    case 4:
      x.bits = (x.bits & 0x807FFFFFu) | 0x7F000000u;
      break;
    case 5:
      x.value = (float)(int32_t)next_word();
      break;
    default:
      break;
  }
  return x.value;
}

static double next_double(void) {
  double_bits x;
  x.bits = ((uint64_t)next_random() << 32) | next_random();
  switch (next_random() % 8u) {
    case 0:
      x.bits &= 0x800FFFFFFFFFFFFFu;
      break;
    case 1:
      x.bits = (x.bits & 0x8000000000000000u) | 0x7FF0000000000000u;
      break;
    case 2:
      x.bits = (x.bits & 0x801FFFFFFFFFFFFFu) | 0x3FE0000000000000u;
      break;
    case 3:
      x.value = (double)next_float();
      break;
    default:
      break;
  }
  return x.value;
}

static void add(uint32_t value) {
  sum = (sum ^ value) * 0x01000193u;
  sum ^= sum >> 15;
}

static void add_long(uint64_t value) {
  add((uint32_t)value);
  add((uint32_t)(value >> 32));
}

/* One NaN counts as another: which one results is not defined. */
static void add_float(float value) {
  float_bits x;
  x.value = value;
  add(value != value ? 0x7FC00000u : x.bits);
}

static void add_double(double value) {
  double_bits x;
  x.value = value;
  add_long(value != value ? 0x7FF8000000000000u : x.bits);
}

static void show(const char* group) {
  eg_test_result(group, sum);
  sum = 0;
}

EG_NOINLINE static uint32_t recurse(uint32_t depth, uint32_t value) {
  if (depth == 0u) return value;
  return recurse(depth - 1u, value * 3u + depth) ^ (value + depth);
}

EG_NOINLINE static int64_t product(int32_t a, int32_t b) { return (int64_t)a * b; }
EG_NOINLINE static uint64_t product_u(uint32_t a, uint32_t b) { return (uint64_t)a * b; }
EG_NOINLINE static float multiply_add(float a, float b, float c) { return a * b + c; }

EG_NOINLINE static record make_record(int32_t value) {
  record made = {value, (int8_t)value, {0}};
  made.rest[value & 7] = 99;
  return made;
}

EG_NOINLINE static int32_t take_record(record taken, uint32_t index) {
  return taken.first + taken.second * 3 + taken.rest[index % 13u];
}

EG_NOINLINE static int32_t ten_arguments(int32_t a, int32_t b, int32_t c, int32_t d, int32_t e, int32_t f, int32_t g,
                                         int64_t h, int32_t i, double j) {
  return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7 + (int32_t)h * 8 + i * 9 + (int32_t)j;
}

EG_NOINLINE static uint32_t choose(uint32_t value) {
  switch (value) {
    case 0:
      return next_random();
    case 1:
      return value * 77u + 1u;
    case 2:
      return value << 20;
    case 3:
      return ~value;
    case 4:
      return sum;
    case 5:
      return state;
    case 6:
      return 9;
    default:
      return value % 1000u;
  }
}

static void test_integers(void) {
  for (uint32_t i = 0; i < 2000u; ++i) {
    const uint32_t a = next_word(), b = next_word() | 1u, shift = next_random() & 31u;
    add_long((uint64_t)product((int32_t)a, (int32_t)b));
    add_long(product_u(a, b));
    add(a / b);
    add(a % b);
    if (b != 0xFFFFFFFFu) add((uint32_t)((int32_t)a / (int32_t)b) ^ (uint32_t)((int32_t)a % (int32_t)b));
    add((a << shift) ^ (a >> shift) ^ (uint32_t)((int32_t)a >> shift));
    add((uint32_t)__builtin_clz(b) + (uint32_t)__builtin_ctz(b) + (uint32_t)__builtin_popcount(a));
    add((uint32_t)(int8_t)a ^ (uint32_t)(int16_t)a ^ __builtin_bswap32(a));
    add((int32_t)a > (int32_t)b ? a : b);
    add((int32_t)a < -128 ? 1u : (int32_t)a > 127 ? 2u : a);
    add(choose(a & 7u));
  }
  show("integers");
  for (uint32_t i = 0; i < 1000u; ++i) {
    const uint64_t a = next_long(), b = next_long() | 1u;
    const uint32_t shift = next_random() & 63u;
    add_long(a * b);
    add_long(a / b);
    add_long(a % (b >> 32 | 1u));
    if (b != 0xFFFFFFFFFFFFFFFFu) add_long((uint64_t)((int64_t)a / (int64_t)b) ^ (uint64_t)((int64_t)a % (int64_t)b));
    add_long((a << shift) ^ (a >> shift) ^ (uint64_t)((int64_t)a >> shift));
  }
  show("long integers");
}

static void test_floats(void) {
  for (uint32_t i = 0; i < 2000u; ++i) {
    const float a = next_float(), b = next_float(), c = next_float();
    add_float(a + b);
    add_float(a - b);
    add_float(a * b);
    add_float(a / b);
    add_float(multiply_add(a, b, c));
    add_float(__builtin_sqrtf(a));
    add_float(a < b ? a : c);
    add((uint32_t)(a < b) | (uint32_t)(a <= b) << 1 | (uint32_t)(a == b) << 2 | (uint32_t)(a != c) << 3);
    if (a > -2147483648.0f && a < 2147483648.0f) add((uint32_t)(int32_t)a);
    if (a > -1.0f && a < 4294967296.0f) add((uint32_t)a);
    if (a > -9e18f && a < 9e18f) add_long((uint64_t)(int64_t)a);
    add_float((float)(int32_t)next_word());
    add_float((float)next_word());
    add_float((float)(int64_t)next_long());
  }
  show("floats");
  for (uint32_t i = 0; i < 1000u; ++i) {
    const double a = next_double(), b = next_double();
    add_double(a + b);
    add_double(a - b);
    add_double(a * b);
    add_double(a / b);
    add_double(__builtin_sqrt(a));
    add((uint32_t)(a < b) | (uint32_t)(a <= b) << 1 | (uint32_t)(a == b) << 2);
    if (a > -2147483648.0 && a < 2147483648.0) add((uint32_t)(int32_t)a);
    if (a > -9e18 && a < 9e18) add_long((uint64_t)(int64_t)a);
    add_float((float)a);
    add_double((double)next_float());
    add_double((double)(int32_t)next_word());
    add_double((double)(int64_t)next_long());
    add_double((double)next_long());
  }
  show("doubles");
}

static void test_memory(void) {
  static uint8_t one[300], two[300];
  for (uint32_t i = 0; i < 300u; ++i) {
    const uint32_t a = next_random() % 40u, b = next_random() % 40u, count = next_random() % 200u;
    for (uint32_t k = 0; k < 300u; ++k) {
      one[k] = (uint8_t)(k * 7u + i);
      two[k] = (uint8_t)(k ^ i);
    }
    memcpy(one + a, two + b, count);
    memmove(one + b, one + a, count);
    memset(two + a, (int)b, count);
    for (uint32_t k = 0; k < 300u; ++k) add(one[k] | (uint32_t)two[k] << 8);
    add((uint32_t)(memcmp(one + a, two + b, count) > 0));
  }
  show("memory");
}

static void test_calls(void) {
  for (uint32_t depth = 0; depth < 300u; depth += 7u) add(recurse(depth, depth ^ 5u));
  add(recurse(64, 7));
  for (int32_t i = 0; i < 100; ++i) {
    add((uint32_t)take_record(make_record(i), (uint32_t)i));
    add((uint32_t)ten_arguments(i, 2, 3, 4, 5, 6, 7, 8 + i, 9, (double)i));
  }
  show("calls");
}

void eg_test_main(void) {
  test_integers();
  test_floats();
  test_memory();
  test_calls();
}
