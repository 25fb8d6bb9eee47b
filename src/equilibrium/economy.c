#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/accounts.h"

autk_economy_opts autk_economy_opts_default(void)
{
    return (autk_economy_opts){.layout = AUTK_LAYOUT_AUTO, .domestic = AUTK_DOMESTIC_GIVEN};
}

void autk_economy_free(autk_economy *economy)
{
    if (economy == NULL)
        return;
    autki_names_deinit(&economy->regions);
    autki_names_deinit(&economy->sectors);
    free(economy->flow);
    free(economy->tariff);
    free(economy->input_use);
    free(economy->final_use);
    free(economy->value_added);
    free(economy->theta);
    autki_names_deinit(&economy->groups);
    free(economy->members);
    free(economy->gaps);
    free(economy->folder);
    for (size_t i = 0; i < economy->n_notes; i++)
        free(economy->notes[i]);
    free(economy->notes);
    free(economy);
}

autk_status autki_economy_create(autk_economy **out, autki_names *regions, autki_names *sectors,
                                 bool tariffs, autk_err *err)
{
    autk_economy *e = autki_calloc(1, sizeof *e);
    if (e == NULL)
        return autki_no_memory(err, sizeof *e);
    size_t n = (size_t)regions->n, s = (size_t)sectors->n;
    e->stride = (n + AUTKI_LANES - 1) / AUTKI_LANES * AUTKI_LANES;
    size_t cells = s * n * e->stride, uses = s * s * e->stride, plane = s * e->stride;
    e->flow = autki_calloc(cells, sizeof *e->flow);
    e->input_use = autki_calloc(uses, sizeof *e->input_use);
    e->final_use = autki_calloc(plane, sizeof *e->final_use);
    e->value_added = autki_calloc(plane, sizeof *e->value_added);
    e->theta = autki_calloc(s, sizeof *e->theta);
    if (tariffs)
        e->tariff = autki_calloc(cells, sizeof *e->tariff);
    if (e->flow == NULL || e->input_use == NULL || e->final_use == NULL || e->value_added == NULL ||
        e->theta == NULL || (tariffs && e->tariff == NULL)) {
        autk_economy_free(e);
        return autki_no_memory(err, (cells + uses) * sizeof(double));
    }
    e->regions = *regions;
    e->sectors = *sectors;
    memset(regions, 0, sizeof *regions);
    memset(sectors, 0, sizeof *sectors);
    *out = e;
    return AUTK_OK;
}

autk_status autki_economy_notef(autk_economy *economy, autk_err *err, const char *fmt, ...)
{
    autk_buf text;
    va_list args;
    autk_buf_init(&text);
    va_start(args, fmt);
    autk_buf_vprintf(&text, fmt, args);
    va_end(args);
    autk_status st = autk_buf_check(&text, err);
    if (st == AUTK_OK)
        st = autki_grow(&economy->notes, &economy->notes_capacity, economy->n_notes + 1,
                        sizeof *economy->notes, 1000, err);
    if (st == AUTK_OK) {
        char *note = autki_strdup(autk_buf_text(&text));
        if (note == NULL)
            st = autki_no_memory(err, text.len + 1);
        else
            economy->notes[economy->n_notes++] = note;
    }
    autk_buf_deinit(&text);
    return st;
}

/* ------------------------------------------------------------------ looking */

int autk_economy_year(const autk_economy *economy)
{
    return economy->year;
}

int32_t autk_economy_n_regions(const autk_economy *economy)
{
    return economy->regions.n;
}

int32_t autk_economy_n_sectors(const autk_economy *economy)
{
    return economy->sectors.n;
}

static bool in(const autki_names *names, int32_t index)
{
    return index >= 0 && index < names->n;
}

const char *autk_economy_region(const autk_economy *economy, int32_t region)
{
    return in(&economy->regions, region) ? economy->regions.name[region] : "";
}

const char *autk_economy_sector(const autk_economy *economy, int32_t sector)
{
    return in(&economy->sectors, sector) ? economy->sectors.name[sector] : "";
}

autk_status autk_economy_find_region(int32_t *region, const autk_economy *economy, const char *name,
                                     autk_err *err)
{
    int32_t at = autki_names_find(&economy->regions, name, strlen(name));
    if (at < 0)
        return autki_names_unknown(&economy->regions, "an economy", name, NULL, 0, 0, err);
    *region = at;
    return AUTK_OK;
}

