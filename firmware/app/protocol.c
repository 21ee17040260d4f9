#include "eg_codec.h"
#include "eg_protocol.h"

typedef struct {
  const char* at;
  uint32_t left;
} eg_text;

typedef struct {
  const char* name;
  eg_command_kind kind;
  uint8_t fewest_words;
  uint8_t most_words;
} eg_command_form;

static const eg_command_form kForms[] = {
    {"hello", EG_COMMAND_HELLO, 0, 0},   {"in", EG_COMMAND_IN, 2, 2},
    {"invoke", EG_COMMAND_INVOKE, 0, 3}, {"out", EG_COMMAND_OUT, 1, 3},
    {"layers", EG_COMMAND_LAYERS, 4, 4}, {"reset", EG_COMMAND_RESET, 0, 0},
    {"bench", EG_COMMAND_BENCH, 2, 2},   {"info", EG_COMMAND_INFO, 0, 0},
    {"word", EG_COMMAND_WORD, 1, 1},     {"selftest", EG_COMMAND_SELF_TEST, 0, 0},
    {"crash", EG_COMMAND_CRASH, 0, 0},   {"exit", EG_COMMAND_EXIT, 0, 1},
};

void eg_parser_init(eg_parser* parser) {
  parser->count = 0;
  parser->overflowed = 0;
}

/* Takes the next word off `text`; an empty one at its end. Out of line, as flash counts here and speed does not. */
static __attribute__((noinline)) eg_text next_word(eg_text* text) {
  while (text->left > 0u && *text->at == ' ') {
    ++text->at;
    --text->left;
  }
  eg_text word = {text->at, 0};
  while (text->left > 0u && *text->at != ' ') {
    ++text->at;
    --text->left;
    ++word.left;
  }
  return word;
}

static __attribute__((noinline)) int equals(eg_text word, const char* name) {
  uint32_t i = 0;
  while (i < word.left && name[i] != '\0' && word.at[i] == name[i]) ++i;
  return i == word.left && name[i] == '\0';
}

/* Reads a decimal number of at most nine digits, which can't overflow. Returns 0 where it isn't one. */
static int read_number(eg_text word, uint32_t* value) {
  if (word.left == 0u || word.left > 9u) return 0;
  *value = 0;
  for (uint32_t i = 0; i < word.left; ++i) {
    if (word.at[i] < '0' || word.at[i] > '9') return 0;
    *value = *value * 10u + (uint32_t)(word.at[i] - '0');
  }
  return 1;
}

static int read_hex(eg_text word, uint32_t* value) {
  if (word.left != 8u) return 0;
  *value = 0;
  for (uint32_t i = 0; i < 8u; ++i) {
    const char c = word.at[i];
    uint32_t digit;
    if (c >= '0' && c <= '9') {
      digit = (uint32_t)(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = (uint32_t)(c - 'a') + 10u;
    } else {
      return 0;
    }
    *value = (*value << 4) | digit;
  }
  return 1;
}

/* Cuts ` *<crc32>` off the text. Returns 1 if it was right, 0 if there is none, -1 if it is wrong. */
static int take_checksum(eg_text* text) {
  if (text->left < 10u || text->at[text->left - 10u] != ' ' || text->at[text->left - 9u] != '*') return 0;
  const eg_text digits = {text->at + (text->left - 8u), 8};
  uint32_t expected;
  if (!read_hex(digits, &expected)) return -1;
  text->left -= 10u;
  return (eg_crc32(EG_CRC32_START, text->at, text->left) ^ 0xFFFFFFFFu) == expected ? 1 : -1;
}

static eg_command_kind parse(eg_parser* parser, eg_command* command) {
  eg_text text = {parser->line, parser->count};
  command->text = parser->line;
  const int checksum = take_checksum(&text);
  if (!equals(next_word(&text), "eg")) return EG_COMMAND_UNKNOWN;
  if (checksum < 0) return EG_COMMAND_BAD_CHECKSUM;
  const eg_text name = next_word(&text);
  for (uint32_t f = 0; f < sizeof(kForms) / sizeof(kForms[0]); ++f) {
    const eg_command_form* form = &kForms[f];
    if (!equals(name, form->name)) continue;
    eg_text word = next_word(&text);
    while (word.left > 0u && command->word_count < form->most_words) {
      if (!read_number(word, &command->words[command->word_count])) return EG_COMMAND_BAD_SYNTAX;
      ++command->word_count;
      word = next_word(&text);
    }
    if (command->word_count < form->fewest_words) return EG_COMMAND_BAD_SYNTAX;
    if (form->kind == EG_COMMAND_IN) {
      if (checksum == 0) return EG_COMMAND_BAD_CHECKSUM;
      command->data = (uint8_t*)parser->line + (word.at - parser->line);
      const int32_t bytes = eg_base64_decode(word.at, word.left, command->data);
      if (bytes < 0) return EG_COMMAND_BAD_SYNTAX;
      command->data_bytes = (uint32_t)bytes;
      word = next_word(&text);
    }
    return word.left > 0u ? EG_COMMAND_BAD_SYNTAX : form->kind;
  }
  return EG_COMMAND_UNKNOWN;
}

eg_command_kind eg_parser_push(eg_parser* parser, char byte, eg_command* command) {
  if (byte == '\n' || byte == '\r') {
    eg_parser_init(parser);
    return EG_COMMAND_NONE;
  }
  if (byte != '%') {
    /* One byte is kept for the NUL. */
    if (parser->count < EG_LINE_BYTES - 1u) {
      parser->line[parser->count++] = byte;
    } else {
      parser->overflowed = 1;
    }
    return EG_COMMAND_NONE;
  }
  command->word_count = 0;
  command->data = (uint8_t*)parser->line;
  command->data_bytes = 0;
  command->text = "";
  parser->line[parser->count] = '\0';
  command->kind = parser->overflowed ? EG_COMMAND_TOO_LONG : parse(parser, command);
  eg_parser_init(parser);
  return command->kind;
}
