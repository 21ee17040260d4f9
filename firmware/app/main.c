/* The application: announces itself, then serves commands from the console. All of its memory is static. */
#include "eg_app.h"
#include "eg_codec.h"
#include "eg_hal.h"
#include "eg_model.h"
#include "eg_protocol.h"
#include "eg_record.h"
#include "eg_stack.h"
#ifdef EG_MLPERF
#include "eg_mlperf.h"
#endif

#define EG_NO_SEQUENCE 0xFFFFFFFFu
#define EG_MOST_RUNS 100000u

static eg_parser parser;
static uint32_t last_sequence;
static uint32_t last_cycles;
static uint32_t taken_chunks; /* of inputs, since the start */
static uint32_t bad_commands;

/* Instruction counters look for these two symbols; between them runs exactly one inference. The barrier keeps the
 * compiler from moving the model's work past them. */
__attribute__((noinline)) void eg_marker_begin(void) { __asm__ volatile("" ::: "memory"); }
__attribute__((noinline)) void eg_marker_end(void) { __asm__ volatile("" ::: "memory"); }

static void write_error(const char* what) {
  eg_record_begin("error");
  eg_record_text("error", what);
  eg_record_end();
}

static void write_pair(const char* kind, const char* key, uint32_t value, const char* key2, uint32_t value2) {
  eg_record_begin(kind);
  eg_record_number(key, value);
  eg_record_number(key2, value2);
  eg_record_end();
}

static void write_tensor_sizes(const char* key, const eg_tensor* tensors, uint32_t count) {
  eg_record_list_begin(key);
  for (uint32_t i = 0; i < count; ++i) eg_record_list_value(tensors[i].bytes);
  eg_record_list_end();
}

static void write_boot_record(void) {
  eg_record_begin("boot");
  eg_record_number("protocol", EG_PROTOCOL_VERSION);
  eg_record_text("firmware_sha256", eg_firmware_sha256);
  eg_record_text("model", eg_the_model.name);
  eg_record_text("model_sha256", eg_the_model.sha256);
  eg_record_text("board", eg_board_id);
  eg_record_text("port", eg_hal_name());
  eg_record_number("clock_hz", eg_hal_clock_hz());
  eg_record_number("chunk_bytes", EG_CHUNK_BYTES);
  write_tensor_sizes("input_bytes", eg_the_model.inputs, eg_the_model.input_count);
  write_tensor_sizes("output_bytes", eg_the_model.outputs, eg_the_model.output_count);
  eg_record_number("layers", eg_the_model.layer_count);
  eg_record_number("arena_bytes", eg_the_model.arena_bytes);
  eg_record_end();
}

static uint32_t timed_invoke(void) {
  const uint32_t start = eg_hal_cycles();
  eg_marker_begin();
  eg_the_model.invoke();
  eg_marker_end();
  return eg_hal_cycles() - start;
}

/* A chunk has no answer, so that nothing is sent while the next one comes: a UART without FIFO would lose bytes. An
 * empty one, with a number for the answer, asks how many were taken. */
static void take_input(const eg_command* command) {
  const uint32_t index = command->words[0];
  const uint32_t offset = command->words[1];
  if (command->data_bytes == 0u) {
    write_pair("in", "sequence", index, "chunks", taken_chunks);
    return;
  }
  if (index >= eg_the_model.input_count || command->data_bytes > eg_the_model.inputs[index].bytes ||
      offset > eg_the_model.inputs[index].bytes - command->data_bytes) {
    write_error("range");
    return;
  }
  uint8_t* to = (uint8_t*)eg_the_model.inputs[index].data + offset;
  for (uint32_t i = 0; i < command->data_bytes; ++i) to[i] = command->data[i];
  ++taken_chunks;
}

