#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit.h"

static const char *below(const char *variable, const char *relative)
{
    static char paths[4][1024];
    static unsigned next;
    const char *root = getenv(variable);
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s", root != NULL ? root : ".", relative);
    return path;
}

const char *shared_path(const char *relative)
{
    char data[512];
    (void)snprintf(data, sizeof data, "data/%s", relative);
    const char *path = below("AUTARKY_SHARED", data);
    return access(path, R_OK) == 0 ? path : NULL;
}

const char *project_path(const char *relative)
{
    return below("AUTARKY_ROOT", relative);
}

void skip_without_shared(const char *relative)
{
    if (shared_path(relative) != NULL)
        return;
    printf("SKIPPED: needs %s of the third-party data (AUTARKY_SHARED)\n", relative);
    exit(77);
}

const char *world_path(void)
{
    const char *path = getenv("AUTARKY_WORLD");
    return path != NULL ? path : "world.sqlite";
}