autk_status autk_economy_find_sector(int32_t *sector, const autk_economy *economy, const char *name,
                                     autk_err *err)
{
    int32_t at = autki_names_find(&economy->sectors, name, strlen(name));
    if (at < 0)
        return autki_names_unknown(&economy->sectors, "a sector", name, NULL, 0, 0, err);
    *sector = at;
    return AUTK_OK;
}

/* An economy or a group of the source into the mask. False when there is none of that name. */
bool autki_economy_mark_one(uint8_t *mask, const autk_economy *e, const char *name, size_t len)
{
    int32_t at = autki_names_find(&e->regions, name, len);
    if (at >= 0) {
        mask[at] = 1;
        return true;
    }
    at = autki_names_find(&e->groups, name, len);
    for (int32_t i = 0; at >= 0 && i < e->regions.n; i++)
        mask[i] = mask[i] || e->members[(size_t)at * e->stride + (size_t)i];
    return at >= 0;
}

autk_status autk_economy_mark(uint8_t *mask, const autk_economy *economy, const char *names,
                              autk_err *err)
{
    if (strcmp(names, "all") == 0) {
        memset(mask, 1, (size_t)economy->regions.n);
        return AUTK_OK;
    }
    for (const char *at = names;;) {
        size_t len = strcspn(at, ",");
        if (!autki_economy_mark_one(mask, economy, at, len)) {
            char name[100];
            (void)snprintf(name, sizeof name, "%.*s", (int)(len < 99 ? len : 99), at);
            return autki_names_unknown(&economy->regions, "an economy or a group", name, NULL, 0, 0,
                                       err);
        }
        if (at[len] == '\0')
            return AUTK_OK;
        at += len + 1;
    }
}

double autk_economy_flow(const autk_economy *economy, int32_t sector, int32_t exporter,
                         int32_t importer)
{
    if (!in(&economy->sectors, sector) || !in(&economy->regions, exporter) ||
        !in(&economy->regions, importer))
        return NAN;
    return economy->flow[autki_cell(economy, sector, exporter, importer)];
}

double autk_economy_tariff(const autk_economy *economy, int32_t sector, int32_t exporter,
                           int32_t importer)
{
    if (!in(&economy->sectors, sector) || !in(&economy->regions, exporter) ||
        !in(&economy->regions, importer))
        return NAN;
    return economy->tariff == NULL
               ? 0.0
               : economy->tariff[autki_cell(economy, sector, exporter, importer)];
}

double autk_economy_theta(const autk_economy *economy, int32_t sector)
{
    return in(&economy->sectors, sector) ? economy->theta[sector] : NAN;
}

double autk_economy_value_added(const autk_economy *economy, int32_t sector, int32_t region)
{
    return in(&economy->sectors, sector) && in(&economy->regions, region)
               ? economy->value_added[autki_at(economy, sector, region)]
               : NAN;
}

double autk_economy_final_use(const autk_economy *economy, int32_t sector, int32_t region)
{
    return in(&economy->sectors, sector) && in(&economy->regions, region)
               ? economy->final_use[autki_at(economy, sector, region)]
               : NAN;
}

double autk_economy_input_use(const autk_economy *economy, int32_t sector, int32_t input,
                              int32_t region)
{
    return in(&economy->sectors, sector) && in(&economy->sectors, input) &&
                   in(&economy->regions, region)
               ? economy->input_use[autki_use_at(economy, sector, input, region)]
               : NAN;
}

double autk_economy_deficit(const autk_economy *economy, int32_t region)
{
    if (!in(&economy->regions, region))
        return NAN;
    double imports = 0, exports = 0;
    for (int32_t j = 0; j < economy->sectors.n; j++) {
        for (int32_t i = 0; i < economy->regions.n; i++) {
            if (i == region)
                continue;
            imports += economy->flow[autki_cell(economy, j, i, region)];
            exports += economy->flow[autki_cell(economy, j, region, i)];
        }
    }
    return imports - exports;
}

size_t autk_economy_n_notes(const autk_economy *economy)
{
    return economy->n_notes;
}

const char *autk_economy_note(const autk_economy *economy, size_t note)
{
    return note < economy->n_notes ? economy->notes[note] : "";
}

/* ------------------------------------------------------------------ closing accounts */

