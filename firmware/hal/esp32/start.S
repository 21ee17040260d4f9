/* The ROM loads this image to RAM and jumps to _start; the core has all of LX6's instructions. */
#include "eg_start.inc"
