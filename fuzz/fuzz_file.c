/* Property: no file makes the importer crash, hang or take much memory, whatever it is: an archive,
 * a compressed text, a Stata file, JSON. Inputs that do not begin as a zip are also packed into
 * one: the first byte is the length of the member's name, then the name, then its content, so that
 * checksums hold and hostile names and contents are tried. */
#include <archive.h>
#include <archive_entry.h>
#include <stdint.h>

#include <autarky/import.h>

#include "scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void import(const char *path)
{
    autk_import_opts opts = autk_import_opts_default();
    autk_import_report report;
    opts.check_only = true;
    opts.n_threads = 1;
    opts.skip_bad = 1000;
    opts.memory_rows = 100000;
    autk_status st = autk_import_files(NULL, &path, 1, &opts, &report, NULL);
    uint64_t told = report.n_stored + report.n_bad;
    for (int k = 0; k < AUTK_PASSED_COUNT; k++)
        told += report.n_passed[k];
    if (st == AUTK_OK && told != report.n_read)
        abort();
}

/* A stored member: the fuzzer sees its bytes, and libarchive puts the checksum. */
static size_t pack(char *room, size_t room_size, const uint8_t *bytes, size_t size)
{
    char name[256];
    size_t used = 0, n = size != 0 ? bytes[0] : 0;
    n = n < size ? n : size - 1;
    memcpy(name, bytes + 1, n);
    name[n] = '\0';
    struct archive *a = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    archive_write_set_format_zip(a);
    archive_write_zip_set_compression_store(a);
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)(size - 1 - n));
    bool good = archive_write_open_memory(a, room, room_size, &used) == ARCHIVE_OK &&
                archive_write_header(a, entry) == ARCHIVE_OK &&
                archive_write_data(a, bytes + 1 + n, size - 1 - n) >= 0;
    archive_entry_free(entry);
    good = archive_write_close(a) == ARCHIVE_OK && good;
    archive_write_free(a);
    return good ? used : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char room[1 << 18];
    if (size == 0 || size > sizeof room - 4096)
        return 0;
    import(scratch_write("", bytes, size));
    if (size > 4 && memcmp(bytes, "PK\3\4", 4) != 0) {
        size_t packed = pack(room, sizeof room, bytes, size);
        if (packed != 0)
            import(scratch_write("", room, packed));
    }
    return 0;
}