autk_status autki_economy_theta(autk_economy *e, const autk_economy_opts *opts, bool from_source,
                                autk_err *err)
{
    if (opts->theta > 0) {
        for (int32_t j = 0; j < e->sectors.n; j++)
            e->theta[j] = opts->theta;
        return autki_economy_notef(e, err, "theta = %g in every sector, as asked", opts->theta);
    }
    if (opts->theta_path != NULL) {
        memset(e->theta, 0, (size_t)e->sectors.n * sizeof *e->theta);
        return autki_read_theta_file(e, opts->theta_path, err);
    }
    if (from_source)
        return AUTK_OK;
    for (int32_t j = 0; j < e->sectors.n; j++)
        e->theta[j] = 4.0;
    return autki_economy_notef(
        e, err,
        "theta = 4 in every sector (Simonovska and Waugh 2014: about 4); the source has none");
}

autk_status autki_economy_close_one_sector(autk_economy *e, double value_added_share,
                                           const char *source, autk_err *err)
{
    double share = value_added_share > 0 ? value_added_share : 1.0;
    if (!(share <= 1))
        return autki_fail(err, AUTK_EARG, "expected a value-added share in (0, 1], got %g", share);
    for (int32_t n = 0; n < e->regions.n; n++) {
        double output = 0, absorption = 0;
        for (int32_t i = 0; i < e->regions.n; i++) {
            output += e->flow[autki_cell(e, 0, n, i)];
            absorption += e->flow[autki_cell(e, 0, i, n)];
        }
        double inputs = (1 - share) * output;
        if (!(absorption > inputs) || !(output > 0))
            return autki_fail_at(
                err, AUTK_EDATA, source, 0, 0,
                "expected %s to buy more than its inputs, got uses %.6g and inputs %.6g",
                e->regions.name[n], absorption, inputs);
        e->value_added[autki_at(e, 0, n)] = share * output;
        e->input_use[autki_use_at(e, 0, 0, n)] = inputs;
        e->final_use[autki_at(e, 0, n)] = absorption - inputs;
    }
    return AUTK_OK;
}

/* Domestic sales that let an economy spend at least THRIFT of its value added on final use, beyond
 * the inputs of what it sells: accounts nearer to nothing have no equilibrium under any shock. */
#define THRIFT 0.5
static double least_domestic(const autk_economy *e, int32_t n, double share, double *exports)
{
    double imports = 0;
    *exports = 0;
    for (int32_t i = 0; i < e->regions.n; i++) {
        *exports += i != n ? e->flow[autki_cell(e, 0, n, i)] : 0;
        imports += i != n ? e->flow[autki_cell(e, 0, i, n)] : 0;
    }
    double least = ((1 - share + THRIFT * share) * *exports - imports) / (share * (1 - THRIFT));
    return least > 0 ? least : 0;
}

static void add_to_list(char *list, size_t size, const char *name)
{
    size_t used = strlen(list);
    (void)snprintf(list + used, size - used, "%s%s", used == 0 ? "" : ", ", name);
}

autk_status autki_economy_domestic(autk_economy *e, const double *gdp_usd,
                                   const autk_economy_opts *opts, const char *source, autk_err *err)
{
    bool output = opts->domestic == AUTK_DOMESTIC_OUTPUT;
    double share = opts->value_added_share > 0 ? opts->value_added_share : output ? 0.5 : 1.0;
    double added = output ? share : 1.0; /* of output, by the rule */
    char repaired[400] = "";
    for (int32_t n = 0; n < e->regions.n; n++) {
        double exports, least = least_domestic(e, n, share, &exports);
        double sales = gdp_usd[n] / added - exports;
        if (!(sales > least)) {
            if (!(opts->repair & AUTK_REPAIR_DOMESTIC) || !(exports > 0))
                return autki_fail_at(err, AUTK_EDATA, source, 0, 0,
                                     "expected domestic sales of %s above %.6g, got output less "
                                     "exports = %.6g; --repair domestic raises them",
                                     e->regions.name[n], least, sales);
            sales = least + 0.01 * exports;
            add_to_list(repaired, sizeof repaired, e->regions.name[n]);
        }
        e->flow[autki_cell(e, 0, n, n)] = sales;
    }
    autk_status st = autki_economy_notef(e, err, "domestic sales = %s less exports",
                                         output ? "GDP over the value-added share" : "GDP");
    if (st == AUTK_OK && output)
        st = autki_economy_notef(e, err, "value added is %g %% of output", 100 * share);
    if (st == AUTK_OK && repaired[0] != '\0')
        st = autki_economy_notef(e, err,
                                 "repaired: output less exports of %s is too small; domestic sales "
                                 "are raised until final use is half of value added",
                                 repaired);
    return st;
}

