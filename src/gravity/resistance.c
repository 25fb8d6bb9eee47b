/* Multilateral resistances from the effects of a Poisson fit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "gravity/effects.h"
#include "gravity/graph.h"

typedef struct side {
    int32_t k; /* the solver's number of the effect */
    size_t n;
    const autki_frame_column *economy;
    int32_t *row;     /* [n] a row of the frame for each level */
    double *total;    /* [n] */
    int32_t *base;    /* [n] level of the same economy in the base period, -1 = none; three-way */
    bool *comparable; /* [n] with the reference of its period, in the base too; three-way */
} side;

typedef struct work {
    autki_job *job;
    side exporters, importers;
    const autki_frame_column *year; /* NULL in a cross-section */
    size_t n_years;                 /* codes of years, used or not */
    double *world;                  /* [n_years] 0 = not used */
    int32_t *reference;             /* [n_years] level of the importers, -1 = none */
    bool three_way;                 /* then all is told relative to the base period */
    int32_t base;                   /* code of that period */
} work;

static autk_status check_model(work *w, autki_gravity_keys *keys, autk_err *err)
{
    const autki_job *job = w->job;
    if (job->spec.family != AUTKI_POISSON || job->opts->weights != NULL)
        return autki_fail_at(err, AUTK_EARG, "--resistances", 0, 0,
                             "expected Poisson without weights: only its effects add up to the "
                             "totals of the data");
    if (autki_bias_keys(keys, job->formula, NULL) != AUTK_OK)
        return autki_fail_at(err, AUTK_EARG, "--resistances", 0, 0,
                             "expected the effects exporter^year + importer^year, alone or with "
                             "exporter^importer, or exporter + importer");
    w->three_way = keys->three_way;
    if (!w->three_way && job->opts->base != NULL)
        return autki_fail_at(err, AUTK_EARG, "--base", 0, 0,
                             "expected effects of pairs: without them the level is known");
    return AUTK_OK;
}

/* The solver's number of an effect of the formula. */
static int32_t effect_at(const autki_panel *p, int32_t effect)
{
    int32_t k = 0;
    while (p->effect_of[k] != effect)
        k++;
    return k;
}

static autk_status load_side(side *s, const autki_job *job, int32_t effect, const char *economy,
                             autk_err *err)
{
    const autki_panel *p = job->panel;
    s->k = effect_at(p, effect);
    s->n = (size_t)p->n_levels[s->k];
    s->economy = &job->frame->columns[autki_frame_find(job->frame, economy)];
    s->row = autki_calloc(s->n, sizeof *s->row);
    s->total = autki_calloc(s->n, sizeof *s->total);
    if (s->row == NULL || s->total == NULL)
        return autki_no_memory(err, s->n * sizeof *s->total);
    for (size_t r = 0; r < p->n; r++) {
        s->row[p->level[s->k][r]] = p->row[r];
        s->total[p->level[s->k][r]] += p->y[r];
    }
    return AUTK_OK;
}

static size_t year_of(const work *w, const side *s, size_t level)
{
    return w->year != NULL ? (size_t)w->year->code[s->row[level]] : 0;
}

/* Levels of different economies are comparable only in one connected component a year. */
static autk_status load_years(work *w, autk_err *err)
{
    size_t n_used = 0, n_components = 0;
    w->world = autki_calloc(w->n_years, sizeof *w->world);
    w->reference = autki_malloc(w->n_years, sizeof *w->reference);
    if (w->world == NULL || w->reference == NULL)
        return autki_no_memory(err, w->n_years * sizeof *w->world);
    for (size_t l = 0; l < w->importers.n; l++)
        w->world[year_of(w, &w->importers, l)] += w->importers.total[l];
    for (size_t t = 0; t < w->n_years; t++) {
        w->reference[t] = -1;
        n_used += w->world[t] > 0;
    }
    autk_status st =
        autki_graph_components(&n_components, w->job->panel, w->exporters.k, w->importers.k, err);
    if (st == AUTK_OK && n_components != n_used)
        st = autki_fail_at(err, AUTK_EDATA, "--resistances", 0, 0,
                           "expected economies connected by trade in every period, got %zu "
                           "components in %zu periods",
                           n_components, n_used);
    return st;
}

