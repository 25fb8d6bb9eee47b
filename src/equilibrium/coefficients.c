/* Coefficients of sanctions with their joint covariance, from what `estimate` writes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/scenario.h"

#define MAX_BYTES ((size_t)256 << 20)
/* How far from symmetric or positive semidefinite rounding alone may bring a matrix, relative. */
#define ROUNDING 1e-9

typedef struct file {
    const char *source;
    const json_t *names, *estimates, *vcov, *draws;
    const char **name; /* [n] borrowed from names */
    size_t n;
    autk_err *err;
} file;

bool autki_cholesky_lower(double *factor, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        double diagonal = factor[j * n + j], left = diagonal;
        for (size_t k = 0; k < j; k++)
            left -= factor[j * n + k] * factor[j * n + k];
        if (!(left >= -ROUNDING * diagonal))
            return false;
        bool singular = !(left > ROUNDING * diagonal);
        double root = singular ? 0 : sqrt(left);
        for (size_t i = j + 1; i < n; i++) {
            double x = factor[i * n + j];
            for (size_t k = 0; k < j; k++)
                x -= factor[i * n + k] * factor[j * n + k];
            /* What a column without a variance of its own leaves must be nothing. */
            if (singular && !(x * x <= 2 * ROUNDING * diagonal * factor[i * n + i]))
                return false;
            factor[i * n + j] = singular ? 0 : x / root;
        }
        factor[j * n + j] = root;
        for (size_t k = j + 1; k < n; k++)
            factor[j * n + k] = 0;
    }
    return true;
}

void autki_correlate(double *draws, const double *factor, size_t n)
{
    for (size_t i = n; i-- > 0;) {
        double sum = 0;
        for (size_t k = 0; k <= i; k++)
            sum += factor[i * n + k] * draws[k];
        draws[i] = sum;
    }
}

/* ------------------------------------------------------------------ the file */

static autk_status load(json_t **root, autk_input *input, autk_err *err)
{
    char *bytes = NULL;
    size_t size = 0;
    json_error_t error;
    autk_status st = autk_input_slurp(&bytes, &size, input, MAX_BYTES, err);
    if (st != AUTK_OK)
        return st;
    *root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &error);
    free(bytes);
    if (*root != NULL)
        return AUTK_OK;
    if (json_error_code(&error) == json_error_out_of_memory)
        return autki_no_memory(err, size);
    return autki_fail_at(err, AUTK_EPARSE, autk_input_name(input), error.line > 0 ? error.line : 1,
                         error.column > 0 ? error.column : 1, "expected JSON, got: %s", error.text);
}

static autk_status refuse(const file *f, const char *what)
{
    return autki_fail_at(f->err, AUTK_EDATA, f->source, 0, 0, "expected %s, got another", what);
}

static autk_status open_lists(file *f, const json_t *root)
{
    const char *kind = json_string_value(json_object_get(root, "kind"));
    if (kind == NULL || strcmp(kind, "autarky.partial_effects") != 0)
        return refuse(f, "what `autarky estimate --to-scenario` writes (kind "
                         "autarky.partial_effects)");
    f->names = json_object_get(root, "names");
    f->estimates = json_object_get(root, "estimates");
    f->vcov = json_object_get(root, "vcov");
    f->draws = json_object_get(root, "draws");
    f->n = json_array_size(f->names);
    if (f->n == 0)
        return refuse(f, "a list of names");
    if (json_array_size(f->estimates) != f->n)
        return refuse(f, "an estimate for each name");
    if (json_array_size(f->vcov) != f->n)
        return refuse(f, "a row of vcov for each name");
    f->name = autki_calloc(f->n, sizeof *f->name);
    if (f->name == NULL)
        return autki_no_memory(f->err, f->n * sizeof *f->name);
    for (size_t i = 0; i < f->n; i++) {
        f->name[i] = json_string_value(json_array_get(f->names, i));
        if (f->name[i] == NULL)
            return refuse(f, "texts as names");
        if (json_array_size(json_array_get(f->vcov, i)) != f->n)
            return refuse(f, "a column of vcov for each name");
    }
    return AUTK_OK;
}

static autk_status number(const file *f, double *out, const json_t *list, size_t at,
                          const char *what, size_t name)
{
    const json_t *value = json_array_get(list, at);
    *out = json_number_value(value);
    if (json_is_number(value) && isfinite(*out))
        return AUTK_OK;
    return autki_fail_at(f->err, AUTK_EDATA, f->source, 0, 0,
                         "expected a number as %s of %.60s, got none", what, f->name[name]);
}

/* ------------------------------------------------------------------ what the scenario uses */

typedef struct use {
    size_t n;        /* estimates that measures name */
    size_t *of_file; /* [n] their places in the file */
    double *value;   /* [n] */
    double *factor;  /* [n][n] */
    double *draws;   /* [n_draws][n] less the estimates; NULL = the file has none */
    size_t n_draws, capacity;
} use;

static autk_status find(const file *f, size_t *at, const autk_scenario *s, const autki_rule *rule)
{
    bool found = false;
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->name[i], rule->estimate) != 0)
            continue;
        if (found)
            return autki_fail_at(f->err, AUTK_EDATA, f->source, 0, 0,
                                 "expected each name once, got %.60s twice", rule->estimate);
        found = true;
        *at = i;
    }
    if (found)
        return AUTK_OK;
    char near[160];
    autk_nearest_names(near, sizeof near, rule->estimate, f->name, f->n, 3);
    return autki_fail_at(f->err, AUTK_ENOTFOUND, s->source, rule->at.line, rule->at.column,
                         "expected the name of an estimate in %.100s, got \"%.60s\"%s%s%s",
                         f->source, rule->estimate, near[0] != '\0' ? " (nearest: " : "", near,
                         near[0] != '\0' ? ")" : "");
}

