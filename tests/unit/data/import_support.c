#include "import_support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

static char directory[64];

const char *scratch_path(const char *name)
{
    static char paths[8][256];
    static unsigned turn;
    if (directory[0] == '\0') {
        /* In memory where that is to be had: SQLite waits for the disk at every commit. */
        (void)snprintf(directory, sizeof directory, "%s/autarky-test-XXXXXX",
                       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        assert_non_null(mkdtemp(directory));
    }
    char *path = paths[turn++ % 8];
    (void)snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    (void)unlink(path);
    return path;
}

void scratch_remove(void)
{
    DIR *d = directory[0] != '\0' ? opendir(directory) : NULL;
    if (d == NULL)
        return;
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
        (void)unlink(path);
    }
    closedir(d);
    (void)rmdir(directory);
    directory[0] = '\0';
}

autk_status import_text(const char *into, const char *name, const char *text,
                        const autk_import_opts *opts, autk_import_report *report, autk_err *err)
{
    autk_input *input = NULL;
    autk_status st = autk_input_memory(&input, name, text, strlen(text), err);
    if (st == AUTK_OK)
        st = autk_import_input(into, input, opts, report, err);
    autk_input_free(input);
    return st;
}

static autk_status append(void *user, const char *bytes, size_t size, autk_err *err)
{
    (void)err;
    autk_buf_add(user, bytes, size);
    return AUTK_OK;
}

char *dataset_text(const char *path)
{
    autk_dataset *d = NULL;
    autk_buf text;
    char *out = NULL;
    autk_buf_init(&text);
    if (autk_dataset_open(&d, path, NULL) == AUTK_OK &&
        autk_dataset_export(d, NULL, append, &text, NULL) == AUTK_OK && text.len != 0) {
        const char *body = strchr(autk_buf_text(&text), '\n') + 1;
        out = calloc(1, strlen(body) + 1);
        char *to = out;
        /* The last fields are left out: valuation, classification, source. */
        for (const char *line = body; out != NULL && *line != '\0';) {
            const char *stop = strchr(line, '\n'), *comma = stop;
            for (int left = 3; left > 0; left -= *comma == ',')
                comma--;
            memcpy(to, line, (size_t)(comma - line));
            to += comma - line;
            *to++ = '\n';
            line = stop + 1;
        }
    }
    autk_buf_deinit(&text);
    autk_dataset_close(d);
    return out;
}
