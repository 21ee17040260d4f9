/* DEPTHWISE_CONV_2D in int8 for Armv6-M: one channel after the other, from a plane of its own. */
#ifndef EG_DEPTHWISE_CONV_2D_S8_ARMV6M_H
#define EG_DEPTHWISE_CONV_2D_S8_ARMV6M_H

#include "eg_requantize_armv6m.h"

/* Outputs are computed along lines: rows, or columns where those are longer. Steps are distances in bytes. */
typedef struct {
  int32_t input_lines; /* as many as are copied */
  int32_t input_count; /* of a line, as many as are copied */
  int32_t input_line_step;
  int32_t input_step;
  int32_t input_c;
  int32_t multiplier;  /* output channels for each input channel */
  int32_t plane_bytes; /* what all windows together cover */
  int32_t plane_pitch; /* from line to line */
  int32_t plane_start; /* where the input lies in it */
  int32_t zero_point;  /* of the input: what padding reads as */
  int32_t filter_lines;
  int32_t filter_count;
  int32_t filter_line_step; /* in the plane, dilation included */
  int32_t filter_step;
  int32_t output_lines;
  int32_t output_count;
  int32_t output_line_step;
  int32_t output_step;
  int32_t line_stride; /* in the plane, from one line of outputs to the next */
  int32_t stride;      /* in the plane, from one output to the next */
  eg_activation_armv6m activation;
} eg_depthwise_conv_2d_armv6m_params;

/* Copies a channel of the input into its plane, as 128 + value, unsigned. */
void eg_copy_plane_armv6m(const eg_depthwise_conv_2d_armv6m_params* p, const int8_t* input, uint8_t* plane);

/* One batch. Each channel is copied, with its padding, to a plane before its outputs are written, so that they may lie
 * over the input, at the same address, where `multiplier` is 1.
 * weights: [output channels][filter_lines][filter_count]; the bias in `quant` is for inputs 128 larger.
 * scratch: plane_bytes. */
void eg_depthwise_conv_2d_s8_armv6m(const eg_depthwise_conv_2d_armv6m_params* p, const int8_t* input,
                                    const int8_t* weights, const eg_quant_armv6m* quant, int8_t* output, void* scratch);

/* The same for 3x3 without dilation, outputs of a line one or two inputs apart. scratch: plane_bytes, and 8 more. */
void eg_depthwise_3x3_relu_s8_armv6m(const eg_depthwise_conv_2d_armv6m_params* p, const int8_t* input,
                                     const int8_t* weights, const eg_relu_quant_armv6m* quant, int8_t* output,
                                     void* scratch);

/* Some output lines as a layer of their own, and where its input and output begin, in bytes. */
typedef struct {
  eg_depthwise_conv_2d_armv6m_params params;
  int32_t input_start;
  int32_t output_start;
} eg_depthwise_strip_armv6m;

/* The same, one of `count` strips after the other, with `multiplier` 1. scratch: what the largest strip takes. */
void eg_depthwise_3x3_strips_s8_armv6m(const eg_depthwise_strip_armv6m* strips, int32_t count, const int8_t* input,
                                       const int8_t* weights, const eg_relu_quant_armv6m* quant, int8_t* output,
                                       void* scratch);

/* All lines of one channel with a 3x3 window; the assembly knows the order of the fields. */
typedef struct {
  int32_t weights[9];
  eg_relu_quant_armv6m quant;
  const uint8_t* from;
  int32_t line_stride;
  int8_t* output;
  int32_t output_line_step;
  int32_t lines;
  int32_t count; /* outputs of a line */
  int32_t pitch;
  int32_t advance; /* 4 * stride - 2 * pitch */
  int32_t output_step;
  int32_t spare;
} eg_lines_3x3_armv6m;

/* For outputs one and two values apart. Reads up to three windows beyond a line's last. */
void eg_lines_3x3_stride_1_armv6m(const eg_lines_3x3_armv6m* lines);
void eg_lines_3x3_stride_2_armv6m(const eg_lines_3x3_armv6m* lines);

#endif