/* The importer asked for, or the first in the data, that is there in every period. */
static autk_status find_reference(work *w, autk_err *err)
{
    const side *s = &w->importers;
    const char *name = w->job->opts->reference;
    size_t n_codes = (size_t)s->economy->levels.n_levels, n_used = 0;
    size_t *periods = autki_calloc(n_codes, sizeof *periods);
    if (periods == NULL)
        return autki_no_memory(err, n_codes * sizeof *periods);
    for (size_t l = 0; l < s->n; l++)
        periods[s->economy->code[s->row[l]]]++;
    for (size_t t = 0; t < w->n_years; t++)
        n_used += w->world[t] > 0;
    int32_t code = -1;
    for (size_t c = 0; c < n_codes && code < 0; c++) {
        bool wanted = name == NULL ||
                      strcmp(autki_dictionary_text(&s->economy->levels, (int32_t)c), name) == 0;
        if (wanted && periods[c] == n_used)
            code = (int32_t)c;
    }
    free(periods);
    if (code < 0)
        return autki_fail_at(err, AUTK_ENOTFOUND, "--reference", 0, 0,
                             "expected an importer that is used in all %zu periods, got %s", n_used,
                             name != NULL ? name : "none");
    for (size_t l = 0; l < s->n; l++) {
        if (s->economy->code[s->row[l]] == code)
            w->reference[year_of(w, s, l)] = (int32_t)l;
    }
    return AUTK_OK;
}

/* ---- three-way: changes since a base period ---- */

/* Only sums of an economy's effects and of its pairs' are known, in each of their years: a_it +
 * d_ij may lose to d_ij what it likes, the same in every year. What is left is a_it - a_i0, where
 * pairs that were there in both years connect the economies. */

static autk_status find_base(work *w, autk_err *err)
{
    const char *name = w->job->opts->base;
    w->base = -1;
    for (size_t t = 0; t < w->n_years; t++) {
        const char *text = autki_dictionary_text(&w->year->levels, (int32_t)t);
        bool better =
            w->base < 0 || strcmp(text, autki_dictionary_text(&w->year->levels, w->base)) < 0;
        if (w->world[t] > 0 && (name != NULL ? strcmp(text, name) == 0 : better))
            w->base = (int32_t)t;
    }
    return w->base >= 0 ? AUTK_OK
                        : autki_fail_at(err, AUTK_ENOTFOUND, "--base", 0, 0,
                                        "expected a period that is used, got %s",
                                        name != NULL ? name : "none");
}

/* Which pairs (levels of the third effect) have a row in the base period. */
static autk_status find_lasting(const work *w, bool **lasting, autk_err *err)
{
    const autki_panel *p = w->job->panel;
    int32_t pair = effect_at(p, 2);
    *lasting = autki_calloc((size_t)p->n_levels[pair], sizeof **lasting);
    if (*lasting == NULL)
        return autki_no_memory(err, (size_t)p->n_levels[pair]);
    for (size_t r = 0; r < p->n; r++)
        (*lasting)[p->level[pair][r]] |= w->year->code[p->row[r]] == w->base;
    return AUTK_OK;
}

/* Does a row connect its exporter and its importer of that year with the base? */
static bool is_lasting(const autki_panel *p, size_t r, void *ctx)
{
    return ((const bool *)ctx)[p->level[effect_at(p, 2)][r]];
}

static autk_status find_bases(const work *w, side *s, autk_err *err)
{
    size_t n_codes = (size_t)s->economy->levels.n_levels;
    int32_t *in_base = autki_malloc(n_codes, sizeof *in_base);
    s->base = autki_malloc(s->n, sizeof *s->base);
    s->comparable = autki_calloc(s->n, sizeof *s->comparable);
    if (in_base == NULL || s->base == NULL || s->comparable == NULL) {
        free(in_base);
        return autki_no_memory(err, s->n * sizeof *s->base);
    }
    memset(in_base, 0xff, n_codes * sizeof *in_base);
    for (size_t l = 0; l < s->n; l++) {
        if (year_of(w, s, l) == (size_t)w->base)
            in_base[s->economy->code[s->row[l]]] = (int32_t)l;
    }
    for (size_t l = 0; l < s->n; l++)
        s->base[l] = in_base[s->economy->code[s->row[l]]];
    free(in_base);
    return AUTK_OK;
}

/* root: of the exporters' levels, then of the importers'. */
static void compare(const work *w, side *s, const int32_t *root, size_t offset)
{
    const int32_t *importers = root + w->exporters.n;
    int32_t of_base = importers[w->reference[w->base]];
    for (size_t l = 0; l < s->n; l++) {
        int32_t of_year = importers[w->reference[year_of(w, s, l)]];
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): find_bases() has made it */
        s->comparable[l] = s->base[l] >= 0 && root[offset + l] == of_year &&
                           root[offset + (size_t)s->base[l]] == of_base;
    }
}

