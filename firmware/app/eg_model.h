/* The one model of a firmware, as the application sees it; the definition is generated. */
#ifndef EG_MODEL_H
#define EG_MODEL_H

#include <stdint.h>

typedef struct {
  void* data;
  uint32_t bytes;
} eg_tensor;

typedef struct {
  const char* name;
  const char* sha256; /* of the .tflite file, 64 hex digits */
  void (*init)(void); /* once after boot */
  void (*reset)(void);
  void (*invoke)(void);
  const eg_tensor* inputs;
  uint32_t input_count;
  const eg_tensor* outputs;
  uint32_t output_count;
  void (*const* layers)(void); /* invoke() is these in order */
  uint32_t layer_count;
  const eg_tensor* arenas; /* the arena, or its parts */
  uint32_t arena_count;
  uint32_t arena_bytes;
} eg_model;

extern const eg_model eg_the_model;

#endif
