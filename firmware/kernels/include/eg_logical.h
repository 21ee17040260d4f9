#ifndef EG_LOGICAL_H
#define EG_LOGICAL_H

#include "eg_walk.h"

/* LOGICAL_AND, LOGICAL_OR, LOGICAL_NOT. */
void eg_logical_and_bool(const eg_walk* walk, const bool* input1, const bool* input2, bool* output);
void eg_logical_or_bool(const eg_walk* walk, const bool* input1, const bool* input2, bool* output);
void eg_logical_not_bool(const bool* input, bool* output, int32_t count);

#endif
