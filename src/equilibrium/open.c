/* Which reader a path or an input is for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/accounts.h"

static bool has(const char *folder, const char *name, char *path, size_t size)
{
    int len = snprintf(path, size, "%s/%s", folder, name);
    return len > 0 && (size_t)len < size && access(path, R_OK) == 0;
}

/* A folder with one square matrix beside country_labels.csv and gdp.csv. */
static autk_status open_matrix_folder(autk_economy **out, const char *folder,
                                      const autk_economy_opts *opts, autk_err *err)
{
    static const char *const matrices[] = {"trade_cepii.csv", "trade_matrix.csv", "matrix.csv"};
    char matrix[1024], labels[1024], gdp[1024];
    size_t k = 0;
    while (k < 3 && !has(folder, matrices[k], matrix, sizeof matrix))
        k++;
    if (k == 3)
        return autki_fail_at(err, AUTK_EDATA, folder, 0, 0,
                             "expected trade.csv (long), inter2011.csv.gz (WIOD) or "
                             "trade_matrix.csv with country_labels.csv, got none of them");
    autk_economy_opts chosen = *opts;
    if (opts->labels_path == NULL && has(folder, "country_labels.csv", labels, sizeof labels))
        chosen.labels_path = labels;
    if (opts->gdp_path == NULL && has(folder, "gdp.csv", gdp, sizeof gdp))
        chosen.gdp_path = gdp;
    autk_input *input = NULL;
    autk_status st = autk_input_open(&input, matrix, err);
    if (st == AUTK_OK)
        st = autki_read_matrix(out, input, &chosen, err);
    autk_input_free(input);
    return st;
}

static autk_status open_folder(autk_economy **out, const char *folder,
                               const autk_economy_opts *opts, autk_err *err)
{
    char path[1024];
    if (opts->layout == AUTK_LAYOUT_WIOD ||
        (opts->layout == AUTK_LAYOUT_AUTO && has(folder, "industries.txt", path, sizeof path)))
        return autki_read_wiod(out, folder, opts, err);
    if (opts->layout == AUTK_LAYOUT_LONG ||
        (opts->layout == AUTK_LAYOUT_AUTO && has(folder, "trade.csv", path, sizeof path)))
        return autki_read_long(out, folder, opts, err);
    return open_matrix_folder(out, folder, opts, err);
}

autk_status autk_economy_open(autk_economy **out, const char *path, const autk_economy_opts *opts,
                              autk_err *err)
{
    autk_economy_opts chosen = opts != NULL ? *opts : autk_economy_opts_default();
    struct stat info;
    if (strcmp(path, "-") != 0 && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return open_folder(out, path, &chosen, err);
    autk_input *input = NULL;
    autk_status st = autk_input_open(&input, path, err);
    if (st == AUTK_OK)
        st = autk_economy_read(out, input, &chosen, err);
    autk_input_free(input);
    return st;
}

/* The layout by the header: a pair list names its columns, ICIO its output row. */
static autk_layout recognise(const char *bytes, size_t size)
{
    const char *stop = memchr(bytes, '\n', size);
    size_t len = stop != NULL ? (size_t)(stop - bytes) : size;
    char header[256];
    size_t kept = len < sizeof header - 1 ? len : sizeof header - 1;
    memcpy(header, bytes, kept);
    header[kept] = '\0';
    if (strstr(header, "importer") != NULL)
        return AUTK_LAYOUT_PAIRS;
    /* The last column of an ICIO table is OUT (2023 edition) or TOTAL. */
    while (len > 0 && (bytes[len - 1] == '\r' || bytes[len - 1] == '"'))
        len--;
    if (len > 4 && memcmp(bytes + len - 3, "OUT", 3) == 0)
        return AUTK_LAYOUT_ICIO;
    return AUTK_LAYOUT_MATRIX;
}

autk_status autk_economy_read(autk_economy **out, autk_input *input, const autk_economy_opts *opts,
                              autk_err *err)
{
    autk_economy_opts chosen = opts != NULL ? *opts : autk_economy_opts_default();
    char *bytes = NULL;
    size_t size = 0;
    autk_input *again = NULL;
    autk_status st = autk_input_slurp(&bytes, &size, input, 0, err);
    if (st == AUTK_OK)
        st = autk_input_memory(&again, autk_input_name(input), bytes, size, err);
    if (st == AUTK_OK) {
        if (chosen.layout == AUTK_LAYOUT_AUTO)
            chosen.layout = recognise(bytes, size);
        if (chosen.layout == AUTK_LAYOUT_PAIRS)
            st = autki_read_pairs(out, again, &chosen, err);
        else if (chosen.layout == AUTK_LAYOUT_ICIO)
            st = autki_read_icio(out, again, &chosen, err);
        else if (chosen.layout == AUTK_LAYOUT_MATRIX)
            st = autki_read_matrix(out, again, &chosen, err);
        else
            st = autki_fail(err, AUTK_EARG, "expected a folder for this layout, got a file");
    }
    autk_input_free(again);
    free(bytes);
    return st;
}
