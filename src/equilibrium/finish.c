/* What every reader of an economy ends with: is this a world that has an equilibrium? */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/accounts.h"
#include "equilibrium/reach.h"

static bool sells(const autk_economy *e, int32_t j, int32_t n)
{
    for (int32_t i = 0; i < e->regions.n; i++) {
        if (e->flow[autki_cell(e, j, i, n)] > 0)
            return true;
    }
    return false;
}

static autk_status check_region(const autk_economy *e, int32_t n, const char *source, autk_err *err)
{
    double income = 0;
    for (int32_t j = 0; j < e->sectors.n; j++) {
        double use = e->final_use[autki_at(e, j, n)], output = e->value_added[autki_at(e, j, n)];
        income += e->value_added[autki_at(e, j, n)];
        for (int32_t k = 0; k < e->sectors.n; k++) {
            use += e->input_use[autki_use_at(e, k, j, n)];
            output += e->input_use[autki_use_at(e, j, k, n)];
        }
        if (!(use >= 0) || !isfinite(use) || !(output >= 0) || !isfinite(output))
            return autki_fail_at(err, AUTK_EDATA, source, 0, 0,
                                 "expected uses and output of %s, %s to be at least 0, got %.6g "
                                 "and %.6g",
                                 e->regions.name[n], e->sectors.name[j], use, output);
        if (use > 0 && !sells(e, j, n))
            return autki_fail_at(err, AUTK_EDATA, source, 0, 0,
                                 "expected a seller of %s to %s, which uses %.6g, got no flow",
                                 e->sectors.name[j], e->regions.name[n], use);
        if (!(output > 0)) {
            for (int32_t m = 0; m < e->regions.n; m++) {
                double flow = e->flow[autki_cell(e, j, n, m)];
                if (flow > 0)
                    return autki_fail_at(
                        err, AUTK_EDATA, source, 0, 0,
                        "expected output of %s, %s above 0, since it sells %.6g to "
                        "%s, got 0",
                        e->regions.name[n], e->sectors.name[j], flow, e->regions.name[m]);
            }
        }
    }
    if (!(income > 0))
        return autki_fail_at(err, AUTK_EDATA, source, 0, 0,
                             "expected value added of %s above 0, got %.6g", e->regions.name[n],
                             income);
    return AUTK_OK;
}

static autk_status check_cell(const autk_economy *e, int32_t j, int32_t i, int32_t n,
                              const char *source, autk_err *err)
{
    size_t at = autki_cell(e, j, i, n);
    double tariff = e->tariff != NULL ? e->tariff[at] : 0;
    if (!(e->flow[at] >= 0) || !isfinite(e->flow[at]))
        return autki_fail_at(err, AUTK_EDATA, source, 0, 0,
                             "expected the flow of %s from %s to %s to be at least 0, got %.6g",
                             e->sectors.name[j], e->regions.name[i], e->regions.name[n],
                             e->flow[at]);
    if (!(tariff > -1) || !isfinite(tariff))
        return autki_fail_at(err, AUTK_EDATA, source, 0, 0,
                             "expected the tariff of %s from %s to %s above -1, got %.6g",
                             e->sectors.name[j], e->regions.name[i], e->regions.name[n], tariff);
    return AUTK_OK;
}

/* One sector in which an economy buys nothing at home has no distance to autarky: its loss would be
 * infinite by construction of the data, not of the world. */
static autk_status check_domestic(autk_economy *e, const autk_economy_opts *opts,
                                  const char *source, autk_err *err)
{
    if (e->sectors.n > 1)
        return AUTK_OK;
    for (int32_t n = 0; n < e->regions.n; n++) {
        if (!(e->flow[autki_cell(e, 0, n, n)] > 0))
            return autki_fail_at(err, AUTK_EDATA, source, 0, 0,
                                 "expected domestic sales of %s above 0, got %.6g%s",
                                 e->regions.name[n], e->flow[autki_cell(e, 0, n, n)],
                                 opts->domestic == AUTK_DOMESTIC_GIVEN
                                     ? "; --domestic output --gdp FILE derives them"
                                     : "");
    }
    return AUTK_OK;
}

/* Between blocs that do not trade, nothing says what one's wage is worth in the other's: each is a
 * world of its own. */
static autk_status check_together(const autk_economy *e, const bool *in, size_t together,
                                  const char *source, autk_err *err)
{
    size_t n = (size_t)e->regions.n, apart = 0;
    while (apart < n && in[apart])
        apart++;
    if (apart == n)
        return AUTK_OK;
    return autki_fail_at(err, AUTK_EDATA, source, 0, 0,
                         "expected trade to connect all economies, got none between %s%s (%zu) and "
                         "%s%s (%zu)",
                         e->regions.name[0], together > 1 ? " and its partners" : "", together,
                         e->regions.name[apart], n - together > 1 ? " and the others" : "",
                         n - together);
}

static autk_status check_connected(const autk_economy *e, const char *source, autk_err *err)
{
    size_t n = (size_t)e->regions.n;
    bool *sells = autki_calloc(n * n + n, sizeof *sells);
    int32_t *queue = autki_malloc(n, sizeof *queue);
    autk_status st = AUTK_OK;
    if (sells == NULL || queue == NULL) {
        st = autki_no_memory(err, n * n);
    } else {
        for (size_t at = 0; at < (size_t)e->sectors.n * n * n; at++) {
            size_t importer = at / n % n, exporter = at % n;
            double flow = e->flow[at / n * e->stride + exporter];
            sells[exporter * n + importer] = sells[exporter * n + importer] || flow > 0;
        }
        bool *in = sells + n * n;
        size_t together = autki_reach(in, queue, sells, n, 0, AUTKI_EITHER);
        st = check_together(e, in, together, source, err);
    }
    free(sells);
    free(queue);
    return st;
}

autk_status autki_economy_finish(autk_economy *e, const autk_economy_opts *opts, const char *source,
                                 autk_err *err)
{
    for (int32_t j = 0; j < e->sectors.n; j++) {
        if (!(e->theta[j] > 0) || !isfinite(e->theta[j]))
            return autki_fail_at(err, AUTK_EDATA, source, 0, 0,
                                 "expected theta of %s above 0, got %.6g", e->sectors.name[j],
                                 e->theta[j]);
        for (int32_t n = 0; n < e->regions.n; n++) {
            for (int32_t i = 0; i < e->regions.n; i++) {
                autk_status st = check_cell(e, j, i, n, source, err);
                if (st != AUTK_OK)
                    return st;
            }
        }
    }
    autk_status st = check_domestic(e, opts, source, err);
    for (int32_t n = 0; st == AUTK_OK && n < e->regions.n; n++)
        st = check_region(e, n, source, err);
    return st == AUTK_OK ? check_connected(e, source, err) : st;
}