static autk_status compare_with_base(work *w, autk_err *err)
{
    bool *lasting = NULL;
    int32_t *root = NULL;
    autk_status st = find_base(w, err);
    if (st == AUTK_OK)
        st = find_lasting(w, &lasting, err);
    if (st == AUTK_OK)
        st = autki_graph_roots_of(&root, w->job->panel, w->exporters.k, w->importers.k, is_lasting,
                                  lasting, err);
    if (st == AUTK_OK)
        st = find_bases(w, &w->exporters, err);
    if (st == AUTK_OK)
        st = find_bases(w, &w->importers, err);
    if (st == AUTK_OK) {
        compare(w, &w->exporters, root, 0);
        compare(w, &w->importers, root, w->exporters.n);
    }
    free(lasting);
    free(root);
    return st;
}

/* ---- powers ---- */

/* log of the power; the constant counts as part of the exporters' effects. */
static double log_power(const work *w, bool inward, size_t level)
{
    const side *s = inward ? &w->importers : &w->exporters;
    size_t t = year_of(w, s, level), r = (size_t)w->reference[t];
    double of_reference =
        log(w->importers.total[r]) - autki_effect_value(w->job, w->importers.k, r);
    double own = log(s->total[level]) - autki_effect_value(w->job, s->k, level);
    return inward ? own - of_reference
                  : own - autki_effects_constant(w->job) + of_reference - log(w->world[t]);
}

static double power_of(const work *w, bool inward, size_t level)
{
    const side *s = inward ? &w->importers : &w->exporters;
    double power = log_power(w, inward, level);
    return exp(w->three_way ? power - log_power(w, inward, (size_t)s->base[level]) : power);
}

static autk_status keep_side(work *w, bool inward, autk_err *err)
{
    const side *s = inward ? &w->importers : &w->exporters;
    autk_estimate *e = w->job->out;
    for (size_t l = 0; l < s->n; l++) {
        if (w->three_way && !s->comparable[l])
            continue;
        const char *period = w->year != NULL
                                 ? autki_dictionary_text(&w->year->levels, w->year->code[s->row[l]])
                                 : "";
        autki_resistance *r = &e->resistances[e->n_resistances++];
        *r = (autki_resistance){.inward = inward,
                                .economy = autki_strdup(autki_dictionary_text(
                                    &s->economy->levels, s->economy->code[s->row[l]])),
                                .period = autki_strdup(period),
                                .total = s->total[l],
                                .power = power_of(w, inward, l)};
        if (r->economy == NULL || r->period == NULL)
            return autki_no_memory(err, strlen(period) + 1);
    }
    return AUTK_OK;
}

static int by_economy_and_period(const void *a, const void *b)
{
    const autki_resistance *x = a, *y = b;
    if (x->inward != y->inward)
        return x->inward ? 1 : -1;
    int order = strcmp(x->economy, y->economy);
    return order != 0 ? order : strcmp(x->period, y->period);
}

static autk_status keep(work *w, autk_err *err)
{
    autk_estimate *e = w->job->out;
    size_t n = w->exporters.n + w->importers.n;
    e->sigma = w->job->opts->sigma;
    e->resistances = autki_calloc(n, sizeof *e->resistances);
    if (e->resistances == NULL)
        return autki_no_memory(err, n * sizeof *e->resistances);
    autk_status st = keep_side(w, false, err);
    if (st == AUTK_OK)
        st = keep_side(w, true, err);
    if (st == AUTK_OK)
        qsort(e->resistances, e->n_resistances, sizeof *e->resistances, by_economy_and_period);
    e->resistance_changes = w->three_way;
    return st;
}

static void free_side(side *s)
{
    free(s->row);
    free(s->total);
    free(s->base);
    free(s->comparable);
}

autk_status autki_resistances_take(autki_job *job, autk_err *err)
{
    autki_gravity_keys keys = {0};
    work w = {.job = job, .n_years = 1};
    autk_status st = check_model(&w, &keys, err);
    if (st != AUTK_OK)
        return st;
    if (keys.year != NULL) {
        w.year = &job->frame->columns[autki_frame_find(job->frame, keys.year)];
        w.n_years = (size_t)w.year->levels.n_levels;
    }
    st = load_side(&w.exporters, job, 0, keys.exporter, err);
    if (st == AUTK_OK)
        st = load_side(&w.importers, job, 1, keys.importer, err);
    if (st == AUTK_OK)
        st = load_years(&w, err);
    if (st == AUTK_OK)
        st = find_reference(&w, err);
    if (st == AUTK_OK && w.three_way)
        st = compare_with_base(&w, err);
    if (st == AUTK_OK)
        st = keep(&w, err);
    free_side(&w.exporters);
    free_side(&w.importers);
    free(w.world);
    free(w.reference);
    return st;
}
