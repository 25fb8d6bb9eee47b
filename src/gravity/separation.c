#include "gravity/separation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "gravity/wls.h"

#define CERTIFICATE_TOL 1e-7
#define CERTIFICATE_MAX 400
#define RESIDUAL_TOL 1e-6
#define FIXED_WEIGHT 1e7   /* of a row that is no candidate, against 1: nearly a constraint */
#define NEGATIVE_TOL 1e-6  /* a fit below its negative is negative */
#define SEPARATED_TOL 1e-4 /* a fit above it separates; the published cases use the same */
#define RECTIFIER_MAX 5000
#define SOLVE_TOL 1e-9
#define SOLVE_MAX 4000

typedef struct search {
    autki_panel *panel;
    autki_wls *ws;
    double *w, *u, *fit; /* [n] */
    double *b, *a;
    uint8_t *candidate; /* [n] */
    size_t n_candidates;
} search;

static void search_deinit(search *s)
{
    autki_wls_free(s->ws);
    free(s->w);
    free(s->u);
    free(s->fit);
    free(s->b);
    free(s->a);
    free(s->candidate);
}

static autk_status search_init(search *s, autki_panel *panel, int n_threads,
                               const uint8_t *candidate, autk_err *err)
{
    *s = (search){.panel = panel};
    autk_status st = autki_wls_create(&s->ws, panel, n_threads, err);
    if (st != AUTK_OK)
        return st;
    s->w = autki_malloc(panel->n, sizeof *s->w);
    s->u = autki_malloc(panel->n, sizeof *s->u);
    s->b = autki_malloc(s->ws->n_regressors, sizeof *s->b);
    s->a = autki_malloc(s->ws->n_params, sizeof *s->a);
    s->candidate = autki_malloc(panel->n, sizeof *s->candidate);
    if (s->w == NULL || s->u == NULL || s->b == NULL || s->a == NULL || s->candidate == NULL)
        return autki_no_memory(err, panel->n * sizeof *s->w);
    for (size_t r = 0; r < panel->n; r++) {
        s->candidate[r] = panel->y[r] == 0 && (candidate == NULL || candidate[r] != 0);
        s->n_candidates += s->candidate[r];
    }
    return AUTK_OK;
}

/* What is left of the scores of regressors that the positive rows do not identify. */
static bool leaves_score(const search *s)
{
    const autki_wls *ws = s->ws;
    size_t p = ws->n_regressors;
    for (size_t j = 0; j < p; j++) {
        double left = ws->rhs_x[j], size = fabs(left);
        for (size_t i = 0; i < p; i++) {
            left -= ws->gram[j * p + i] * s->b[i];
            size += fabs(ws->gram[j * p + i] * s->b[i]);
        }
        for (size_t i = 0; i < ws->n_params; i++) {
            left -= ws->cross[i * p + j] * s->a[i];
            size += fabs(ws->cross[i * p + j] * s->a[i]);
        }
        if (!(fabs(left) <= 1e-9 * size + 1e-9))
            return true;
    }
    return false;
}

/* Is the solution one, in the metric of the levels' weights? A preconditioner that is blind to the
 * directions which the positive rows leave free would call their residual nothing. */
static autk_status leaves_residual(search *s, bool *left, autk_err *err)
{
    autki_wls *ws = s->ws;
    size_t p = ws->n_regressors;
    double *product = autki_malloc(ws->n_params, sizeof *product), residual = 0, size = 0;
    if (product == NULL)
        return autki_no_memory(err, ws->n_params * sizeof *product);
    autk_status st = autki_wls_product(ws, product, s->a, 1, err);
    for (size_t i = 0; st == AUTK_OK && i < ws->n_params; i++) {
        double r = ws->rhs[i] - product[i], inverse = ws->level_w[i] > 0 ? 1 / ws->level_w[i] : 1;
        for (size_t j = 0; j < p; j++)
            r -= ws->cross[i * p + j] * s->b[j];
        residual += r * r * inverse;
        size += ws->rhs[i] * ws->rhs[i] * inverse;
    }
    free(product);
    *left = !(residual <= RESIDUAL_TOL * RESIDUAL_TOL * size);
    return st;
}

