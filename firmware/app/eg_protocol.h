/* The serial commands' parser: bytes in, commands out. Pure: no hardware, no globals, so a fuzzer can drive it. */
#ifndef EG_PROTOCOL_H
#define EG_PROTOCOL_H

#include <stdint.h>

#define EG_PROTOCOL_VERSION 2u
/* Most bytes of a tensor in one command or record. */
#define EG_CHUNK_BYTES 384u
/* Longest command: a full chunk in base64 and its words. */
#define EG_LINE_BYTES 576u

typedef enum {
  EG_COMMAND_NONE,       /* nothing complete yet */
  EG_COMMAND_HELLO,      /* eg hello */
  EG_COMMAND_IN,         /* eg in <tensor> <offset> <base64> : data, data_bytes; eg in <sequence> 0 asks */
  EG_COMMAND_INVOKE,     /* eg invoke [<sequence> [<chunks> [1]]] : only after so many chunks; 1 sends the outputs */
  EG_COMMAND_OUT,        /* eg out <tensor> [<offset> <bytes>] */
  EG_COMMAND_LAYERS,     /* eg layers <count> <part> <offset> <bytes> : a checksum of the arena after so many */
  EG_COMMAND_RESET,      /* eg reset */
  EG_COMMAND_BENCH,      /* eg bench <runs> <warmup> */
  EG_COMMAND_INFO,       /* eg info */
  EG_COMMAND_WORD,       /* eg word <address / 4> : a register */
  EG_COMMAND_SELF_TEST,  /* eg selftest */
  EG_COMMAND_CRASH,      /* eg crash : runs the fault handler */
  EG_COMMAND_EXIT,       /* eg exit [<status>] */
  EG_COMMAND_UNKNOWN,    /* something else that ended in '%': text */
  EG_COMMAND_BAD_SYNTAX, /* an eg command with missing, extra or malformed words */
  EG_COMMAND_BAD_CHECKSUM,
  EG_COMMAND_TOO_LONG
} eg_command_kind;

typedef struct {
  eg_command_kind kind;
  uint32_t words[4]; /* the numbers, in order */
  uint32_t word_count;
  uint8_t* data; /* in the parser's buffer: valid until the next byte */
  uint32_t data_bytes;
  const char* text; /* NUL-terminated, likewise */
} eg_command;

typedef struct {
  char line[EG_LINE_BYTES];
  uint32_t count;
  uint32_t overflowed;
} eg_parser;

void eg_parser_init(eg_parser* parser);

/* Takes one received byte. Fills `command` and returns its kind when the byte ends one, else EG_COMMAND_NONE.
 *
 * A command ends with '%'; a line end discards what came before, so a sender that starts with one is in step again
 * after noise. ` *<crc32>` before the '%' is the CRC-32 of the text before the space, 8 hex digits; `eg in` must
 * have it, others may. */
eg_command_kind eg_parser_push(eg_parser* parser, char byte, eg_command* command);

#endif
