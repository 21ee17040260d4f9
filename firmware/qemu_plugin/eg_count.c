/* QEMU TCG plugin: counts the instructions that a firmware executes between eg_marker_begin and eg_marker_end.
 *
 * Runs inside QEMU on the host, never on a device. Arguments: in=FILE, what to look for, one line each, addresses in
 * hexadecimal:
 *   begin START END      the marker function that opens an inference; its own instructions don't count
 *   end START END        the marker function that closes it; likewise
 *   layer INDEX START    from here on, instructions belong to this layer
 *   exclude START END    code that stands in for hardware the simulator lacks; doesn't count
 *   restart START        an exception vector that returns to the instruction that raised it (Xtensa's register
 *                        windows): that instruction runs twice and counts once
 *   cache CODE DATA START END LINE SETS WAYS   a cache in front of these addresses, for instructions (CODE 1), for data
 *                        (DATA 1), or both; LINE in bytes. Only with one for data is every access to memory watched.
 * and out=FILE, a JSON document that is replaced at every end marker:
 *   {"inferences": [{"instructions": N, "layers": [N, ...]}, ...],
 *    "blocks": [[pc, instructions, bytes, executions, fall_throughs, [[layer, executions, fall_throughs], ...]], ...],
 *    "caches": [[[accesses, misses], ...], ...]}
 * where the blocks are those of the last inference, in order of pc, in all and for each layer that ran them (-1: before
 * the first). A block's instructions are executed from the first to the last; one that was left early by an exception
 * is listed with the part that ran. A cache's accesses are those of the last inference, before the first layer, then
 * per layer; of a run of instructions in one line, the first alone is an access. It replaces the line unused for
 * longest.
 *
 * Every instruction is watched, since any of them can end its block early; the rest of the counting is done once a
 * block, when it is left, that is when the next one is entered.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* QEMU's plugin interface, whose header Debian does not package. EG_PLUGIN_API is QEMU's version of it. */
typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
typedef void (*qemu_plugin_vcpu_tb_trans_cb_t)(qemu_plugin_id_t, struct qemu_plugin_tb*);
typedef void (*qemu_plugin_vcpu_udata_cb_t)(unsigned int, void*);
extern void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, qemu_plugin_vcpu_tb_trans_cb_t);
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb*, qemu_plugin_vcpu_udata_cb_t,
                                                 enum qemu_plugin_cb_flags, void*);
extern void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn*, qemu_plugin_vcpu_udata_cb_t,
                                                   enum qemu_plugin_cb_flags, void*);
typedef uint32_t qemu_plugin_meminfo_t;
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_RW = 3 };
typedef void (*qemu_plugin_vcpu_mem_cb_t)(unsigned int, qemu_plugin_meminfo_t, uint64_t, void*);
extern void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn*, qemu_plugin_vcpu_mem_cb_t,
                                             enum qemu_plugin_cb_flags, enum qemu_plugin_mem_rw, void*);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb*);
extern uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb*);
extern struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb*, size_t);
extern size_t qemu_plugin_insn_size(const struct qemu_plugin_insn*);
__attribute__((visibility("default"))) int qemu_plugin_version = EG_PLUGIN_API;
__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t, const void*, int, char**);

enum { BUCKETS = 1 << 14 };

typedef enum { CODE, BEGIN, END, UNCOUNTED } role_t;

typedef struct {
  uint64_t executions, fall_throughs;
} tally_t;

typedef struct block {
  struct block *next_in_bucket, *next;
  uint64_t pc;
  tally_t all, *layers; /* `layers` from the one before the first on */
  uint32_t instructions, bytes;
  uint16_t* ends; /* bytes from pc to the end of each instruction */
  role_t role;
  bool restarts;
  int32_t layer; /* -1: not the start of a layer */
} block_t;

typedef struct {
  uint64_t start, end;
  role_t role;
} range_t;

typedef struct {
  uint64_t total, *layers;
} inference_t;

typedef struct {
  uint32_t code, data, line, sets, ways;
  uint64_t start, end;
  uint64_t* tags;         /* [sets][ways], the most recently used first; 0 is empty, else the line's number + 1 */
  uint64_t (*tallies)[2]; /* accesses and misses, as a block's `layers` */
} cache_t;