/* Is there no separation, for certain? See the header. */
static autk_status certify(search *s, bool *none, autk_err *err)
{
    for (size_t r = 0; r < s->panel->n; r++) {
        s->w[r] = !s->candidate[r];
        s->u[r] = s->candidate[r];
    }
    autk_status st = autki_wls_prepare(s->ws, s->w, err);
    if (st == AUTK_OK)
        st = autki_wls_load(s->ws, s->u, err);
    if (st != AUTK_OK)
        return st;
    st = autki_wls_solve(s->ws, s->b, s->a, NULL, CERTIFICATE_TOL, CERTIFICATE_MAX, err);
    *none = st == AUTK_OK && !leaves_score(s);
    if (*none) {
        bool left = false;
        st = leaves_residual(s, &left, err);
        *none = !left;
    }
    return st == AUTK_ENOCONV || st == AUTK_ENUMERIC ? AUTK_OK : st;
}

/* One turn of the rectifier: u becomes the positive part of its fit. What is negative must become
 * far smaller than what is called separated: where the turns go slowly to nothing, positive and
 * negative parts shrink together, and stopping early would take both for a certificate. */
static autk_status rectify(search *s, bool *settled, autk_err *err)
{
    autk_status st = autki_wls_load(s->ws, s->u, err);
    if (st == AUTK_OK)
        st = autki_wls_solve(s->ws, s->b, s->a, NULL, SOLVE_TOL, SOLVE_MAX, err);
    if (st == AUTK_ENOCONV) /* at the rounding errors of the large weights: good enough */
        st = AUTK_OK;
    if (st == AUTK_OK)
        st = autki_wls_fitted(s->ws, s->fit, s->b, s->a, err);
    *settled = true;
    for (size_t r = 0; st == AUTK_OK && r < s->panel->n; r++) {
        if (!s->candidate[r])
            continue;
        *settled &= s->fit[r] >= -NEGATIVE_TOL;
        s->u[r] = s->fit[r] > 0 ? s->fit[r] : 0;
    }
    return st;
}

static autk_status run_rectifier(search *s, size_t *n_separated, autk_err *err)
{
    s->fit = autki_malloc(s->panel->n, sizeof *s->fit);
    if (s->fit == NULL)
        return autki_no_memory(err, s->panel->n * sizeof *s->fit);
    for (size_t r = 0; r < s->panel->n; r++) {
        s->w[r] = s->candidate[r] ? 1 : FIXED_WEIGHT;
        s->u[r] = s->candidate[r];
    }
    autki_wls_renew_graph(s->ws);
    autk_status st = autki_wls_prepare(s->ws, s->w, err);
    bool settled = false;
    for (int i = 0; st == AUTK_OK && !settled; i++) {
        if (i == RECTIFIER_MAX)
            return autki_fail(err, AUTK_ENOCONV,
                              "the search for separated observations did not settle in %d turns; "
                              "--separation off skips it",
                              RECTIFIER_MAX);
        st = rectify(s, &settled, err);
    }
    for (size_t r = 0; st == AUTK_OK && r < s->panel->n; r++) {
        if (!s->candidate[r] || !(s->u[r] > SEPARATED_TOL))
            continue;
        s->panel->state[s->panel->row[r]] = AUTKI_ROW_SEPARATED;
        ++*n_separated;
    }
    return st;
}

static autk_status find_once(autki_panel *panel, int n_threads, const uint8_t *candidate,
                             size_t *n_separated, autk_err *err)
{
    search s;
    bool none = false;
    *n_separated = 0;
    autk_status st = search_init(&s, panel, n_threads, candidate, err);
    if (st == AUTK_OK && s.n_candidates > 0)
        st = certify(&s, &none, err);
    if (st == AUTK_OK && s.n_candidates > 0 && !none)
        st = run_rectifier(&s, n_separated, err);
    search_deinit(&s);
    return st;
}

autk_status autki_separation_drop(autki_panel *panel, const autki_panel_spec *spec,
                                  const uint8_t *candidate, autk_err *err)
{
    for (;;) {
        size_t n_separated;
        autk_status st = find_once(panel, spec->n_threads, candidate, &n_separated, err);
        if (st != AUTK_OK || n_separated == 0)
            return st;
        panel->drops.separated += n_separated;
        st = autki_panel_rebuild(panel, spec, err);
        if (st != AUTK_OK || candidate != NULL)
            return st; /* the caller fits the rebuilt panel, and asks again */
    }
}