static autk_status add_use(use *u, const file *f, size_t at)
{
    for (size_t i = 0; i < u->n; i++) {
        if (u->of_file[i] == at)
            return AUTK_OK;
    }
    autk_status st = autki_grow(&u->of_file, &u->capacity, u->n + 1, sizeof *u->of_file,
                                AUTKI_MAX_ESTIMATES, f->err);
    if (st == AUTK_OK)
        u->of_file[u->n++] = at;
    return st;
}

static autk_status covariance(use *u, const file *f)
{
    size_t n = u->n;
    u->value = autki_calloc(n, sizeof *u->value);
    u->factor = autki_calloc(n * n, sizeof *u->factor);
    if (u->value == NULL || u->factor == NULL)
        return autki_no_memory(f->err, n * n * sizeof *u->factor);
    for (size_t i = 0; i < n; i++) {
        size_t a = u->of_file[i];
        autk_status st = number(f, &u->value[i], f->estimates, a, "the estimate", a);
        for (size_t k = 0; st == AUTK_OK && k < n; k++)
            st = number(f, &u->factor[i * n + k], json_array_get(f->vcov, a), u->of_file[k],
                        "a covariance", a);
        if (st != AUTK_OK)
            return st;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) {
            double x = u->factor[i * n + k], y = u->factor[k * n + i];
            if (!(fabs(x - y) <= ROUNDING * (fabs(x) + fabs(y))))
                return refuse(f, "a symmetric vcov");
        }
    }
    return autki_cholesky_lower(u->factor, n) ? AUTK_OK : refuse(f, "a positive semidefinite vcov");
}

/* Draws of a bootstrap, if the file has any. */
static autk_status bootstrap(use *u, const file *f)
{
    size_t n = u->n;
    u->n_draws = json_array_size(f->draws);
    if (f->draws == NULL)
        return AUTK_OK;
    if (u->n_draws == 0 || u->n_draws > AUTKI_MAX_REPLICATES)
        return refuse(f, "a list of draws");
    u->draws = autki_calloc(u->n_draws * n, sizeof *u->draws);
    if (u->draws == NULL)
        return autki_no_memory(f->err, u->n_draws * n * sizeof *u->draws);
    for (size_t d = 0; d < u->n_draws; d++) {
        const json_t *draw = json_array_get(f->draws, d);
        if (json_array_size(draw) != f->n)
            return refuse(f, "a number for each name in each of the draws");
        for (size_t i = 0; i < n; i++) {
            double *to = &u->draws[d * n + i];
            autk_status st = number(f, to, draw, u->of_file[i], "a draw", u->of_file[i]);
            if (st != AUTK_OK)
                return st;
            *to -= u->value[i];
        }
    }
    return AUTK_OK;
}

/* Nothing of the scenario changes before all of the file is understood. */
static autk_status take(autk_scenario *s, use *u, const file *f)
{
    autk_status st = AUTK_OK;
    size_t at = 0;
    for (size_t i = 0; i < s->n_steps; i++) {
        for (size_t k = 0; st == AUTK_OK && k < s->steps[i].n; k++) {
            const autki_rule *rule = &s->steps[i].rules[k];
            if (rule->estimate == NULL)
                continue;
            st = find(f, &at, s, rule);
            if (st == AUTK_OK)
                st = add_use(u, f, at);
        }
    }
    if (st == AUTK_OK && u->n == 0)
        return autki_fail_at(f->err, AUTK_EDATA, s->source, 0, 0,
                             "expected a sanction {estimate: NAME} for the coefficients of "
                             "%.100s, got none",
                             f->source);
    if (st == AUTK_OK)
        st = covariance(u, f);
    return st == AUTK_OK ? bootstrap(u, f) : st;
}

static void set_rules(autk_scenario *s, use *u, const file *f)
{
    for (size_t i = 0; i < s->n_steps; i++) {
        for (size_t k = 0; k < s->steps[i].n; k++) {
            autki_rule *rule = &s->steps[i].rules[k];
            size_t at = 0;
            while (rule->estimate != NULL && strcmp(f->name[u->of_file[at]], rule->estimate) != 0)
                at++;
            if (rule->estimate == NULL)
                continue;
            rule->estimate_at = at;
            rule->value = rule->times * u->value[at];
        }
    }
    free(s->factor);
    s->factor = u->factor;
    s->n_estimates = u->n;
    u->factor = NULL;
    free(s->replicates);
    s->replicates = u->draws;
    s->n_replicates = u->n_draws;
    u->draws = NULL;
}

autk_status autk_scenario_use_coefficients(autk_scenario *scenario, autk_input *input,
                                           autk_err *err)
{
    json_t *root = NULL;
    file f = {.source = autk_input_name(input), .err = err};
    use u = {0};
    autk_status st = load(&root, input, err);
    if (st == AUTK_OK)
        st = open_lists(&f, root);
    if (st == AUTK_OK)
        st = take(scenario, &u, &f);
    if (st == AUTK_OK)
        set_rules(scenario, &u, &f);
    free(u.of_file);
    free(u.value);
    free(u.factor);
    free(u.draws);
    free(f.name);
    json_decref(root);
    return st;
}
