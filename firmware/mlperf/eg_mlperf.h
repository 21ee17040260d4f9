/* The serial protocol of MLPerf Tiny, for firmware that was built for one of its benchmarks. */
#ifndef EG_MLPERF_H
#define EG_MLPERF_H

/* What its runner waits for after a reset. */
void eg_mlperf_start(void);
/* Serves one command, without its '%'. What it doesn't know is answered, too. */
void eg_mlperf_serve(const char* text);

#endif
