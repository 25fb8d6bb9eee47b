#include "gravity/vcov.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "gravity/graph.h"
#include "gravity/wls.h"

void autki_vcov_spec_deinit(autki_vcov_spec *spec)
{
    autki_formula_free(spec->keys);
    spec->keys = NULL;
}

autk_status autki_vcov_parse(autki_vcov_spec *spec, const char *text, autk_err *err)
{
    static const struct {
        const char *name;
        autki_vcov_kind kind;
    } names[] = {{"iid", AUTKI_IID}, {"hetero", AUTKI_HETERO}, {"robust", AUTKI_HETERO}};
    *spec = (autki_vcov_spec){.kind = AUTKI_HETERO};
    for (size_t i = 0; text != NULL && i < sizeof names / sizeof *names; i++) {
        if (strcmp(text, names[i].name) == 0) {
            spec->kind = names[i].kind;
            return AUTK_OK;
        }
    }
    if (text == NULL)
        return AUTK_OK;
    static const char *const prefixes[] = {"cluster:", "twoway:", "multiway:"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t len = strlen(prefixes[i]);
        if (strncmp(text, prefixes[i], len) != 0)
            continue;
        spec->kind = AUTKI_CLUSTER;
        autk_status st = autki_keys_parse(&spec->keys, text + len, ',', "--vcov", err);
        if (st != AUTK_OK)
            return st;
        if (i == 1 && spec->keys->n_effects != 2) {
            size_t got = spec->keys->n_effects;
            autki_vcov_spec_deinit(spec);
            return autki_fail_at(err, AUTK_EARG, "--vcov", 0, 0,
                                 "expected two clusters after twoway:, got %zu", got);
        }
        return AUTK_OK;
    }
    return autki_fail_at(err, AUTK_EARG, "--vcov", 0, 0,
                         "expected iid, hetero, cluster:COLUMN or twoway:COLUMN,COLUMN, got \"%s\"",
                         text);
}

/* ---- meat ---- */

static inline double score_of(const autki_vcov_input *in, size_t r)
{
    return in->family == AUTKI_POISSON ? in->panel->y[r] - in->mu[r] : in->score[r];
}

/* meat += sign * sum over clusters of (sum of scores)(sum of scores)'. */
static autk_status add_meat(double *meat, const autki_vcov_input *in, const int32_t *id,
                            int32_t n_id, double sign, autk_err *err)
{
    size_t p = (size_t)in->panel->n_regressors;
    double *sums = autki_calloc((size_t)n_id * p, sizeof *sums);
    if (sums == NULL)
        return autki_no_memory(err, (size_t)n_id * p * sizeof *sums);
    for (size_t r = 0; r < in->panel->n; r++) {
        double *sum = sums + (size_t)id[r] * p, score = score_of(in, r);
        for (size_t j = 0; j < p; j++)
            sum[j] += in->x[r * p + j] * score;
    }
    for (size_t g = 0; g < (size_t)n_id; g++) {
        const double *sum = sums + g * p;
        for (size_t i = 0; i < p; i++) {
            for (size_t j = 0; j < p; j++)
                meat[i * p + j] += sign * sum[i] * sum[j];
        }
    }
    free(sums);
    return AUTK_OK;
}

static void hetero_meat(double *meat, const autki_vcov_input *in)
{
    size_t p = (size_t)in->panel->n_regressors;
    for (size_t r = 0; r < in->panel->n; r++) {
        const double *x = in->x + r * p;
        double score = score_of(in, r), square = score * score;
        for (size_t i = 0; i < p; i++) {
            double xi = square * x[i];
            for (size_t j = 0; j <= i; j++)
                meat[i * p + j] += xi * x[j];
        }
    }
    for (size_t i = 0; i < p; i++) {
        for (size_t j = 0; j < i; j++)
            meat[j * p + i] = meat[i * p + j];
    }
}

/* Clusters of the used rows, numbered without gaps. */
static autk_status cluster_ids(int32_t **out, int32_t *n_out, const autki_vcov_input *in, size_t k,
                               autk_err *err)
{
    const autki_panel *pn = in->panel;
    const autki_formula *f = in->spec->keys;
    int32_t *all = NULL, n_all = 0;
    autk_status st = autki_key_ids(&all, &n_all, pn->frame, f, &f->effects[k], err);
    int32_t *id = autki_malloc(pn->n, sizeof *id), *map = NULL, next = 0;
    if (st == AUTK_OK) {
        map = autki_malloc((size_t)n_all, sizeof *map);
        if (id == NULL || map == NULL)
            st = autki_no_memory(err, pn->n * sizeof *id);
    }
    if (st == AUTK_OK && n_all > 0)
        memset(map, 0xff, (size_t)n_all * sizeof *map);
    for (size_t r = 0; st == AUTK_OK && r < pn->n; r++) {
        int32_t from = all[pn->row[r]];
        if (from < 0) {
            st = autki_fail_at(err, AUTK_EDATA, pn->frame->source,
                               pn->frame->row_is_line ? (int64_t)pn->row[r] + 2 : 0, 0,
                               "expected a cluster %s in every row used, got a missing one",
                               autki_formula_text(f, f->effects[k].text));
            break;
        }
        if (map[from] < 0)
            map[from] = next++;
        id[r] = map[from];
    }
    free(all);
    free(map);
    if (st != AUTK_OK) {
        free(id);
        return st;
    }
    *out = id;
    *n_out = next;
    return AUTK_OK;
}

