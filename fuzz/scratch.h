/** @file scratch.h A file of this process that every input is written to anew. */
#ifndef FUZZ_SCRATCH_H
#define FUZZ_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Its path, with `end` behind it; made on first use, in memory where that is to be had, and removed
 * at exit. */
static char scratch_file_path[96];

static void scratch_remove_file(void)
{
    (void)unlink(scratch_file_path);
}

static const char *scratch_write(const char *end, const void *bytes, size_t size)
{
    if (scratch_file_path[0] == '\0') {
        (void)snprintf(scratch_file_path, sizeof scratch_file_path, "%s/autarky-fuzz-%ld%s",
                       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (long)getpid(), end);
        (void)atexit(scratch_remove_file);
    }
    FILE *file = fopen(scratch_file_path, "wb");
    bool good = file != NULL && fwrite(bytes, 1, size, file) == size;
    if (file == NULL || fclose(file) != 0 || !good)
        abort();
    return scratch_file_path;
}

#endif