autk_status autk_economy_from_matrix(autk_economy **out, const char *const *regions, int32_t n,
                                     const double *flow_usd, double theta, double value_added_share,
                                     autk_err *err)
{
    autki_names names = {0}, sectors = {0};
    autk_economy *e = NULL;
    autk_economy_opts opts = autk_economy_opts_default();
    int32_t at;
    opts.theta = theta;
    autk_status st = autki_names_add(&at, &sectors, "all goods", 9, 1, NULL, err);
    for (int32_t i = 0; st == AUTK_OK && i < n; i++) {
        bool is_new;
        st = autki_names_add(&at, &names, regions[i], strlen(regions[i]), AUTKI_MAX_REGIONS,
                             &is_new, err);
        if (st == AUTK_OK && !is_new)
            st =
                autki_fail(err, AUTK_EDATA, "expected each economy once, got %s twice", regions[i]);
    }
    if (st == AUTK_OK)
        st = autki_economy_create(&e, &names, &sectors, false, err);
    for (int32_t i = 0; st == AUTK_OK && i < n; i++) {
        for (int32_t m = 0; m < n; m++)
            e->flow[autki_cell(e, 0, i, m)] = flow_usd[(size_t)i * (size_t)n + (size_t)m];
    }
    if (st == AUTK_OK)
        st = autki_economy_theta(e, &opts, false, err);
    if (st == AUTK_OK)
        st = autki_economy_close_one_sector(e, value_added_share, NULL, err);
    if (st == AUTK_OK)
        st = autki_economy_finish(e, &opts, NULL, err);
    autki_names_deinit(&names);
    autki_names_deinit(&sectors);
    if (st != AUTK_OK) {
        autk_economy_free(e);
        return st;
    }
    *out = e;
    return AUTK_OK;
}

/* Names that a copy needs for messages. */
static autk_status copy_names(autki_names *to, const autki_names *from, autk_err *err)
{
    int32_t at;
    for (int32_t i = 0; i < from->n; i++) {
        autk_status st =
            autki_names_add(&at, to, from->name[i], strlen(from->name[i]), from->n, NULL, err);
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

autk_status autki_economy_with_gaps(autk_economy **out, const autk_economy *economy,
                                    const double *u, autk_err *err)
{
    const autk_economy *e = economy;
    autki_names regions = {0}, sectors = {0};
    autk_economy *to = NULL;
    autk_status st = copy_names(&regions, &e->regions, err);
    if (st == AUTK_OK)
        st = copy_names(&sectors, &e->sectors, err);
    if (st == AUTK_OK)
        st = autki_economy_create(&to, &regions, &sectors, false, err);
    autki_names_deinit(&regions);
    autki_names_deinit(&sectors);
    if (st != AUTK_OK)
        return st;
    memcpy(to->flow, e->flow, (size_t)e->regions.n * e->stride * sizeof *e->flow);
    to->theta[0] = e->theta[0];
    double share = e->value_added[0] / (e->value_added[0] + e->input_use[0]);
    for (size_t k = 0; k < e->n_gaps; k++) {
        const autki_gap *gap = &e->gaps[k];
        double flow = gap->low + u[k] * (gap->high - gap->low);
        to->flow[autki_cell(to, 0, gap->exporter, gap->exporter)] += to->flow[gap->cell] - flow;
        to->flow[gap->cell] = flow;
    }
    /* What is sold abroad is not sold at home, down to the least that closes the accounts. */
    for (int32_t n = 0; n < e->regions.n; n++) {
        double exports, least = least_domestic(to, n, share, &exports);
        double *home = &to->flow[autki_cell(to, 0, n, n)];
        if (!(*home > least))
            *home = least + 0.01 * exports;
    }
    st = autki_economy_close_one_sector(to, share, NULL, err);
    if (st != AUTK_OK) {
        autk_economy_free(to);
        return st;
    }
    *out = to;
    return AUTK_OK;
}
