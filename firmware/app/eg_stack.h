/* The stack's high-water mark: paint it early, look later how far the paint is gone. */
#ifndef EG_STACK_H
#define EG_STACK_H

#include <stdint.h>

/* Paints the stack from its limit to just below the caller. */
void eg_stack_paint(void);
/* Bytes reserved for the stack. */
uint32_t eg_stack_bytes(void);
/* The most bytes the stack has held since it was painted. Equal to eg_stack_bytes() means it ran over. */
uint32_t eg_stack_used_bytes(void);

#endif
