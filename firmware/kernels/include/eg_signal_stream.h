#ifndef EG_SIGNAL_STREAM_H
#define EG_SIGNAL_STREAM_H

#include "eg_common.h"

/* Samples that wait for their frame: a count of values, then the values, oldest first. Zeros make it empty. */
typedef struct {
  int32_t count;
  int16_t values[2]; /* as many as its owner has asked memory for */
} eg_sample_queue;

/* SignalDelay: rows of `length` samples come out `delay` samples later; `past` keeps [rows, delay]. */
void eg_signal_delay_s16(const int16_t* input, int32_t rows, int32_t length, int32_t delay, void* past,
                         int16_t* output);

/* SignalStacker: joins `stack` values of consecutive frames of `channels`, moving on by `step` values. The first frame
 * counts `left` times more. `*valid` says whether there was a whole stack; else `output` stays as it is. */
void eg_signal_stacker_s16(const int16_t* input, int32_t channels, int32_t left, int32_t stack, int32_t step,
                           void* queue, int16_t* output, bool* valid);

/* SignalFramer: input [rows, frames * step] -> output [rows, frames, size], overlapping frames. `queue` keeps a count
 * and [rows, size rounded up to whole steps]. `*valid` says whether every frame was whole; others stay as they are. */
void eg_signal_framer_s16(const int16_t* input, int32_t rows, int32_t frames, int32_t size, int32_t step, void* queue,
                          int16_t* output, bool* valid);

/* SignalOverlapAdd: input [rows, frames, size] -> output [rows, frames * step], sums of overlapping frames; `sums`
 * keeps [rows, size]. The int16 form saturates. */
void eg_signal_overlap_add_s16(const int16_t* input, int32_t rows, int32_t frames, int32_t size, int32_t step,
                               void* sums, int16_t* output);
void eg_signal_overlap_add_f32(const float* input, int32_t rows, int32_t frames, int32_t size, int32_t step, void* sums,
                               float* output);

#endif
