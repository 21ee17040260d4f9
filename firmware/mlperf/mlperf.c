/* MLPerf Tiny's performance mode: data come as hex, inferences are timed, results go out as decimal fractions. */
#include "eg_hal.h"
#include "eg_mlperf.h"
#include "eg_mlperf_config.h"
#include "eg_model.h"

#define EG_RAW 0      /* the input's own bytes */
#define EG_UNSIGNED 1 /* pixels from 0 to 255 */
#define EG_FLOAT 2    /* 32 bits each; the result is the mean squared error of the output to them */
#define EG_DEFAULT_WARMUP 10u
#define EG_BYTES_IN_A_ROW 8u

static uint8_t received[EG_MLPERF_DATA_BYTES] __attribute__((aligned(4)));
static int8_t prepared[EG_MLPERF_PREPARED_BYTES];
static uint32_t expected_bytes, received_bytes;
/* The cycle counter wraps within a minute: it is read at least at each inference. */
static uint32_t last_cycles;
static uint64_t cycles;

static void put(const char* text) {
  uint32_t count = 0;
  while (text[count] != '\0') ++count;
  eg_hal_write(text, count);
}

static void put_number(uint64_t value) {
  char digits[20];
  uint32_t first = sizeof(digits);
  do {
    digits[--first] = (char)('0' + (char)(value % 10u));
    value /= 10u;
  } while (value > 0u);
  eg_hal_write(&digits[first], (uint32_t)sizeof(digits) - first);
}

/* One number in a line, between two texts. */
static void put_line(const char* before, uint32_t value, const char* after) {
  put(before);
  put_number(value);
  put(after);
  put("\r\n");
}

/* Three decimals, halves to even, as printf rounds. */
static void put_thousandths(float value) {
  if (value < 0.0f) {
    put("-");
    value = -value;
  }
  float scaled = value * 1000.0f;
  /* Also where it is no number. */
  if (!(scaled <= 4.0e9f)) scaled = 4.0e9f;
  uint32_t whole = (uint32_t)scaled;
  const float rest = scaled - (float)whole;
  if (rest > 0.5f || (rest == 0.5f && (whole & 1u) != 0u)) ++whole;
  put_number(whole / 1000u);
  const char digits[4] = {'.', (char)('0' + whole / 100u % 10u), (char)('0' + whole / 10u % 10u),
                          (char)('0' + whole % 10u)};
  eg_hal_write(digits, sizeof(digits));
}

static void count_cycles(void) {
  const uint32_t now = eg_hal_cycles();
  cycles += now - last_cycles;
  last_cycles = now;
}

static void put_timestamp(void) {
  count_cycles();
  put("m-lap-us-");
  const uint32_t per_second = eg_hal_clock_hz();
  /* Whole seconds apart, so that nothing overflows. */
  put_number(cycles / per_second * 1000000u + cycles % per_second * 1000000u / per_second);
  put("\r\n");
}

static void put_results(void) {
  const int8_t* output = (const int8_t*)eg_the_model.outputs[0].data;
  float sum = 0.0f;
  put("m-results-[");
  for (uint32_t i = 0; i < EG_MLPERF_OUTPUT_VALUES; ++i) {
    const float value = (float)(output[i] - EG_MLPERF_OUTPUT_ZERO_POINT) * EG_MLPERF_OUTPUT_SCALE;
    if (EG_MLPERF_KIND == EG_FLOAT) {
      const float difference = value - ((const float*)(const void*)received)[i];
      sum += difference * difference;
    } else {
      if (i > 0u) put(",");
      put_thousandths(value);
    }
  }
  if (EG_MLPERF_KIND == EG_FLOAT) put_thousandths(sum / (float)EG_MLPERF_OUTPUT_VALUES);
  put("]\r\n");
}

/* Floats become the input's integers once: value / scale to nearest, halves away from zero. */
static void prepare_input(void) {
  for (uint32_t i = 0; EG_MLPERF_KIND == EG_FLOAT && i < EG_MLPERF_INPUT_VALUES; ++i) {
    float scaled = ((const float*)(const void*)received)[i] / EG_MLPERF_INPUT_SCALE;
    /* A comparison that is false for what is no number, too. */
    if (!(scaled > -1000.0f)) scaled = -1000.0f;
    if (scaled > 1000.0f) scaled = 1000.0f;
    int32_t value = (int32_t)(scaled < 0.0f ? scaled - 0.5f : scaled + 0.5f) + EG_MLPERF_INPUT_ZERO_POINT;
    value = value < -128 ? -128 : value;
    prepared[i] = (int8_t)(value > 127 ? 127 : value);
  }
}

/* The input shares its memory with what comes later, so it is written before each inference. */
static void infer(uint32_t count) {
  const uint8_t* from = EG_MLPERF_KIND == EG_FLOAT ? (const uint8_t*)prepared : received;
  const uint8_t flip = EG_MLPERF_KIND == EG_UNSIGNED ? 0x80u : 0u;
  for (uint32_t n = 0; n < count; ++n) {
    uint8_t* to = (uint8_t*)eg_the_model.inputs[0].data;
    for (uint32_t i = 0; i < EG_MLPERF_INPUT_VALUES; ++i) to[i] = (uint8_t)(from[i] ^ flip);
    eg_the_model.invoke();
    count_cycles();
  }
}

