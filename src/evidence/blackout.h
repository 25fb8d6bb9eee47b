/** @file blackout.h Trends of silent flows from their neighbours, and how wrong they have been. */
#ifndef AUTKI_EVIDENCE_BLACKOUT_H
#define AUTKI_EVIDENCE_BLACKOUT_H

#include <autarky/mirror.h>

#define AUTKI_HORIZONS 7   /* years since the last report; longer ones are taken for the longest */
#define AUTKI_QUANTILES 41 /* of the log error: 1/82, 3/82, … 81/82 */

/* Log errors ln(truth) - ln(trend) of one horizon and size class. */
typedef struct autki_errors {
    double quantile[AUTKI_QUANTILES];
    double low, high; /* 5 % and 95 % */
    double sd;        /* from the 5 % and 95 % quantiles, as if normal */
    size_t n;
} autki_errors;

struct autk_blackout_model {
    /* row AUTKI_HORIZONS: known on both sides, a year before and a year after */
    autki_errors errors[AUTKI_HORIZONS + 1][AUTK_BLACKOUT_CLASSES];
};

static inline double autki_panel_at(const autk_panel *p, int year, int32_t exporter,
                                    int32_t importer)
{
    size_t n = (size_t)p->n_economies;
    return p->value[((size_t)(year - p->first_year) * n + (size_t)exporter) * n + (size_t)importer];
}

static inline bool autki_panel_is_exact(const autk_panel *p, int year, int32_t exporter,
                                        int32_t importer)
{
    size_t n = (size_t)p->n_economies;
    return p->is_exact == NULL ||
           p->is_exact[((size_t)(year - p->first_year) * n + (size_t)exporter) * n +
                       (size_t)importer];
}

int autki_size_class(double value);

/* Sums of flows that are known in both of two years, by exporter and by importer. */
typedef struct autki_growth {
    int from, to;
    double *row_from, *row_to, *column_from, *column_to; /* [n_economies]; one block at row_from */
} autki_growth;

/* is_silent: [n][n] flows of `to` that count as unknown; NULL = none. */
autk_status autki_growth_make(autki_growth *growth, const autk_panel *panel, int from, int to,
                              const bool *is_silent, autk_err *err) AUTK_MUST_CHECK;
void autki_growth_free(autki_growth *growth);

/* ln of the trend: the flow of `from` times the mean growth of what else the two trade. NaN when
 * it cannot be had. */
double autki_trend(const autki_growth *growth, const autk_panel *panel, int32_t exporter,
                   int32_t importer, bool silent);

#endif
