/* Do the accounts balance? And: fewer economies, fewer sectors. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/csv.h"
#include "equilibrium/accounts.h"

/* Uses against absorption, output against sales, of one economy and sector. */
static void check_plane(autk_economy_report *r, const autk_economy *e, int32_t j, int32_t n,
                        double *relative)
{
    double use = e->final_use[autki_at(e, j, n)], output = e->value_added[autki_at(e, j, n)];
    double absorption = 0, sales = 0;
    for (int32_t k = 0; k < e->sectors.n; k++) {
        double input = e->input_use[autki_use_at(e, j, k, n)];
        use += e->input_use[autki_use_at(e, k, j, n)];
        output += input;
        r->negative_inputs += input < 0;
    }
    for (int32_t i = 0; i < e->regions.n; i++) {
        size_t at = autki_cell(e, j, i, n);
        absorption += e->flow[at] * (1 + (e->tariff != NULL ? e->tariff[at] : 0));
        sales += e->flow[autki_cell(e, j, n, i)];
        r->zero_flows += i != n && !(e->flow[at] > 0);
        r->trade_usd += i != n ? e->flow[at] : 0;
    }
    r->output_usd += output;
    r->zero_domestic += !(e->flow[autki_cell(e, j, n, n)] > 0);
    if (fabs(use - absorption) > r->use_gap_usd) {
        r->use_gap_usd = fabs(use - absorption);
        r->use_gap_region = n;
        r->use_gap_sector = j;
    }
    if (fabs(output - sales) > r->sales_gap_usd) {
        r->sales_gap_usd = fabs(output - sales);
        r->sales_gap_region = n;
        r->sales_gap_sector = j;
    }
    double gap = fabs(use - absorption) / (use + absorption + 1e-300);
    double gap_of_sales = fabs(output - sales) / (output + sales + 1e-300);
    if (!(gap <= *relative))
        *relative = gap;
    if (!(gap_of_sales <= *relative))
        *relative = gap_of_sales;
}

void autk_economy_check(autk_economy_report *report, const autk_economy *e)
{
    autk_economy_report r = {.use_gap_region = -1,
                             .use_gap_sector = -1,
                             .sales_gap_region = -1,
                             .sales_gap_sector = -1,
                             .deficit_region = -1};
    double relative = 0;
    for (int32_t j = 0; j < e->sectors.n; j++) {
        for (int32_t n = 0; n < e->regions.n; n++)
            check_plane(&r, e, j, n, &relative);
    }
    for (int32_t n = 0; n < e->regions.n; n++) {
        double income = 0, deficit = autk_economy_deficit(e, n);
        for (int32_t j = 0; j < e->sectors.n; j++)
            income += e->value_added[autki_at(e, j, n)];
        double share = fabs(deficit) / (income + fabs(deficit));
        if (r.deficit_region < 0 || share > r.largest_deficit) {
            r.largest_deficit = share;
            r.deficit_region = n;
        }
    }
    r.balanced = relative <= 1e-6;
    *report = r;
}

/* ------------------------------------------------------------------ aggregation */

/* map[old] = new, by a CSV (name, group); or the identity. */
static autk_status read_map(int32_t *map, autki_names *groups, const autki_names *old,
                            autk_input *input, const char *what, autk_err *err)
{
    autki_csv *csv = NULL;
    const autki_field *fields;
    size_t n = 1;
    const char *source = autk_input_name(input);
    for (int32_t i = 0; i < old->n; i++)
        map[i] = -1;
    autk_status st = autki_csv_create(&csv, input, NULL, err);
    for (bool header = true; st == AUTK_OK; header = false) {
        st = autki_csv_next(csv, &fields, &n, err);
        if (st != AUTK_OK || n == 0)
            break;
        if (n < 2) {
            st = autki_fail_at(err, AUTK_EPARSE, source, autki_csv_line(csv), 1,
                               "expected a name and a group, got %zu fields", n);
            break;
        }
        int32_t at = autki_names_find(old, fields[0].text, fields[0].len);
        if (header && at < 0)
            continue;
        if (at < 0) {
            st = autki_csv_bad_field(csv, &fields[0], what, err);
        } else if (map[at] >= 0) {
            st = autki_csv_bad_field(csv, &fields[0], "each name once", err);
        } else if (fields[1].len == 0) {
            st = autki_csv_bad_field(csv, &fields[1], "the name of a group", err);
        } else {
            st =
                autki_names_add(&map[at], groups, fields[1].text, fields[1].len, old->n, NULL, err);
        }
    }
    for (int32_t i = 0; st == AUTK_OK && i < old->n; i++) {
        if (map[i] < 0)
            st = autki_fail_at(err, AUTK_EDATA, source, 0, 0, "expected a group for %s, got none",
                               old->name[i]);
    }
    autki_csv_free(csv);
    return st;
}