/* Cameron, Gelbach & Miller (2011): the meats of all combinations of clusters, with signs. */
static autk_status multiway_meat(double *meat, const autki_vcov_input *in, int32_t *const *id,
                                 const int32_t *n_id, size_t n_keys, autk_err *err)
{
    size_t n = in->panel->n;
    int32_t *both = autki_malloc(n, sizeof *both);
    autk_status st = both == NULL ? autki_no_memory(err, n * sizeof *both) : AUTK_OK;
    for (unsigned set = 1; st == AUTK_OK && set < 1u << n_keys; set++) {
        int32_t n_both = 0;
        int members = 0;
        for (size_t k = 0; st == AUTK_OK && k < n_keys; k++) {
            if ((set >> k & 1) == 0)
                continue;
            if (members++ == 0) {
                memcpy(both, id[k], n * sizeof *both);
                n_both = n_id[k];
            } else {
                st = autki_combine_ids(both, &n_both, both, n_both, id[k], n_id[k], n, err);
            }
        }
        if (st == AUTK_OK)
            st = add_meat(meat, in, both, n_both, members % 2 == 1 ? 1 : -1, err);
    }
    free(both);
    return st;
}

/* ---- degrees of freedom ---- */

/* Does every level of an effect lie in one cluster? */
static autk_status is_nested(bool *nested, const autki_panel *p, int32_t k, const int32_t *id,
                             autk_err *err)
{
    int32_t *of = autki_malloc((size_t)p->n_levels[k], sizeof *of);
    if (of == NULL)
        return autki_no_memory(err, (size_t)p->n_levels[k] * sizeof *of);
    memset(of, 0xff, (size_t)p->n_levels[k] * sizeof *of);
    *nested = true;
    for (size_t r = 0; r < p->n && *nested; r++) {
        int32_t *c = &of[p->level[k][r]];
        *nested = *c < 0 || *c == id[r];
        *c = id[r];
    }
    free(of);
    return AUTK_OK;
}

autk_status autki_effects_rank(double *rank, const autki_panel *p, const bool *nested,
                               autk_err *err)
{
    *rank = 0;
    for (int32_t k = 0; k < p->n_effects; k++) {
        if (nested != NULL && nested[p->effect_of[k]])
            continue;
        size_t redundant = 0;
        for (int32_t j = 0; j < k; j++) {
            size_t shared;
            if (nested != NULL && nested[p->effect_of[j]])
                continue;
            autk_status st = autki_graph_components(&shared, p, j, k, err);
            if (st != AUTK_OK)
                return st;
            redundant = shared > redundant ? shared : redundant;
        }
        *rank += (double)p->n_levels[k] - (double)redundant;
    }
    return AUTK_OK;
}

/* Parameters as fixest counts them: all levels less one for each effect but one; nested effects,
 * when there are clusters, as one each. */
static double fixest_k(const autki_vcov_input *in, const bool *nested)
{
    const autki_panel *p = in->panel;
    double k = in->rank, n_nested = 0, levels = 0;
    for (int32_t q = 0; q < p->n_effects; q++) {
        levels += p->n_levels[q];
        if (nested[p->effect_of[q]]) {
            n_nested++;
            k -= p->n_levels[q] - 1;
        }
    }
    if (p->n_effects == 0)
        return k;
    if (n_nested == p->n_effects)
        return in->rank + 1;
    return k + levels - (p->n_effects - 1);
}

/* Factor on the sandwich and degrees of freedom of t. docs/modules/gravity.md has the table. */
static autk_status small_sample(double *factor, double *df, const autki_vcov_input *in,
                                const bool *nested, double n_clusters, autk_err *err)
{
    double n = (double)in->panel->n, k = in->rank;
    bool clustered = in->spec->kind == AUTKI_CLUSTER, iid = in->spec->kind == AUTKI_IID;
    double ratio = clustered ? n_clusters / (n_clusters - 1) : n / (n - 1);
    if (in->convention == AUTK_CONVENTION_FIXEST) {
        k = fixest_k(in, nested);
        *factor = (n - 1) / (n - k) * (iid ? 1 : ratio);
        *df = in->family == AUTKI_POISSON ? INFINITY : clustered ? n_clusters - 1 : n - k;
        return AUTK_OK;
    }
    if (in->family == AUTKI_POISSON) {
        *factor = iid ? 1 : ratio;
        *df = INFINITY;
        return AUTK_OK;
    }
    double effects;
    autk_status st = autki_effects_rank(&effects, in->panel, clustered ? nested : NULL, err);
    if (st != AUTK_OK)
        return st;
    k += effects;
    if (in->panel->n_effects > 0 && effects < 1)
        k += 1; /* the constant, which the nested effects held */
    *factor = clustered ? (n - 1) / (n - k) * ratio : iid ? (n - 1) / (n - k) : n / (n - k);
    *df = clustered ? n_clusters - 1 : n - k;
    return AUTK_OK;
}

