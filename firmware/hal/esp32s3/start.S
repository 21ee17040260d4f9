/* The ROM loads this image to RAM and jumps to _start; LX7 has all of LX6's instructions that are used here. */
#include "eg_start.inc"
