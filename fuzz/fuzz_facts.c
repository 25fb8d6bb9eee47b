/* Property: no text makes the readers of GSDB, GeoDist and WDI crash; what they accept is counted:
 * every row is stored, passed over or wrong. The first byte chooses format and options. */
#include "checks.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const autk_import_format formats[] = {AUTK_IMPORT_GSDB, AUTK_IMPORT_GEODIST,
                                                 AUTK_IMPORT_WDI, AUTK_IMPORT_GUESS};
    autk_import_opts opts = autk_import_opts_default();
    if (size == 0)
        return 0;
    opts.check_only = true;
    opts.n_threads = 1;
    opts.format = formats[bytes[0] & 3];
    opts.skip_bad = (bytes[0] & 4) != 0 ? 1000 : 0;
    opts.duplicates = (bytes[0] & 8) != 0 ? AUTK_DUPLICATES_FIRST : AUTK_DUPLICATES_FAIL;
    check_counted(bytes + 1, size - 1, &opts);
    return 0;
}