static block_t *buckets[BUCKETS], *all_blocks;
static uint32_t block_count;
static range_t* ranges;
static uint32_t range_count;
static uint64_t *layer_starts, *restarts;
static uint32_t layer_count, restart_count;
static inference_t* inferences;
static uint32_t inference_count;
static cache_t* caches;
static uint32_t cache_count;
static bool data_caches;
static char *out_path, *part_path;
static bool counting;
static block_t* previous;  /* the block being executed, if it counts */
static uint32_t attempted; /* instructions begun in it */
static int32_t layer;

static void* grow(void* old, size_t count, size_t size) {
  void* memory = realloc(old, count * size);
  if (memory == NULL) {
    fputs("eg_count: out of memory\n", stderr);
    abort();
  }
  return memory;
}

static block_t* find_block(uint64_t pc, uint32_t instructions, const uint16_t* ends) {
  block_t** bucket = &buckets[(pc >> 1 ^ pc >> 15) % BUCKETS];
  for (block_t* b = *bucket; b != NULL; b = b->next_in_bucket) {
    if (b->pc == pc && b->instructions == instructions && b->bytes == ends[instructions - 1]) return b;
  }
  block_t* b = grow(NULL, 1, sizeof *b);
  *b = (block_t){.next_in_bucket = *bucket, .next = all_blocks, .pc = pc, .layer = -1};
  b->instructions = instructions;
  b->bytes = ends[instructions - 1];
  b->ends = grow(NULL, instructions, sizeof *ends);
  memcpy(b->ends, ends, instructions * sizeof *ends);
  b->layers = calloc(layer_count + 1, sizeof *b->layers);
  if (b->layers == NULL) abort();
  for (uint32_t i = 0; i < range_count; ++i) {
    if (pc == ranges[i].start && ranges[i].role != UNCOUNTED) {
      b->role = ranges[i].role;
    } else if (pc >= ranges[i].start && pc < ranges[i].end) {
      b->role = UNCOUNTED;
    }
  }
  for (uint32_t i = 0; i < layer_count; ++i) {
    if (pc == layer_starts[i]) b->layer = (int32_t)i;
  }
  for (uint32_t i = 0; i < restart_count; ++i) b->restarts |= pc == restarts[i];
  *bucket = all_blocks = b;
  ++block_count;
  return b;
}

static int compare_blocks(const void* left, const void* right) {
  const block_t *a = *(block_t* const*)left, *b = *(block_t* const*)right;
  if (a->pc != b->pc) return a->pc < b->pc ? -1 : 1;
  return a->instructions < b->instructions ? -1 : a->instructions > b->instructions;
}

static void write_result(void) {
  FILE* out = fopen(part_path, "w");
  if (out == NULL) {
    perror("eg_count");
    return;
  }
  fputs("{\"inferences\": [", out);
  for (uint32_t i = 0; i < inference_count; ++i) {
    fprintf(out, "%s\n{\"instructions\": %" PRIu64 ", \"layers\": [", i ? "," : "", inferences[i].total);
    for (uint32_t k = 0; k < layer_count; ++k) fprintf(out, "%s%" PRIu64, k ? ", " : "", inferences[i].layers[k]);
    fputs("]}", out);
  }
  fputs("],\n\"blocks\": [", out);
  block_t** sorted = grow(NULL, block_count + 1, sizeof *sorted);
  uint32_t used = 0;
  for (block_t* b = all_blocks; b != NULL; b = b->next) {
    if (b->all.executions > 0) sorted[used++] = b;
  }
  qsort(sorted, used, sizeof *sorted, compare_blocks);
  for (uint32_t i = 0; i < used; ++i) {
    const block_t* b = sorted[i];
    fprintf(out, "%s\n[%" PRIu64 ", %" PRIu32 ", %" PRIu32 ", %" PRIu64 ", %" PRIu64 ", [", i ? "," : "", b->pc,
            b->instructions, b->bytes, b->all.executions, b->all.fall_throughs);
    const char* comma = "";
    for (uint32_t k = 0; k <= layer_count; ++k) {
      if (b->layers[k].executions == 0) continue;
      fprintf(out, "%s[%" PRId32 ", %" PRIu64 ", %" PRIu64 "]", comma, (int32_t)k - 1, b->layers[k].executions,
              b->layers[k].fall_throughs);
      comma = ", ";
    }
    fputs("]]", out);
  }
  free(sorted);
  fputs("],\n\"caches\": [", out);
  for (uint32_t i = 0; i < cache_count; ++i) {
    for (uint32_t k = 0; k <= layer_count; ++k) {
      fprintf(out, "%s[%" PRIu64 ", %" PRIu64 "]",
              k   ? ", "
              : i ? ", ["
                  : "[",
              caches[i].tallies[k][0], caches[i].tallies[k][1]);
    }
    fputs("]", out);
  }
  fputs("]}\n", out);
  /* A reader never sees half a file. */
  if (fclose(out) != 0 || rename(part_path, out_path) != 0) perror("eg_count");
}