static void write_output(uint32_t index, uint32_t offset, uint32_t left) {
  const eg_tensor* tensor = &eg_the_model.outputs[index];
  if (left > tensor->bytes - offset) left = tensor->bytes - offset;
  do {
    const uint32_t bytes = left < EG_CHUNK_BYTES ? left : EG_CHUNK_BYTES;
    eg_record_begin("out");
    eg_record_number("tensor", index);
    eg_record_number("offset", offset);
    eg_record_base64("data", (const uint8_t*)tensor->data + offset, bytes);
    eg_record_end();
    offset += bytes;
    left -= bytes;
  } while (left > 0u);
}

/* A command that repeats the last sequence number was lost on its way back: it is answered, not run again, or a
 * model with state would take a step too many. Nor does it run on inputs of which a chunk is missing. */
static void invoke(const eg_command* command) {
  const uint32_t sequence = command->word_count > 0u ? command->words[0] : EG_NO_SEQUENCE;
  if (sequence == EG_NO_SEQUENCE || sequence != last_sequence) {
    if (command->word_count > 1u && command->words[1] != taken_chunks) {
      write_pair("in", "sequence", sequence, "chunks", taken_chunks);
      return;
    }
    last_cycles = timed_invoke();
    last_sequence = sequence;
  }
  write_pair("invoke", "sequence", sequence, "cycles", last_cycles);
  for (uint32_t i = 0; command->word_count > 2u && i < eg_the_model.output_count; ++i) write_output(i, 0, 0xFFFFFFFFu);
}

static void give_output(const eg_command* command) {
  const uint32_t index = command->words[0];
  const uint32_t offset = command->word_count > 1u ? command->words[1] : 0u;
  if (index >= eg_the_model.output_count || offset > eg_the_model.outputs[index].bytes) {
    write_error("range");
    return;
  }
  write_output(index, offset, command->word_count > 2u ? command->words[2] : 0xFFFFFFFFu);
}

/* Runs the first layers, and gives the CRC-32 of bytes in a part of the arena right after: later layers may overwrite
 * what the last of these wrote. */
static void run_layers(const eg_command* command) {
  const uint32_t part = command->words[1];
  const uint32_t offset = command->words[2];
  const uint32_t bytes = command->words[3];
  if (command->words[0] > eg_the_model.layer_count || part >= eg_the_model.arena_count ||
      bytes > eg_the_model.arenas[part].bytes || offset > eg_the_model.arenas[part].bytes - bytes) {
    write_error("range");
    return;
  }
  for (uint32_t i = 0; i < command->words[0]; ++i) eg_the_model.layers[i]();
  last_sequence = EG_NO_SEQUENCE;
  write_pair("layers", "layers", command->words[0], "crc32",
             ~eg_crc32(EG_CRC32_START, (const uint8_t*)eg_the_model.arenas[part].data + offset, bytes));
}

/* Whole inferences first, then one more in which every layer is timed alone. */
static void bench(const eg_command* command) {
  const uint32_t runs = command->words[0];
  if (runs > EG_MOST_RUNS || command->words[1] > EG_MOST_RUNS) {
    write_error("range");
    return;
  }
  for (uint32_t i = 0; i < command->words[1]; ++i) eg_the_model.invoke();
  for (uint32_t i = 0; i < runs; ++i) {
    const uint32_t cycles = timed_invoke();
    write_pair("run", "index", i, "cycles", cycles);
  }
  for (uint32_t i = 0; i < eg_the_model.layer_count; ++i) {
    const uint32_t start = eg_hal_cycles();
    eg_the_model.layers[i]();
    const uint32_t cycles = eg_hal_cycles() - start;
    write_pair("layer", "index", i, "cycles", cycles);
  }
  last_sequence = EG_NO_SEQUENCE;
  write_pair("bench", "runs", runs, "layers", eg_the_model.layer_count);
}

/* The known-answer test: inputs from a fixed generator, the CRC-32 of each output. Values stay in 0..63, so that four
 * of them are a small float and nothing is an index out of range but for models that look tables up. */