/* ---- all of it ---- */

/* v = bread meat bread * factor */
static autk_status sandwich(double *v, const double *bread, const double *meat, double factor,
                            size_t p, autk_err *err)
{
    double *half = autki_calloc(p * p, sizeof *half);
    if (half == NULL)
        return autki_no_memory(err, p * p * sizeof *half);
    for (size_t i = 0; i < p; i++) {
        for (size_t k = 0; k < p; k++) {
            for (size_t j = 0; j < p; j++)
                half[i * p + j] += bread[i * p + k] * meat[k * p + j];
        }
    }
    for (size_t i = 0; i < p; i++) {
        for (size_t j = 0; j < p; j++) {
            double sum = 0;
            for (size_t k = 0; k < p; k++)
                sum += half[i * p + k] * bread[k * p + j];
            v[i * p + j] = factor * sum;
        }
    }
    free(half);
    return AUTK_OK;
}

/* A multiway difference can be indefinite: negative eigenvalues become zero, as Cameron, Gelbach &
 * Miller propose, where a variance would be negative. */
static autk_status clip(double *v, size_t p, autk_err *err)
{
    bool negative = false;
    for (size_t j = 0; j < p; j++)
        negative |= v[j * p + j] < 0;
    if (!negative)
        return AUTK_OK;
    double *copy = autki_malloc(2 * p * p + p, sizeof *copy);
    if (copy == NULL)
        return autki_no_memory(err, 2 * p * p * sizeof *copy);
    double *vectors = copy + p * p, *values = vectors + p * p;
    memcpy(copy, v, p * p * sizeof *copy);
    autki_eigen(values, vectors, copy, p);
    for (size_t i = 0; i < p; i++) {
        for (size_t j = 0; j < p; j++) {
            double sum = 0;
            for (size_t k = 0; k < p; k++)
                sum += values[k] > 0 ? vectors[i * p + k] * values[k] * vectors[j * p + k] : 0;
            v[i * p + j] = sum;
        }
    }
    free(copy);
    return AUTK_OK;
}

static autk_status clustered(autki_vcov_output *out, const autki_vcov_input *in, double *meat,
                             bool *nested, double *fewest, autk_err *err)
{
    int32_t *id[AUTKI_KEYS_MAX] = {NULL};
    size_t n_keys = in->spec->keys->n_effects;
    autk_status st = AUTK_OK;
    *fewest = INFINITY;
    for (size_t k = 0; st == AUTK_OK && k < n_keys; k++) {
        st = cluster_ids(&id[k], &out->n_clusters[k], in, k, err);
        if (st == AUTK_OK && out->n_clusters[k] < *fewest)
            *fewest = out->n_clusters[k];
        for (int32_t q = 0; st == AUTK_OK && q < in->panel->n_effects; q++) {
            bool inside = false;
            st = is_nested(&inside, in->panel, q, id[k], err);
            nested[in->panel->effect_of[q]] |= inside;
        }
    }
    if (st == AUTK_OK && *fewest < 2)
        st = autki_fail_at(err, AUTK_EDATA, "--vcov", 0, 0,
                           "expected at least two clusters, got %g", *fewest);
    if (st == AUTK_OK)
        st = multiway_meat(meat, in, id, out->n_clusters, n_keys, err);
    for (size_t k = 0; k < n_keys; k++)
        free(id[k]);
    return st;
}

autk_status autki_vcov_compute(autki_vcov_output *out, const autki_vcov_input *in, autk_err *err)
{
    size_t p = (size_t)in->panel->n_regressors;
    bool nested[AUTKI_KEYS_MAX] = {false};
    double fewest = 0, factor = 1;
    double *meat = autki_calloc(p * p, sizeof *meat);
    autk_status st = meat == NULL ? autki_no_memory(err, p * p * sizeof *meat) : AUTK_OK;
    if (st == AUTK_OK && in->spec->kind == AUTKI_CLUSTER)
        st = clustered(out, in, meat, nested, &fewest, err);
    else if (st == AUTK_OK && in->spec->kind == AUTKI_HETERO)
        hetero_meat(meat, in);
    if (st == AUTK_OK)
        st = small_sample(&factor, &out->df, in, nested, fewest, err);
    if (st == AUTK_OK && in->spec->kind == AUTKI_IID) {
        double dispersion = in->family == AUTKI_OLS ? in->rss / ((double)in->panel->n - 1) : 1;
        for (size_t i = 0; i < p * p; i++)
            out->v[i] = in->bread[i] * dispersion * factor;
    } else if (st == AUTK_OK) {
        st = sandwich(out->v, in->bread, meat, factor, p, err);
        if (st == AUTK_OK)
            st = clip(out->v, p, err);
    }
    free(meat);
    return st;
}
