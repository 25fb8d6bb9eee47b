#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "measure/panel.h"

#define PARTNER_COUNTS 0.001 /* share of trade above which a partner is counted */
#define LOST 0.1             /* of its peak share, below which a partner is lost */
#define YEARS_BACK 10

/* Shares by points under the mirror reading, which every year has; absent partners 0, partners of
 * whom nothing is known NaN. */
static void point_shares(double *share, size_t n, const autk_country_year *c)
{
    for (size_t i = 0; i < n; i++)
        share[i] = 0;
    double total = c->totals[AUTK_READING_MIRROR][AUTK_DIRECTION_TRADE].value_usd.point;
    for (size_t i = 0; i < c->n_partners; i++) {
        double v = c->partners[i].turnover_usd.point;
        share[c->partners[i].partner] = total > 0 ? v / total : 0;
    }
}

/* share is [YEARS_BACK + 1][n], the last row the year itself; years without a figure are 0. */
static autk_status read_past(double *share, size_t n, const autk_evidence *evidence, int year,
                             autk_err *err)
{
    for (int k = 1; k <= YEARS_BACK; k++) {
        autk_country_year *c = NULL;
        autk_status st = autk_evidence_year(&c, evidence, year - k, err);
        if (st == AUTK_ENOTFOUND || st == AUTK_ENOANSWER)
            continue;
        if (st != AUTK_OK)
            return st;
        point_shares(share + (size_t)(YEARS_BACK - k) * n, n, c);
        autk_country_year_free(c);
    }
    return AUTK_OK;
}

static bool is_lost(const double *share, size_t n, size_t i)
{
    double peak = 0, now = share[YEARS_BACK * n + i];
    for (size_t y = 0; y < YEARS_BACK; y++)
        peak = share[y * n + i] > peak ? share[y * n + i] : peak;
    return peak > PARTNER_COUNTS && now <= LOST * peak; /* NaN now: unknown, not lost */
}

static void find_lost(autk_isolation *out, const double *share, size_t n, int year)
{
    double joint[YEARS_BACK] = {0};
    for (size_t i = 0; i < n; i++) {
        if (!is_lost(share, n, i))
            continue;
        out->n_lost++;
        for (size_t y = 0; y < YEARS_BACK; y++)
            joint[y] += isnan(share[y * n + i]) ? 0 : share[y * n + i];
    }
    for (size_t y = 0; y < YEARS_BACK; y++) {
        if (joint[y] > out->lost_share_at_peak) {
            out->lost_share_at_peak = joint[y] < 1 ? joint[y] : 1;
            out->lost_peak_year = year - YEARS_BACK + (int)y;
        }
    }
}

static void count_partners(autk_isolation *out, const autki_panel *panel)
{
    for (size_t i = 0; i < panel->n; i++) {
        autk_bounds b = autki_panel_share(panel, i);
        out->partners_low += b.low > PARTNER_COUNTS;
        out->partners_point += b.point > PARTNER_COUNTS;
        out->partners_high += b.high > PARTNER_COUNTS;
    }
}

static autk_bounds openness(const autk_country_year *c, double gdp_usd)
{
    autk_bounds by_reading[AUTK_READING_COUNT];
    for (int r = 0; r < AUTK_READING_COUNT; r++)
        by_reading[r] = autk_bounds_ratio(c->totals[r][AUTK_DIRECTION_TRADE].value_usd,
                                          autk_bounds_exact(gdp_usd));
    return autki_hull_of_readings(by_reading, c->has_own_total[AUTK_DIRECTION_TRADE]
                                                  ? AUTK_READING_OWN
                                                  : AUTK_READING_MIRROR);
}

autk_status autki_isolation(autk_isolation *out, const autk_evidence *evidence,
                            const autk_country_year *c, double gdp_usd, autk_err *err)
{
    size_t n = (size_t)autk_world_n_economies(autk_evidence_world(evidence));
    autk_isolation result = {.openness = openness(c, gdp_usd)};
    autki_panel panel;
    autk_status st = autki_panel_init(&panel, c, AUTK_DIRECTION_TRADE, err);
    if (st != AUTK_OK)
        return st;
    double *share = autki_calloc((YEARS_BACK + 1) * n, sizeof *share);
    count_partners(&result, &panel);
    st = share != NULL ? read_past(share, n, evidence, c->year, err)
                       : autki_no_memory(err, (YEARS_BACK + 1) * n * sizeof *share);
    if (st == AUTK_OK) {
        point_shares(share + YEARS_BACK * n, n, c);
        find_lost(&result, share, n, c->year);
        result.effective = out->effective;
        *out = result;
    }
    free(share);
    autki_panel_deinit(&panel);
    return st;
}
