#ifndef EG_WALK_H
#define EG_WALK_H

#include "eg_common.h"

enum { EG_WALK_RANK = 6, EG_WALK_ARRAYS = 3 };

/* The order in which up to three arrays are read: rows of `size` elements, `step` apart in each array (0 repeats the
 * element), inside `rank` loops. What a walk writes lies row after row.
 * `loops` holds four numbers a loop, the outermost loop first: its count, and by how many elements each array moves. */
typedef struct {
  int32_t size;
  int32_t step[EG_WALK_ARRAYS];
  int32_t rank;
  const int32_t* loops; /* null where rank is 0 */
} eg_walk;

/* Where a walk is: start it with {{0}, {0}}; `offset` is that of the row's first element in each array. */
typedef struct {
  int32_t offset[EG_WALK_ARRAYS];
  int32_t index[EG_WALK_RANK];
} eg_walk_position;

/* Moves to the next row; false after the last one. */
EG_INLINE bool eg_walk_next(const eg_walk* walk, eg_walk_position* at) {
  for (int32_t i = walk->rank - 1; i >= 0; --i) {
    const int32_t* loop = walk->loops + i * (1 + EG_WALK_ARRAYS);
    const bool more = ++at->index[i] < loop[0];
    const int32_t moves = more ? 1 : 1 - loop[0];
    for (int a = 0; a < EG_WALK_ARRAYS; ++a) at->offset[a] += moves * loop[1 + a];
    if (more) return true;
    at->index[i] = 0;
  }
  return false;
}

/* Runs the last argument, a statement, for each pair of elements of a walk over two arrays; it sees them as *a and *b.
 * Size and steps are copied: the compiler can't tell that what the statement writes is not the walk. */
#define EG_WALK_PAIRS(walk, type, input1, input2, ...)                \
  do {                                                                \
    const int32_t size_ = (walk)->size;                               \
    const int32_t step1_ = (walk)->step[0], step2_ = (walk)->step[1]; \
    eg_walk_position at_ = {{0}, {0}};                                \
    do {                                                              \
      const type* a = (input1) + at_.offset[0];                       \
      const type* b = (input2) + at_.offset[1];                       \
      for (int32_t i_ = 0; i_ < size_; ++i_) {                        \
        __VA_ARGS__;                                                  \
        a += step1_;                                                  \
        b += step2_;                                                  \
      }                                                               \
    } while (eg_walk_next((walk), &at_));                             \
  } while (0)

#endif