static const char* skip_spaces(const char* text) {
  while (*text == ' ') ++text;
  return text;
}

/* The text behind a word at the start of `text`; 0 where another one stands there. */
static const char* after_word(const char* text, const char* word) {
  text = skip_spaces(text);
  while (*word != '\0' && *text == *word) {
    ++text;
    ++word;
  }
  return *word == '\0' && (*text == ' ' || *text == '\0') ? skip_spaces(text) : 0;
}

/* Reads a decimal number, at most a million; `fallback` where none stands there. */
static uint32_t read_number(const char** text, uint32_t fallback) {
  uint32_t value = 0;
  const char* at = skip_spaces(*text);
  const char* first = at;
  for (; *at >= '0' && *at <= '9'; ++at) {
    value = value * 10u + (uint32_t)(*at - '0');
    if (value > 1000000u) value = 1000000u;
  }
  *text = at;
  return at == first ? fallback : value;
}

static void run_inferences(const char* text) {
  const uint32_t count = read_number(&text, *text == '\0' ? 1u : 0u);
  const uint32_t warmup = read_number(&text, *skip_spaces(text) == '\0' ? EG_DEFAULT_WARMUP : 1000001u);
  if (count == 0u) {
    put("e-[Inference iterations must be >0]\r\n");
  } else if (warmup > 1000000u) {
    put("e-[Inference warmup must be >=0]\r\n");
  } else if (received_bytes != EG_MLPERF_DATA_BYTES) {
    put_line("e-[Input has another size than ", EG_MLPERF_DATA_BYTES, " bytes]");
  } else {
    eg_the_model.reset();
    prepare_input();
    put_line("m-warmup-start-", warmup, "");
    infer(warmup);
    put_line("m-warmup-done\r\nm-infer-start-", count, "");
    put_timestamp();
    infer(count);
    put_timestamp();
    put("m-infer-done\r\n");
    put_results();
  }
}

static void expect_data(const char* text) {
  const uint32_t bytes = read_number(&text, 0);
  expected_bytes = received_bytes = 0;
  if (bytes == 0u) {
    put("e-[Command 'db load' must be >0 bytes]\r\n");
  } else if (bytes > EG_MLPERF_DATA_BYTES) {
    put_line("e-[Supplied buffer size exceeds maximum of ", EG_MLPERF_DATA_BYTES, "]");
  } else {
    expected_bytes = bytes;
    put_line("m-[Expecting ", bytes, " bytes]");
  }
}

static void print_data(void) {
  for (uint32_t i = 0; i < received_bytes; ++i) {
    const char* digits = "0123456789abcdef";
    const char pair[2] = {digits[received[i] >> 4], digits[received[i] & 15u]};
    put(i % EG_BYTES_IN_A_ROW == 0u ? "m-buffer-" : "-");
    eg_hal_write(pair, sizeof(pair));
    if (i % EG_BYTES_IN_A_ROW == EG_BYTES_IN_A_ROW - 1u || i + 1u == received_bytes) put("\r\n");
  }
}

static int32_t read_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

static void take_data(const char* text) {
  uint32_t count = 0;
  while (text[count] != '\0' && text[count] != ' ') ++count;
  if (count == 0u || (count & 1u) != 0u) {
    put(count == 0u ? "e-[Command 'db' requires a subcommand]\r\n" : "e-[Insufficent number of hex digits]\r\n");
    return;
  }
  for (uint32_t i = 0; i < count && received_bytes < expected_bytes; i += 2u) {
    const int32_t high = read_digit(text[i]);
    const int32_t low = read_digit(text[i + 1u]);
    if (high < 0 || low < 0) {
      put("e-[Invalid hex digit]\r\n");
      return;
    }
    received[received_bytes++] = (uint8_t)(high << 4 | low);
    if (received_bytes == expected_bytes) put("m-load-done\r\n");
  }
}

void eg_mlperf_start(void) {
  last_cycles = eg_hal_cycles();
  put("m-timestamp-mode-performance\r\n");
  put_timestamp();
  put("m-init-done\r\nm-ready\r\n");
}

void eg_mlperf_serve(const char* text) {
  const char* rest;
  if (after_word(text, "name")) {
    put("m-name-dut-[edgegen]\r\n");
  } else if (after_word(text, "profile")) {
    put("m-profile-[ULPMark for tinyML Firmware V0.0.1]\r\nm-model-[" EG_MLPERF_MODEL "]\r\n");
  } else if (after_word(text, "timestamp")) {
    put_timestamp();
  } else if (after_word(text, "results")) {
    put_results();
  } else if (after_word(text, "help")) {
    put("name, profile, timestamp, results, db load N, db HEX, db print, infer N [W=10]\r\n");
  } else if ((rest = after_word(text, "infer")) != 0) {
    run_inferences(rest);
  } else if ((rest = after_word(text, "db")) != 0) {
    if (after_word(rest, "load")) {
      expect_data(after_word(rest, "load"));
    } else if (after_word(rest, "print")) {
      print_data();
    } else {
      take_data(rest);
    }
  } else {
    put("e-[Unknown command: ");
    for (text = skip_spaces(text); *text > ' ' && *text <= '~'; ++text) eg_hal_write(text, 1);
    put("]\r\n");
  }
  put("m-ready\r\n");
}