static autk_status keep_names(int32_t *map, autki_names *groups, const autki_names *old,
                              autk_err *err)
{
    for (int32_t i = 0; i < old->n; i++) {
        autk_status st =
            autki_names_add(&map[i], groups, old->name[i], strlen(old->name[i]), old->n, NULL, err);
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

static void add_flows(autk_economy *to, const autk_economy *e, const int32_t *r, const int32_t *s)
{
    for (int32_t j = 0; j < e->sectors.n; j++) {
        for (int32_t n = 0; n < e->regions.n; n++) {
            for (int32_t i = 0; i < e->regions.n; i++) {
                size_t from = autki_cell(e, j, i, n), at = autki_cell(to, s[j], r[i], r[n]);
                to->flow[at] += e->flow[from];
                if (e->tariff != NULL)
                    to->tariff[at] += e->flow[from] * e->tariff[from];
            }
        }
    }
    /* Payments over flows: the average rate. Where nothing flows, no rate matters. */
    for (int32_t j = 0; to->tariff != NULL && j < to->sectors.n; j++) {
        for (int32_t n = 0; n < to->regions.n; n++) {
            for (int32_t i = 0; i < to->regions.n; i++) {
                size_t at = autki_cell(to, j, i, n);
                to->tariff[at] = to->flow[at] > 0 ? to->tariff[at] / to->flow[at] : 0;
            }
        }
    }
}

static void add_uses(autk_economy *to, const autk_economy *e, const int32_t *r, const int32_t *s)
{
    for (int32_t j = 0; j < e->sectors.n; j++) {
        for (int32_t n = 0; n < e->regions.n; n++) {
            to->final_use[autki_at(to, s[j], r[n])] += e->final_use[autki_at(e, j, n)];
            to->value_added[autki_at(to, s[j], r[n])] += e->value_added[autki_at(e, j, n)];
            for (int32_t k = 0; k < e->sectors.n; k++)
                to->input_use[autki_use_at(to, s[j], s[k], r[n])] +=
                    e->input_use[autki_use_at(e, j, k, n)];
        }
    }
}

/* Theta weighted by trade across borders; plain mean where a group does not trade. */
static autk_status mix_theta(autk_economy *to, const autk_economy *e, const int32_t *s,
                             autk_err *err)
{
    size_t groups = (size_t)to->sectors.n;
    double *sums = autki_calloc(3 * groups, sizeof *sums);
    if (sums == NULL)
        return autki_no_memory(err, 3 * groups * sizeof *sums);
    double *weight = sums + groups, *count = weight + groups, *plain = sums;
    for (int32_t j = 0; j < e->sectors.n; j++) {
        double trade = 0;
        for (int32_t n = 0; n < e->regions.n; n++) {
            for (int32_t i = 0; i < e->regions.n; i++)
                trade += i != n ? e->flow[autki_cell(e, j, i, n)] : 0;
        }
        to->theta[s[j]] += trade * e->theta[j];
        weight[s[j]] += trade;
        plain[s[j]] += e->theta[j];
        count[s[j]] += 1;
    }
    for (size_t g = 0; g < groups; g++)
        to->theta[g] = weight[g] > 0 ? to->theta[g] / weight[g] : plain[g] / count[g];
    free(sums);
    return AUTK_OK;
}

static autk_status sum_up(autk_economy **out, const autk_economy *e, autki_names *regions,
                          autki_names *sectors, const int32_t *r, const int32_t *s, autk_err *err)
{
    autk_economy *to = NULL;
    autk_status st = autki_economy_create(&to, regions, sectors, e->tariff != NULL, err);
    if (st != AUTK_OK)
        return st;
    add_flows(to, e, r, s);
    add_uses(to, e, r, s);
    st = mix_theta(to, e, s, err);
    for (size_t k = 0; st == AUTK_OK && k < e->n_notes; k++)
        st = autki_economy_notef(to, err, "%s", e->notes[k]);
    if (st == AUTK_OK)
        st = autki_economy_notef(to, err, "aggregated: %d economies to %d, %d sectors to %d",
                                 (int)e->regions.n, (int)to->regions.n, (int)e->sectors.n,
                                 (int)to->sectors.n);
    autk_economy_opts opts = autk_economy_opts_default();
    if (st == AUTK_OK)
        st = autki_economy_finish(to, &opts, NULL, err);
    if (st != AUTK_OK) {
        autk_economy_free(to);
        return st;
    }
    *out = to;
    return AUTK_OK;
}

autk_status autk_economy_aggregate(autk_economy **out, const autk_economy *economy,
                                   autk_input *regions, autk_input *sectors, autk_err *err)
{
    const autk_economy *e = economy;
    autki_names new_regions = {0}, new_sectors = {0};
    size_t names = (size_t)e->regions.n + (size_t)e->sectors.n;
    int32_t *map = autki_malloc(names, sizeof *map);
    if (map == NULL)
        return autki_no_memory(err, names * sizeof *map);
    int32_t *s = map + e->regions.n;
    autk_status st = regions != NULL ? read_map(map, &new_regions, &e->regions, regions,
                                                "the name of an economy", err)
                                     : keep_names(map, &new_regions, &e->regions, err);
    if (st == AUTK_OK)
        st = sectors != NULL
                 ? read_map(s, &new_sectors, &e->sectors, sectors, "the name of a sector", err)
                 : keep_names(s, &new_sectors, &e->sectors, err);
    if (st == AUTK_OK)
        st = sum_up(out, e, &new_regions, &new_sectors, map, s, err);
    autki_names_deinit(&new_regions);
    autki_names_deinit(&new_sectors);
    free(map);
    return st;
}
