/* Property: no text makes the importer crash or hang, whatever format it is taken for; what it
 * accepts is counted: every row is stored, passed over or wrong. The first byte chooses options. */
#include "checks.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    autk_import_opts opts = autk_import_opts_default();
    if (size == 0)
        return 0;
    opts.check_only = true;
    opts.n_threads = 1;
    opts.latin1 = (bytes[0] & 1) != 0;
    opts.decimal = (bytes[0] & 2) != 0 ? ',' : '\0';
    opts.thousands = (bytes[0] & 4) != 0 ? '.' : '\0';
    opts.skip_bad = (bytes[0] & 8) != 0 ? 1000 : 0;
    opts.duplicates = (autk_duplicates)((bytes[0] >> 4) & 3);
    opts.map = (bytes[0] & 64) != 0 ? "year=a,exporter=b,importer=c,value=d" : NULL;
    check_counted(bytes + 1, size - 1, &opts);
    return 0;
}
