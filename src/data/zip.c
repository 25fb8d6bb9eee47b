#include "data/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/mem.h"

#define BLOCK_BYTES ((size_t)1 << 17)
#define RATIO_MAX 500
#define RATIO_FREE_BYTES ((int64_t)1 << 26) /* small members may be as dense as they like */

struct autki_zip {
    struct archive *archive;
    char *path, *name; /* name: "archive.zip/member" */
    const char *member;
    int64_t unpacked;
};

bool autki_is_zip(const char *path)
{
    char head[4] = "";
    struct stat info;
    /* What is read of a pipe is gone; a zip is read twice, so it must be a file. */
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return false;
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return false;
    size_t got = fread(head, 1, sizeof head, f);
    (void)fclose(f);
    return got == 4 && memcmp(head, "PK\3\4", 4) == 0;
}

static autk_status failed(const autki_zip *zip, autk_err *err)
{
    const char *why = archive_error_string(zip->archive);
    return autki_fail_at(err, AUTK_EIO, zip->name != NULL ? zip->name : zip->path, 0, 0,
                         "cannot be read: %s", why != NULL ? why : "damaged");
}

autk_status autki_zip_open(autki_zip **out, const char *path, autk_err *err)
{
    autki_zip *zip = autki_calloc(1, sizeof *zip);
    char *copy = autki_strdup(path);
    struct archive *archive = archive_read_new();
    if (zip == NULL || copy == NULL || archive == NULL) {
        free(zip);
        free(copy);
        if (archive != NULL)
            archive_read_free(archive);
        return autki_no_memory(err, sizeof *zip);
    }
    zip->archive = archive;
    zip->path = copy;
    archive_read_support_format_zip(archive);
    if (archive_read_open_filename(archive, path, BLOCK_BYTES) != ARCHIVE_OK) {
        autk_status st = failed(zip, err);
        autki_zip_free(zip);
        return st;
    }
    *out = zip;
    return AUTK_OK;
}

void autki_zip_free(autki_zip *zip)
{
    if (zip == NULL)
        return;
    archive_read_free(zip->archive);
    free(zip->path);
    free(zip->name);
    free(zip);
}

autk_status autki_zip_next(autki_zip *zip, const char **name, int64_t *size, autk_err *err)
{
    struct archive_entry *entry;
    zip->unpacked = 0;
    for (;;) {
        int code = archive_read_next_header(zip->archive, &entry);
        if (code == ARCHIVE_EOF) {
            *name = NULL;
            *size = -1;
            return AUTK_OK;
        }
        if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
            return failed(zip, err);
        const char *member = archive_entry_pathname(entry);
        if (member == NULL || archive_entry_filetype(entry) == AE_IFDIR)
            continue;
        size_t len = strlen(zip->path) + strlen(member) + 2;
        char *full = autki_malloc(len, 1);
        if (full == NULL)
            return autki_no_memory(err, len);
        (void)snprintf(full, len, "%s/%s", zip->path, member);
        free(zip->name);
        zip->name = full;
        zip->member = full + strlen(zip->path) + 1;
        *name = zip->member;
        *size = archive_entry_size_is_set(entry) ? (int64_t)archive_entry_size(entry) : -1;
        return AUTK_OK;
    }
}

static autk_status read_member(void *user, char *bytes, size_t size, size_t *got, autk_err *err)
{
    autki_zip *zip = user;
    la_ssize_t n = archive_read_data(zip->archive, bytes, size);
    if (n < 0)
        return failed(zip, err);
    zip->unpacked += n;
    int64_t packed = archive_filter_bytes(zip->archive, -1) + 1;
    if (zip->unpacked > RATIO_FREE_BYTES && zip->unpacked / packed > RATIO_MAX)
        return autki_fail_at(err, AUTK_ELIMIT, zip->name, 0, 0,
                             "expected a member that unpacks to at most %d times its size, got "
                             "more: this is no table",
                             RATIO_MAX);
    *got = (size_t)n;
    return AUTK_OK;
}

autk_status autki_zip_input(autk_input **out, autki_zip *zip, autk_err *err)
{
    return autk_input_custom(out, zip->name, read_member, NULL, zip, err);
}
