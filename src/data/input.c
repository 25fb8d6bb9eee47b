#include <autarky/input.h>

#include <archive.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/mem.h"

#define BLOCK_BYTES ((size_t)1 << 16)

struct autk_input {
    char *name;
    autk_read_fn read;
    void (*close)(void *user);
    void *user;
    bool ended;
};

typedef struct memory_source {
    const char *bytes;
    size_t size, at;
} memory_source;

autk_status autk_input_custom(autk_input **out, const char *name, autk_read_fn read,
                              void (*close)(void *user), void *user, autk_err *err)
{
    autk_input *input = autki_calloc(1, sizeof *input);
    char *copy = autki_strdup(name);
    if (input == NULL || copy == NULL) {
        free(input);
        free(copy);
        return autki_no_memory(err, sizeof *input);
    }
    *input = (autk_input){.name = copy, .read = read, .close = close, .user = user};
    *out = input;
    return AUTK_OK;
}

void autk_input_free(autk_input *input)
{
    if (input == NULL)
        return;
    if (input->close != NULL)
        input->close(input->user);
    free(input->name);
    free(input);
}

const char *autk_input_name(const autk_input *input)
{
    return input->name;
}

static autk_status read_memory(void *user, char *bytes, size_t size, size_t *got, autk_err *err)
{
    (void)err;
    memory_source *m = user;
    *got = size < m->size - m->at ? size : m->size - m->at;
    if (*got != 0)
        memcpy(bytes, m->bytes + m->at, *got);
    m->at += *got;
    return AUTK_OK;
}

autk_status autk_input_memory(autk_input **out, const char *name, const void *bytes, size_t size,
                              autk_err *err)
{
    memory_source *m = autki_calloc(1, sizeof *m);
    if (m == NULL)
        return autki_no_memory(err, sizeof *m);
    *m = (memory_source){.bytes = bytes, .size = size};
    autk_status st = autk_input_custom(out, name, read_memory, free, m, err);
    if (st != AUTK_OK)
        free(m);
    return st;
}

static autk_status read_archive(void *user, char *bytes, size_t size, size_t *got, autk_err *err)
{
    struct archive *a = user;
    la_ssize_t n = archive_read_data(a, bytes, size);
    if (n < 0) {
        const char *why = archive_error_string(a);
        return autki_fail(err, AUTK_EIO, "cannot be read: %s", why != NULL ? why : "damaged");
    }
    *got = (size_t)n;
    return AUTK_OK;
}

static void close_archive(void *user)
{
    (void)archive_read_free(user);
}

static autk_status open_failed(struct archive *a, const char *path, autk_err *err)
{
    const char *why = archive_error_string(a);
    autk_status st = autki_fail_at(err, AUTK_EIO, path, 0, 0, "cannot be opened: %s",
                                   why != NULL ? why : strerror(errno));
    archive_read_free(a);
    return st;
}

autk_status autk_input_open(autk_input **out, const char *path, autk_err *err)
{
    bool standard = strcmp(path, "-") == 0;
    struct stat info;
    if (!standard && stat(path, &info) != 0)
        return autki_fail_at(err, AUTK_EIO, path, 0, 0, "cannot be opened: %s", strerror(errno));
    if (!standard && S_ISDIR(info.st_mode))
        return autki_fail_at(err, AUTK_EIO, path, 0, 0, "expected a file, got a directory");
    struct archive *a = archive_read_new();
    if (a == NULL)
        return autki_no_memory(err, BLOCK_BYTES);
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_format_raw(a);
    archive_read_support_format_empty(a);
    struct archive_entry *entry;
    if (archive_read_open_filename(a, standard ? NULL : path, BLOCK_BYTES) != ARCHIVE_OK)
        return open_failed(a, path, err);
    int first = archive_read_next_header(a, &entry);
    if (first != ARCHIVE_OK && first != ARCHIVE_EOF)
        return open_failed(a, path, err);
    autk_status st = autk_input_custom(out, standard ? "standard input" : path, read_archive,
                                       close_archive, a, err);
    if (st != AUTK_OK) {
        archive_read_free(a);
        return st;
    }
    (*out)->ended = first == ARCHIVE_EOF;
    return AUTK_OK;
}

autk_status autk_input_read(autk_input *input, char *bytes, size_t size, size_t *got, autk_err *err)
{
    size_t have = 0;
    while (have < size && !input->ended) {
        size_t more = 0;
        autk_status st = input->read(input->user, bytes + have, size - have, &more, err);
        if (st != AUTK_OK) {
            input->ended = true;
            if (err != NULL && err->source[0] == '\0') {
                autk_err inner = *err;
                return autki_fail_at(err, st, input->name, 0, 0, "%s", inner.msg);
            }
            return st;
        }
        input->ended = more == 0;
        have += more;
    }
    *got = have;
    return AUTK_OK;
}

autk_status autk_input_slurp(char **bytes, size_t *size, autk_input *input, size_t ceiling,
                             autk_err *err)
{
    if (ceiling == 0)
        ceiling = (size_t)1 << 30;
    char *text = NULL;
    size_t capacity = 0, len = 0, got = 0;
    do {
        autk_status st = AUTK_OK;
        if (len + 1 >= capacity)
            st = autki_grow(&text, &capacity, len + BLOCK_BYTES, 1, ceiling + 2 * BLOCK_BYTES, err);
        if (st == AUTK_OK)
            st = autk_input_read(input, text + len, capacity - 1 - len, &got, err);
        if (st == AUTK_OK && len + got > ceiling)
            st = autki_fail_at(err, AUTK_ELIMIT, input->name, 0, 0,
                               "expected at most %zu bytes, got more", ceiling);
        if (st != AUTK_OK) {
            free(text);
            return st;
        }
        len += got;
    } while (got != 0);
    text[len] = '\0';
    *bytes = text;
    *size = len;
    return AUTK_OK;
}
