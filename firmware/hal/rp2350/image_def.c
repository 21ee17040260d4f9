/* What the RP2350's boot ROM looks for in the first 4 KB of flash (RP2350 data sheet, section 5.9): a block loop of one
 * block, which says that this is a program for the Arm cores in secure state. Its vector table is at the start of
 * flash, and the ROM has set the flash up for reads of four bits a clock when it enters it (section 5.2). */
#include <stdint.h>

__attribute__((section(".image_def"), used)) const uint32_t eg_image_def[5] = {
    0xFFFFDED3u,                                               /* start of a block */
    0x42u | (1u << 8) | ((1u | (2u << 4) | (1u << 12)) << 16), /* image type: one word; program, secure, RP2350 */
    0xFFu | (1u << 8),                                         /* last item: one word of items before it */
    0u,                                                        /* the next block: this one */
    0xAB123579u,                                               /* end of a block */
};
