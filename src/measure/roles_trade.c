/* All flows of one year, each as its exporter's evidence says. */
#include <autarky/roles.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

void autk_trade_matrix_deinit(autk_trade_matrix *matrix)
{
    free(matrix->low);
    free(matrix->point);
    free(matrix->high);
    memset(matrix, 0, sizeof *matrix);
}

static void take_country(autk_trade_matrix *m, int32_t exporter, const autk_country_year *country)
{
    for (size_t i = 0; i < country->n_partners; i++) {
        const autk_partner *p = &country->partners[i];
        size_t k = (size_t)exporter * m->n + (size_t)p->partner;
        m->low[k] = p->exports.value_usd.low;
        m->point[k] = p->exports.value_usd.point;
        m->high[k] = p->exports.value_usd.high;
        m->n_unknown += (size_t)(isnan(m->point[k]) != 0);
    }
}

autk_status autk_trade_matrix_read(autk_trade_matrix *matrix, const autk_world *world, int year,
                                   autk_err *err)
{
    size_t n = (size_t)autk_world_n_economies(world), found = 0;
    autk_trade_matrix m = {.n = n, .year = year};
    m.low = autki_calloc(n * n, sizeof *m.low);
    m.point = autki_calloc(n * n, sizeof *m.point);
    m.high = autki_calloc(n * n, sizeof *m.high);
    autk_status st = AUTK_OK;
    if (m.low == NULL || m.point == NULL || m.high == NULL)
        st = autki_no_memory(err, n * n * sizeof *m.low);
    for (int32_t e = 0; st == AUTK_OK && (size_t)e < n; e++) {
        autk_country_year *country = NULL;
        st = autk_evidence_country(&country, world, e, year, NULL, err);
        if (st == AUTK_OK) {
            take_country(&m, e, country);
            found++;
        } else if (st == AUTK_ENOANSWER || st == AUTK_ENOTFOUND) {
            st = AUTK_OK; /* an economy without any figure that year */
        }
        autk_country_year_free(country);
    }
    if (st == AUTK_OK && found == 0)
        st = autki_fail(err, AUTK_ENOANSWER, "no figure of trade is known for %d", year);
    if (st != AUTK_OK) {
        autk_trade_matrix_deinit(&m);
        return st;
    }
    *matrix = m;
    return AUTK_OK;
}