static void leave_previous(const block_t* next) {
  const uint32_t ran = next->restarts && attempted > 0 ? attempted - 1 : attempted;
  if (ran > 0) {
    block_t* b = previous;
    if (ran != b->instructions) b = find_block(b->pc, ran, b->ends);
    tally_t* own = &b->layers[layer + 1];
    ++b->all.executions;
    ++own->executions;
    if (next->pc == b->pc + b->bytes) ++b->all.fall_throughs, ++own->fall_throughs;
    inference_t* inference = &inferences[inference_count - 1];
    inference->total += ran;
    if (layer >= 0) inference->layers[layer] += ran;
  }
  previous = NULL;
}

static void begin_inference(void) {
  if (!counting) {
    inferences = grow(inferences, inference_count + 1, sizeof *inferences);
    inferences[inference_count++].layers = grow(NULL, layer_count + 1, sizeof(uint64_t));
  }
  inferences[inference_count - 1].total = 0;
  memset(inferences[inference_count - 1].layers, 0, layer_count * sizeof(uint64_t));
  for (block_t* b = all_blocks; b != NULL; b = b->next) {
    b->all = (tally_t){0};
    memset(b->layers, 0, (layer_count + 1) * sizeof *b->layers);
  }
  for (uint32_t i = 0; i < cache_count; ++i) memset(caches[i].tallies, 0, (layer_count + 1) * sizeof *caches->tallies);
  counting = true;
  layer = -1;
}

static void use_cache(cache_t* cache, uint64_t address) {
  if (address < cache->start || address >= cache->end) return;
  const uint64_t line = address / cache->line;
  uint64_t* set = cache->tags + line % cache->sets * cache->ways;
  uint64_t* tally = cache->tallies[layer + 1];
  uint32_t way = 0;
  ++tally[0];
  while (way < cache->ways && set[way] != line + 1) ++way;
  if (way == cache->ways) {
    ++tally[1];
    --way;
  }
  memmove(set + 1, set, way * sizeof *set);
  set[0] = line + 1;
}

static void fetch(const block_t* b) {
  for (uint32_t i = 0; i < cache_count; ++i) {
    if (!caches[i].code) continue;
    const uint64_t line = caches[i].line;
    for (uint64_t at = b->pc / line * line; at < b->pc + b->bytes; at += line)
      use_cache(&caches[i], at < b->pc ? b->pc : at);
  }
}

static void memory_used(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address, void* data) {
  (void)cpu;
  (void)info;
  (void)data;
  if (previous == NULL) return;
  for (uint32_t i = 0; i < cache_count; ++i) {
    if (caches[i].data) use_cache(&caches[i], address);
  }
}

static void block_entered(unsigned int cpu, void* data) {
  block_t* b = data;
  (void)cpu;
  if (previous != NULL) leave_previous(b);
  if (b->role == BEGIN) {
    begin_inference();
  } else if (b->role == END) {
    if (counting) write_result();
    counting = false;
  } else if (counting && b->role == CODE) {
    if (b->layer >= 0) layer = b->layer;
    fetch(b);
    previous = b;
    attempted = 0;
  }
}

static void instruction_begun(unsigned int cpu, void* data) {
  (void)cpu;
  (void)data;
  ++attempted;
}

