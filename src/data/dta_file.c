#include "data/dta_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"

#define COPY_BYTES ((size_t)1 << 16)

static bool ends_with(const char *text, size_t len, const char *end)
{
    size_t n = strlen(end);
    return len > n && memcmp(text + len - n, end, n) == 0;
}

bool autki_is_dta_name(const char *name)
{
    static const char *const packed[] = {".gz", ".xz", ".zst", ".bz2"};
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof packed / sizeof *packed; i++) {
        if (ends_with(name, len, packed[i])) {
            len -= strlen(packed[i]);
            break;
        }
    }
    return ends_with(name, len, ".dta");
}

bool autki_is_dta(const char *head, size_t len)
{
    if (len >= 11 && memcmp(head, "<stata_dta>", 11) == 0)
        return true;
    return len >= 3 && head[0] >= 104 && head[0] <= 115 && (head[1] == 1 || head[1] == 2) &&
           head[2] == 1;
}

/* ------------------------------------------------------------------ files */

autk_status autki_temporary_file(FILE **out, const char *directory, autk_err *err)
{
    size_t len = strlen(directory) + 32;
    char *path = autki_malloc(len, 1);
    if (path == NULL)
        return autki_no_memory(err, len);
    (void)snprintf(path, len, "%s/.autarky-import-XXXXXX", directory);
    int fd = mkstemp(path);
    if (fd >= 0)
        (void)unlink(path);
    free(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w+b") : NULL;
    if (file == NULL) {
        autk_status st = autki_fail_at(err, AUTK_EIO, directory, 0, 0,
                                       "a temporary file cannot be made: %s", strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return st;
    }
    *out = file;
    return AUTK_OK;
}

static FILE *open_plain(const char *path)
{
    char head[16];
    FILE *file = path != NULL ? fopen(path, "rb") : NULL;
    if (file == NULL)
        return NULL;
    size_t got = fread(head, 1, sizeof head, file);
    if (autki_is_dta(head, got))
        return file;
    (void)fclose(file);
    return NULL;
}

static autk_status copy(FILE *file, autk_input *input, const char *directory, autk_err *err)
{
    char *bytes = autki_malloc(COPY_BYTES, 1);
    if (bytes == NULL)
        return autki_no_memory(err, COPY_BYTES);
    size_t got = COPY_BYTES;
    autk_status st = AUTK_OK;
    while (st == AUTK_OK && got == COPY_BYTES) {
        st = autk_input_read(input, bytes, COPY_BYTES, &got, err);
        if (st == AUTK_OK && fwrite(bytes, 1, got, file) != got)
            st = autki_fail_at(err, AUTK_EIO, directory, 0, 0,
                               "a temporary file cannot be written: %s", strerror(errno));
    }
    if (st == AUTK_OK && fflush(file) != 0)
        st = autki_fail_at(err, AUTK_EIO, directory, 0, 0, "a temporary file cannot be written: %s",
                           strerror(errno));
    free(bytes);
    return st;
}

autk_status autki_dta_open(FILE **out, const char *path, autk_input *input, const char *directory,
                           autk_err *err)
{
    FILE *file = open_plain(path);
    autk_status st = AUTK_OK;
    if (file == NULL) {
        st = autki_temporary_file(&file, directory, err);
        if (st == AUTK_OK && (st = copy(file, input, directory, err)) != AUTK_OK)
            (void)fclose(file);
    }
    if (st == AUTK_OK)
        *out = file;
    return st;
}

/* ------------------------------------------------------------------ ReadStat */

static int begin(const char *path, void *ctx)
{
    (void)path;
    rewind(ctx);
    return 0;
}

static int end(void *ctx)
{
    (void)ctx; /* the caller closes it */
    return 0;
}

static readstat_off_t seek(readstat_off_t offset, readstat_io_flags_t whence, void *ctx)
{
    FILE *file = ctx;
    int from = whence == READSTAT_SEEK_SET   ? SEEK_SET
               : whence == READSTAT_SEEK_CUR ? SEEK_CUR
                                             : SEEK_END;
    return fseeko(file, offset, from) == 0 ? ftello(file) : -1;
}

static ssize_t read_bytes(void *to, size_t size, void *ctx)
{
    FILE *file = ctx;
    size_t got = fread(to, 1, size, file);
    return got == 0 && ferror(file) ? -1 : (ssize_t)got;
}

static readstat_error_t tell_nobody(long size, readstat_progress_handler progress, void *user,
                                    void *ctx)
{
    (void)size;
    (void)progress;
    (void)user;
    (void)ctx;
    return READSTAT_OK;
}

/* ReadStat would print it; the code that it returns says the same. */
static void be_silent(const char *message, void *ctx)
{
    (void)message;
    (void)ctx;
}

readstat_parser_t *autki_dta_parser(FILE *file)
{
    readstat_parser_t *parser = readstat_parser_init();
    if (parser == NULL)
        return NULL;
    readstat_set_error_handler(parser, be_silent);
    readstat_set_open_handler(parser, begin);
    readstat_set_close_handler(parser, end);
    readstat_set_seek_handler(parser, seek);
    readstat_set_read_handler(parser, read_bytes);
    readstat_set_update_handler(parser, tell_nobody);
    readstat_set_io_ctx(parser, file);
    return parser;
}

const char *autki_dta_name(const readstat_variable_t *variable)
{
    const char *name = readstat_variable_get_name(variable);
    return name != NULL ? name : "";
}

autk_status autki_dta_failed(readstat_error_t code, const char *name, autk_err *err)
{
    autk_status st = code == READSTAT_ERROR_MALLOC ? AUTK_ENOMEM
                     : code == READSTAT_ERROR_OPEN ? AUTK_EIO
                                                   : AUTK_EPARSE;
    return autki_fail_at(err, st, name, 0, 0, "expected a Stata file: %s",
                         readstat_error_message(code));
}
