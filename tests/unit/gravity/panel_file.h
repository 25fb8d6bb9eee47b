/** @file panel_file.h Small generated panels, as arrays and as a CSV file beside the test. */
#ifndef TEST_PANEL_FILE_H
#define TEST_PANEL_FILE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct rng {
    unsigned long long state;
} rng;

static inline double uniform(rng *g)
{
    g->state = g->state * 6364136223846793005u + 1442695040888963407u;
    return (double)(g->state >> 11) * 0x1p-53;
}

static inline double normal(rng *g)
{
    double u = uniform(g), v = uniform(g);
    return sqrt(-2 * log(u + 1e-300)) * cos(6.283185307179586 * v);
}

/** A file of its own in the folder of the test; remove() it. */
static inline FILE *open_panel(char *path, size_t size)
{
    (void)snprintf(path, size, "panel-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 ? NULL : fdopen(fd, "w");
}

/** Write text to a new file. */
static inline void write_panel(char *path, size_t size, const char *text)
{
    FILE *f = open_panel(path, size);
    fputs(text, f);
    fclose(f);
}

#endif