static void block_translated(qemu_plugin_id_t id, struct qemu_plugin_tb* tb) {
  const size_t count = qemu_plugin_tb_n_insns(tb);
  uint16_t* ends = grow(NULL, count + 1, sizeof *ends);
  uint16_t bytes = 0;
  (void)id;
  for (size_t i = 0; i < count; ++i) {
    struct qemu_plugin_insn* instruction = qemu_plugin_tb_get_insn(tb, i);
    bytes = (uint16_t)(bytes + qemu_plugin_insn_size(instruction));
    ends[i] = bytes;
    qemu_plugin_register_vcpu_insn_exec_cb(instruction, instruction_begun, QEMU_PLUGIN_CB_NO_REGS, NULL);
    if (data_caches) {
      /* QEMU 7.2 tells of no read where reads alone are asked for. Nothing writes to flash, which the caches serve. */
      qemu_plugin_register_vcpu_mem_cb(instruction, memory_used, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
    }
  }
  /* A block without instructions (an illegal address) faults at once and has nothing to count. */
  if (count > 0) {
    block_t* b = find_block(qemu_plugin_tb_vaddr(tb), (uint32_t)count, ends);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, block_entered, QEMU_PLUGIN_CB_NO_REGS, b);
  }
  free(ends);
}

static void add_range(role_t role, uint64_t start, uint64_t end) {
  ranges = grow(ranges, range_count + 1, sizeof *ranges);
  ranges[range_count++] = (range_t){start, end, role};
}

static void add_cache(cache_t cache) {
  caches = grow(caches, cache_count + 1, sizeof *caches);
  cache.tags = calloc((size_t)cache.sets * cache.ways, sizeof *cache.tags);
  if (cache.tags == NULL) abort();
  data_caches |= cache.data != 0;
  caches[cache_count++] = cache;
}

static int read_symbols(const char* path) {
  FILE* in = fopen(path, "r");
  if (in == NULL) {
    perror("eg_count");
    return -1;
  }
  char line[128];
  uint64_t a, b;
  while (fgets(line, sizeof line, in) != NULL) {
    uint32_t index;
    cache_t c = {0};
    if (sscanf(line, "begin %" SCNx64 " %" SCNx64, &a, &b) == 2) {
      add_range(BEGIN, a, b);
    } else if (sscanf(line, "end %" SCNx64 " %" SCNx64, &a, &b) == 2) {
      add_range(END, a, b);
    } else if (sscanf(line, "exclude %" SCNx64 " %" SCNx64, &a, &b) == 2) {
      add_range(UNCOUNTED, a, b);
    } else if (sscanf(line, "layer %" SCNu32 " %" SCNx64, &index, &a) == 2 && index == layer_count) {
      layer_starts = grow(layer_starts, layer_count + 1, sizeof *layer_starts);
      layer_starts[layer_count++] = a;
    } else if (sscanf(line, "cache %" SCNu32 " %" SCNu32 " %" SCNx64 " %" SCNx64 " %" SCNu32 " %" SCNu32 " %" SCNu32,
                      &c.code, &c.data, &c.start, &c.end, &c.line, &c.sets, &c.ways) == 7 &&
               c.line && c.sets && c.ways) {
      add_cache(c);
    } else if (sscanf(line, "restart %" SCNx64, &a) == 1) {
      restarts = grow(restarts, restart_count + 1, sizeof *restarts);
      restarts[restart_count++] = a;
    } else {
      fprintf(stderr, "eg_count: %s: unexpected line: %s", path, line);
      fclose(in);
      return -1;
    }
  }
  fclose(in);
  for (uint32_t i = 0; i < cache_count; ++i) {
    caches[i].tallies = calloc(layer_count + 1, sizeof *caches[i].tallies);
    if (caches[i].tallies == NULL) abort();
  }
  return 0;
}

int qemu_plugin_install(qemu_plugin_id_t id, const void* info, int argc, char** argv) {
  const char* in_path = NULL;
  (void)info;
  for (int i = 0; i < argc; ++i) {
    if (strncmp(argv[i], "in=", 3) == 0) in_path = argv[i] + 3;
    if (strncmp(argv[i], "out=", 4) == 0) {
      const size_t length = strlen(argv[i] + 4);
      out_path = grow(out_path, length + 1, 1);
      memcpy(out_path, argv[i] + 4, length + 1);
      part_path = grow(part_path, length + 6, 1);
      snprintf(part_path, length + 6, "%s.part", out_path);
    }
  }
  if (in_path == NULL || out_path == NULL) {
    fputs("eg_count: needs in=FILE and out=FILE\n", stderr);
    return -1;
  }
  if (read_symbols(in_path) != 0) return -1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
  return 0;
}
