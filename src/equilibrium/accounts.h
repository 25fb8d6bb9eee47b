/**
 * @file accounts.h
 * The accounts of an economy, and how a reader fills them cell by cell. All arrays over regions are
 * padded to `stride` (a multiple of 8, zeros), so that kernels need no tail.
 */
#ifndef AUTKI_EQUILIBRIUM_ACCOUNTS_H
#define AUTKI_EQUILIBRIUM_ACCOUNTS_H

#include <autarky/economy.h>

#define AUTKI_MAX_REGIONS 2048
#define AUTKI_MAX_SECTORS 512
#define AUTKI_LANES 8

/** Names in order, found by binary search. */
typedef struct autki_names {
    char **name;     /* [n], order of the data */
    int32_t *sorted; /* [n], order of the text */
    int32_t n;
    size_t capacity, sorted_capacity;
} autki_names;

void autki_names_deinit(autki_names *names);
/** -1 when absent. */
int32_t autki_names_find(const autki_names *names, const char *text, size_t len);
/** Index of the name, added when new. *is_new may be NULL. */
autk_status autki_names_add(int32_t *index, autki_names *names, const char *text, size_t len,
                            int32_t ceiling, bool *is_new, autk_err *err) AUTK_MUST_CHECK;
/** AUTK_ENOTFOUND with the nearest names and a place (source may be NULL). */
autk_status autki_names_unknown(const autki_names *names, const char *what, const char *text,
                                const char *source, int64_t line, int64_t column, autk_err *err);

/** A flow that nobody reports, between bounds. */
typedef struct autki_gap {
    size_t cell;
    int32_t exporter, importer;
    double low, high;
} autki_gap;

struct autk_economy {
    autki_names regions, sectors;
    size_t stride;
    double *flow;        /* [sector][importer][stride exporter] customs value */
    double *tariff;      /* likewise, rates; NULL = none */
    double *input_use;   /* [sector][input][stride]; buyer's price */
    double *final_use;   /* [sector][stride] */
    double *value_added; /* [sector][stride] */
    double *theta;       /* [sector] */
    autki_names groups;  /* that the source knows, beside a scenario's own */
    uint8_t *members;    /* [group][stride]; NULL without groups */
    autki_gap *gaps;
    size_t n_gaps, gaps_capacity;
    int year;     /* of the world dataset's figures; 0 = not from there */
    char *folder; /* of long files, for further columns; NULL = none */
    char **notes;
    size_t n_notes, notes_capacity;
};

static inline size_t autki_cell(const autk_economy *e, int32_t sector, int32_t exporter,
                                int32_t importer)
{
    return ((size_t)sector * (size_t)e->regions.n + (size_t)importer) * e->stride +
           (size_t)exporter;
}
static inline size_t autki_at(const autk_economy *e, int32_t sector, int32_t region)
{
    return (size_t)sector * e->stride + (size_t)region;
}
static inline size_t autki_use_at(const autk_economy *e, int32_t sector, int32_t input,
                                  int32_t region)
{
    return ((size_t)sector * (size_t)e->sectors.n + (size_t)input) * e->stride + (size_t)region;
}

/** An economy or group of the source into mask[n_regions]; false when nothing has that name. */
bool autki_economy_mark_one(uint8_t *mask, const autk_economy *economy, const char *name,
                            size_t len);

/** Take over the names (cleared) and allocate zeroed accounts. */
autk_status autki_economy_create(autk_economy **out, autki_names *regions, autki_names *sectors,
                                 bool tariffs, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_economy_notef(autk_economy *economy, autk_err *err, const char *fmt, ...)
    AUTK_PRINTF(3, 4);
/** Checks that every reader ends with: signs, domestic sales, sellers for every use, trade that
 *  connects all. Cost: O(n_sectors * n_regions^2). */
autk_status autki_economy_finish(autk_economy *economy, const autk_economy_opts *opts,
                                 const char *source, autk_err *err) AUTK_MUST_CHECK;
/**
 * One sector: fill value added, inputs and final use from the flows.
 * Errors: AUTK_EDATA naming the economy with X_ii <= 0 or without output.
 */
autk_status autki_economy_close_one_sector(autk_economy *economy, double value_added_share,
                                           const char *source, autk_err *err) AUTK_MUST_CHECK;
/** Domestic sales by the rule, from GDP in USD. */
autk_status autki_economy_domestic(autk_economy *economy, const double *gdp_usd,
                                   const autk_economy_opts *opts, const char *source, autk_err *err)
    AUTK_MUST_CHECK;
/** Theta as asked (a number, a file), else the source's, else the default, with a note. */
autk_status autki_economy_theta(autk_economy *economy, const autk_economy_opts *opts,
                                bool from_source, autk_err *err) AUTK_MUST_CHECK;

/** CSV: sector, value; every sector once. */
autk_status autki_read_theta_file(autk_economy *economy, const char *path, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * The economy with its gaps at low + u * (high - low), u[n_gaps] in [0, 1]; output as it was.
 * Without names, groups and notes: for a solve, to be freed like any other.
 */
autk_status autki_economy_with_gaps(autk_economy **out, const autk_economy *economy,
                                    const double *u, autk_err *err) AUTK_MUST_CHECK;

/* Readers of one layout each; all end with autki_economy_finish. */
autk_status autki_read_long(autk_economy **out, const char *folder, const autk_economy_opts *opts,
                            autk_err *err) AUTK_MUST_CHECK;
autk_status autki_read_pairs(autk_economy **out, autk_input *input, const autk_economy_opts *opts,
                             autk_err *err) AUTK_MUST_CHECK;
autk_status autki_read_matrix(autk_economy **out, autk_input *input, const autk_economy_opts *opts,
                              autk_err *err) AUTK_MUST_CHECK;
autk_status autki_read_wiod(autk_economy **out, const char *folder, const autk_economy_opts *opts,
                            autk_err *err) AUTK_MUST_CHECK;
autk_status autki_read_icio(autk_economy **out, autk_input *input, const autk_economy_opts *opts,
                            autk_err *err) AUTK_MUST_CHECK;

#endif