static void self_test(void) {
  uint32_t state = 1;
  eg_the_model.reset();
  for (uint32_t i = 0; i < eg_the_model.input_count; ++i) {
    uint8_t* data = (uint8_t*)eg_the_model.inputs[i].data;
    for (uint32_t k = 0; k < eg_the_model.inputs[i].bytes; ++k) {
      state = state * 1664525u + 1013904223u;
      data[k] = (uint8_t)(state >> 26);
    }
  }
  eg_the_model.invoke();
  last_sequence = EG_NO_SEQUENCE;
  eg_record_begin("selftest");
  eg_record_list_begin("output_crc32");
  for (uint32_t i = 0; i < eg_the_model.output_count; ++i) {
    const eg_tensor* tensor = &eg_the_model.outputs[i];
    eg_record_list_value(eg_crc32(EG_CRC32_START, tensor->data, tensor->bytes) ^ 0xFFFFFFFFu);
  }
  eg_record_list_end();
  eg_record_end();
  eg_the_model.reset();
}

static void write_info(void) {
  eg_record_begin("info");
  eg_record_number("stack_bytes", eg_stack_bytes());
  eg_record_number("stack_used_bytes", eg_stack_used_bytes());
  eg_record_number("bad_commands", bad_commands);
  eg_record_end();
}

static void serve(const eg_command* command) {
  switch (command->kind) {
    case EG_COMMAND_HELLO:
      write_boot_record();
      break;
    case EG_COMMAND_IN:
      take_input(command);
      break;
    case EG_COMMAND_INVOKE:
      invoke(command);
      break;
    case EG_COMMAND_OUT:
      give_output(command);
      break;
    case EG_COMMAND_LAYERS:
      run_layers(command);
      break;
    case EG_COMMAND_RESET:
      eg_the_model.reset();
      last_sequence = EG_NO_SEQUENCE;
      eg_record_begin("reset");
      eg_record_end();
      break;
    case EG_COMMAND_BENCH:
      bench(command);
      break;
    case EG_COMMAND_INFO:
      write_info();
      break;
    case EG_COMMAND_WORD:
      /* Registers of a chip; a program of an operating system has none. */
      if (sizeof(void*) > sizeof(uint32_t)) {
        write_error("range");
      } else {
        const uintptr_t address = (uintptr_t)command->words[0] * 4u;
        write_pair("word", "address", (uint32_t)address, "value", *(const volatile uint32_t*)address);
      }
      break;
    case EG_COMMAND_SELF_TEST:
      self_test();
      break;
    case EG_COMMAND_CRASH:
      __builtin_trap();
      break;
    case EG_COMMAND_EXIT:
      eg_record_begin("exit");
      eg_record_end();
      eg_hal_exit(command->word_count > 0u ? (int)command->words[0] : 0);
      break;
    case EG_COMMAND_UNKNOWN:
#ifdef EG_MLPERF
      if (command->text[0] != 'e' || command->text[1] != 'g') {
        eg_mlperf_serve(command->text);
        last_sequence = EG_NO_SEQUENCE;
        break;
      }
#endif
      ++bad_commands;
      eg_record_begin("error");
      eg_record_text("error", "unknown");
      eg_record_foreign_text("command", command->text);
      eg_record_end();
      break;
    case EG_COMMAND_BAD_SYNTAX:
    case EG_COMMAND_BAD_CHECKSUM:
    case EG_COMMAND_TOO_LONG:
      ++bad_commands;
      write_error(command->kind == EG_COMMAND_BAD_SYNTAX     ? "syntax"
                  : command->kind == EG_COMMAND_BAD_CHECKSUM ? "checksum"
                                                             : "too long");
      break;
    case EG_COMMAND_NONE:
      break;
  }
}

void eg_app_main(void) {
  eg_stack_paint();
  eg_hal_init();
  last_sequence = EG_NO_SEQUENCE;
  eg_parser_init(&parser);
  eg_the_model.init();
  write_boot_record();
#ifdef EG_MLPERF
  eg_mlperf_start();
#endif
  for (;;) {
    eg_command command;
    const int byte = eg_hal_read();
    if (byte >= 0 && eg_parser_push(&parser, (char)byte, &command) != EG_COMMAND_NONE) serve(&command);
  }
}
