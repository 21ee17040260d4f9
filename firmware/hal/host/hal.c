/* This machine: the console is standard input and output, the stack a static array that can be measured. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "eg_app.h"
#include "eg_hal.h"
#include "eg_record.h"

#define EG_HOST_STACK_BYTES 262144
#define EG_TEXT_OF(value) #value
#define EG_TEXT(value) EG_TEXT_OF(value)

uint8_t eg_stack_limit[EG_HOST_STACK_BYTES] __attribute__((aligned(64), used));
/* The name of the array's end, as a linker script would give it. */
__asm__(".globl eg_stack_top\n.set eg_stack_top, eg_stack_limit + " EG_TEXT(EG_HOST_STACK_BYTES));

static ucontext_t program_context;
static ucontext_t app_context;

void eg_hal_init(void) {}

void eg_hal_write(const char* bytes, uint32_t count) {
  while (count > 0u) {
    const ssize_t sent = write(STDOUT_FILENO, bytes, count);
    if (sent < 0 && errno == EINTR) continue;
    /* Nobody listens any more. */
    if (sent <= 0) _exit(1);
    bytes += sent;
    count -= (uint32_t)sent;
  }
}

int eg_hal_read(void) {
  static unsigned char buffer[4096];
  static ssize_t filled, taken;
  if (taken == filled) {
    taken = 0;
    do {
      filled = read(STDIN_FILENO, buffer, sizeof(buffer));
    } while (filled < 0 && errno == EINTR);
    /* The other side has closed the link: nothing is left to do. */
    if (filled <= 0) _exit(0);
  }
  return buffer[taken++];
}

/* Nanoseconds: eg_hal_clock_hz says 1 GHz. This machine's core clock can't be read, and varies. */
uint32_t eg_hal_cycles(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint32_t)((uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
}

uint32_t eg_hal_clock_hz(void) { return eg_board_clock_hz; }

void eg_hal_exit(int status) { _exit(status); }

const char* eg_hal_name(void) { return "host"; }

/* AddressSanitizer reports faults better than this does. */
#if defined(__SANITIZE_ADDRESS__)
#define EG_OWN_FAULT_HANDLER 0
#else
#define EG_OWN_FAULT_HANDLER 1
#endif

static void on_fault(int number) {
  eg_hal_write("\r\n", 2);
  eg_record_begin("fault");
  eg_record_number("signal", (uint32_t)number);
  eg_record_end();
  _exit(1);
}

int main(void) {
  static unsigned char signal_stack[65536];
  const stack_t alternate = {.ss_sp = signal_stack, .ss_size = sizeof(signal_stack)};
  struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK};
  static const int kFaults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
  sigaltstack(&alternate, NULL);
  for (size_t i = 0; EG_OWN_FAULT_HANDLER && i < sizeof(kFaults) / sizeof(kFaults[0]); ++i)
    sigaction(kFaults[i], &action, NULL);
  getcontext(&app_context);
  app_context.uc_stack.ss_sp = eg_stack_limit;
  app_context.uc_stack.ss_size = EG_HOST_STACK_BYTES;
  app_context.uc_link = &program_context;
  makecontext(&app_context, eg_app_main, 0);
  swapcontext(&program_context, &app_context);
  return 0;
}
