/* From accounts to shares. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/system.h"

void autki_calibration_deinit(autki_calibration *cal)
{
    free(cal->value_added_share);
    free(cal->input_share);
    free(cal->traded);
    free(cal->offset);
    memset(cal, 0, sizeof *cal);
}

/* All planes and vectors in one block behind value_added_share. */
static autk_status allocate(autki_calibration *cal, autk_err *err)
{
    size_t s = (size_t)cal->s, doubles = 4 * cal->plane + 3 * cal->stride;
    double *block = autki_calloc(doubles, sizeof *block);
    cal->value_added_share = block;
    cal->input_share = autki_calloc(s * cal->plane, sizeof *cal->input_share);
    cal->traded = autki_calloc(s, sizeof *cal->traded);
    cal->offset = autki_calloc(s, sizeof *cal->offset);
    if (block == NULL || cal->input_share == NULL || cal->traded == NULL || cal->offset == NULL) {
        autki_calibration_deinit(cal);
        return autki_no_memory(err, (doubles + s * cal->plane) * sizeof(double));
    }
    cal->final_share = block + cal->plane;
    cal->use = block + 2 * cal->plane;
    cal->absorption = block + 3 * cal->plane;
    cal->income = block + 4 * cal->plane;
    cal->output = cal->income + cal->stride;
    cal->deficit = cal->output + cal->stride;
    return AUTK_OK;
}

static void share_sector(autki_calibration *cal, int32_t j)
{
    const autk_economy *e = cal->economy;
    for (int32_t n = 0; n < cal->n; n++) {
        size_t at = autki_at(e, j, n);
        double output = e->value_added[at];
        for (int32_t k = 0; k < cal->s; k++)
            output += e->input_use[autki_use_at(e, j, k, n)];
        /* A sector without output sells nothing; its shares only must be numbers. */
        cal->value_added_share[at] = output > 0 ? e->value_added[at] / output : 1.0;
        for (int32_t k = 0; k < cal->s; k++) {
            size_t use = autki_use_at(e, j, k, n);
            cal->input_share[use] = output > 0 ? e->input_use[use] / output : 0.0;
            cal->use[autki_at(e, k, n)] += e->input_use[use];
        }
        cal->use[at] += e->final_use[at];
        cal->income[n] += e->value_added[at];
        cal->output[n] += output;
    }
}

static void share_trade(autki_calibration *cal, int32_t j)
{
    const autk_economy *e = cal->economy;
    for (int32_t n = 0; n < cal->n; n++) {
        double sum = 0;
        for (int32_t i = 0; i < cal->n; i++) {
            size_t at = autki_cell(e, j, i, n);
            double flow = e->flow[at];
            sum += e->tariff != NULL ? flow * (1 + e->tariff[at]) : flow;
            if (i != n && flow > 0) {
                cal->traded[j] = true;
                cal->deficit[n] += flow;
                cal->deficit[i] -= flow;
            }
        }
        cal->absorption[autki_at(e, j, n)] = sum;
    }
    if (cal->traded[j]) {
        cal->offset[j] = cal->packed;
        cal->packed += (size_t)cal->n * cal->stride;
    }
}

autk_status autki_calibrate(autki_calibration *out, const autk_economy *economy, autk_err *err)
{
    autki_calibration cal = {.economy = economy,
                             .n = economy->regions.n,
                             .s = economy->sectors.n,
                             .stride = economy->stride,
                             .plane = (size_t)economy->sectors.n * economy->stride};
    autk_status st = allocate(&cal, err);
    if (st != AUTK_OK)
        return st;
    for (int32_t j = 0; j < cal.s; j++) {
        share_sector(&cal, j);
        share_trade(&cal, j);
    }
    for (int32_t n = 0; n < cal.n; n++) {
        double final = 0;
        for (int32_t j = 0; j < cal.s; j++)
            final += economy->final_use[autki_at(economy, j, n)];
        for (int32_t j = 0; j < cal.s; j++) {
            size_t at = autki_at(economy, j, n);
            cal.final_share[at] = final > 0 ? economy->final_use[at] / final : 0.0;
        }
        if (!(final > 0)) {
            autki_calibration_deinit(&cal);
            return autki_fail(err, AUTK_EDATA, "expected final use of %s above 0, got %.6g",
                              economy->regions.name[n], final);
        }
    }
    *out = cal;
    return AUTK_OK;
}
