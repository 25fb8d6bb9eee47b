/* Several estimates side by side, as text and as LaTeX; coefficients with their covariance for a
 * simulation. */
#include <autarky/table.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "gravity/estimate.h"

#define COLUMN_WIDTH 14

typedef struct side {
    autk_buf *out;
    const autk_estimate *const *e;
    const char *const *titles;
    size_t n;
    bool latex, stars;
    int decimals, width; /* of the first column */
} side;

static const char *stars_of(double p)
{
    return p < 0.01 ? "***" : p < 0.05 ? "**" : p < 0.1 ? "*" : "";
}

/* LaTeX's own characters in names. */
static void put_escaped(autk_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("&%$#_{}", *text) != NULL)
            autk_buf_printf(out, "\\%c", *text);
        else if (*text == '^')
            autk_buf_puts(out, "\\textasciicircum{}");
        else if (*text == '~')
            autk_buf_puts(out, "\\textasciitilde{}");
        else if (*text == '\\')
            autk_buf_puts(out, "\\textbackslash{}");
        else
            autk_buf_putc(out, *text);
    }
}

static void put_label(const side *s, const char *text)
{
    if (s->latex) {
        put_escaped(s->out, text);
        return;
    }
    autk_buf_puts(s->out, text);
    for (int w = (int)autki_display_width(text); w < s->width; w++)
        autk_buf_putc(s->out, ' ');
}

/* A cell, right-aligned in text. */
static void put_cell(const side *s, const char *text)
{
    if (s->latex) {
        autk_buf_puts(s->out, " & ");
        put_escaped(s->out, text);
        return;
    }
    for (int w = (int)autki_display_width(text); w < COLUMN_WIDTH; w++)
        autk_buf_putc(s->out, ' ');
    autk_buf_puts(s->out, text);
}

static void end_line(const side *s)
{
    /* Empty cells leave blanks behind. */
    while (!s->latex && s->out->len > 0 && s->out->text[s->out->len - 1] == ' ')
        s->out->text[--s->out->len] = '\0';
    autk_buf_puts(s->out, s->latex ? " \\\\\n" : "\n");
}

static void rule(const side *s, const char *latex)
{
    if (s->latex) {
        autk_buf_printf(s->out, "\\%s\n", latex);
        return;
    }
    autk_buf_repeat(s->out, "-", (size_t)s->width + s->n * COLUMN_WIDTH);
    autk_buf_putc(s->out, '\n');
}

static int find_coefficient(const autk_estimate *e, const char *name)
{
    for (int i = 0; i < e->info.n_coefficients; i++) {
        if (strcmp(e->names[i], name) == 0)
            return i;
    }
    return -1;
}

/* Estimate and error of one coefficient over all models; an absent one leaves its cell empty. */
static void put_coefficient(const side *s, const char *name)
{
    char cell[64];
    put_label(s, name);
    for (size_t m = 0; m < s->n; m++) {
        autk_coefficient c =
            autk_estimate_get_coefficient(s->e[m], find_coefficient(s->e[m], name));
        cell[0] = '\0';
        if (c.name[0] != '\0')
            (void)snprintf(cell, sizeof cell, s->latex ? "%.*f%s" : "%.*f%-3s", s->decimals,
                           c.estimate, s->stars ? stars_of(c.p_value) : "");
        put_cell(s, cell);
    }
    end_line(s);
    put_label(s, "");
    for (size_t m = 0; m < s->n; m++) {
        autk_coefficient c =
            autk_estimate_get_coefficient(s->e[m], find_coefficient(s->e[m], name));
        cell[0] = '\0';
        if (c.name[0] != '\0')
            (void)snprintf(cell, sizeof cell, s->latex ? "(%.*f)" : "(%.*f)  ", s->decimals,
                           c.std_error);
        put_cell(s, cell);
    }
    end_line(s);
}

static bool seen_before(const side *s, size_t m, const char *name)
{
    for (size_t q = 0; q < m; q++) {
        if (find_coefficient(s->e[q], name) >= 0)
            return true;
    }
    return false;
}

static bool has_effect(const autk_estimate *e, const char *name)
{
    for (int k = 0; k < e->info.n_effects; k++) {
        if (strcmp(e->effect_name[k], name) == 0)
            return true;
    }
    return false;
}

static void put_effects(const side *s)
{
    for (size_t m = 0; m < s->n; m++) {
        for (int k = 0; k < s->e[m]->info.n_effects; k++) {
            const char *name = s->e[m]->effect_name[k];
            bool before = false;
            for (size_t q = 0; q < m; q++)
                before |= has_effect(s->e[q], name);
            if (before)
                continue;
            put_label(s, name);
            for (size_t q = 0; q < s->n; q++)
                put_cell(s, has_effect(s->e[q], name) ? "yes" : "");
            end_line(s);
        }
    }
}

static void put_measures(const side *s)
{
    char cell[64];
    put_label(s, "observations");
    for (size_t m = 0; m < s->n; m++) {
        (void)snprintf(cell, sizeof cell, "%lld", (long long)s->e[m]->info.n_obs);
        put_cell(s, cell);
    }
    end_line(s);
    put_label(s, "(pseudo) R2");
    for (size_t m = 0; m < s->n; m++) {
        (void)snprintf(cell, sizeof cell, "%.4f", s->e[m]->info.pseudo_r2);
        put_cell(s, cell);
    }
    end_line(s);
    put_label(s, "estimator");
    for (size_t m = 0; m < s->n; m++)
        put_cell(s, s->e[m]->info.family == AUTK_FAMILY_POISSON ? "PPML" : "OLS");
    end_line(s);
}

static int label_width(const side *s)
{
    size_t width = 14;
    for (size_t m = 0; m < s->n; m++) {
        for (int i = 0; i < s->e[m]->info.n_coefficients; i++) {
            size_t w = autki_display_width(s->e[m]->names[i]) + 2;
            width = w > width ? w : width;
        }
        for (int k = 0; k < s->e[m]->info.n_effects; k++) {
            size_t w = autki_display_width(s->e[m]->effect_name[k]) + 2;
            width = w > width ? w : width;
        }
    }
    return (int)(width < 60 ? width : 60);
}

static void put_notes(const side *s)
{
    for (size_t m = 0; m < s->n; m++) {
        if (s->latex)
            autk_buf_puts(s->out, "% ");
        autk_buf_printf(s->out, "%s: errors %s, %s convention\n", s->titles[m], s->e[m]->vcov,
                        s->e[m]->convention == AUTK_CONVENTION_STATA ? "Stata" : "fixest");
    }
    if (s->stars)
        autk_buf_printf(s->out, "%s* p < 0.1, ** p < 0.05, *** p < 0.01\n", s->latex ? "% " : "");
}

autk_status autk_estimate_write_table(autk_buf *out, const autk_estimate *const *estimates,
                                      const char *const *titles, size_t n, bool latex,
                                      const autk_estimate_report *report, autk_err *err)
{
    side s = {.out = out, .e = estimates, .titles = titles, .n = n, .latex = latex};
    s.stars = report != NULL && report->stars;
    s.decimals = report != NULL && report->decimals > 0 ? report->decimals : 4;
    s.width = label_width(&s);
    if (latex) {
        autk_buf_puts(out, "\\begin{tabular}{l");
        autk_buf_repeat(out, "r", n);
        autk_buf_puts(out, "}\n\\toprule\n");
    }
    put_label(&s, "");
    for (size_t m = 0; m < n; m++)
        put_cell(&s, titles[m]);
    end_line(&s);
    put_label(&s, "response");
    for (size_t m = 0; m < n; m++)
        put_cell(&s, estimates[m]->response);
    end_line(&s);
    rule(&s, "midrule");
    for (size_t m = 0; m < n; m++) {
        for (int i = 0; i < estimates[m]->info.n_coefficients; i++) {
            if (!seen_before(&s, m, estimates[m]->names[i]))
                put_coefficient(&s, estimates[m]->names[i]);
        }
    }
    rule(&s, "midrule");
    put_effects(&s);
    put_measures(&s);
    if (latex)
        autk_buf_puts(out, "\\bottomrule\n\\end{tabular}\n");
    put_notes(&s);
    return autk_buf_check(out, err);
}

static void put_list(autk_buf *out, const char *key, const double *values, size_t n)
{
    autk_buf_printf(out, ", \"%s\": [", key);
    for (size_t i = 0; i < n; i++) {
        autk_buf_puts(out, i > 0 ? ", " : "");
        autk_format_double(out, values[i]);
    }
    autk_buf_putc(out, ']');
}

static void put_rows(autk_buf *out, const char *key, const double *values, size_t n, size_t p)
{
    autk_buf_printf(out, ", \"%s\": [", key);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < p; j++) {
            autk_buf_puts(out, j > 0 ? ", " : i > 0 ? ", [" : "[");
            autk_format_double(out, values[i * p + j]);
        }
        autk_buf_putc(out, ']');
    }
    autk_buf_putc(out, ']');
}

autk_status autk_estimate_write_scenario(autk_buf *out, const autk_estimate *e, autk_err *err)
{
    size_t p = (size_t)e->info.n_coefficients;
    autk_buf_puts(out, "{\"kind\": \"autarky.partial_effects\", \"formula\": ");
    autk_format_json_text(out, e->formula);
    autk_buf_printf(out, ", \"family\": \"%s\", \"n_obs\": %lld, \"errors\": ",
                    e->info.family == AUTK_FAMILY_POISSON ? "poisson" : "ols",
                    (long long)e->info.n_obs);
    autk_format_json_text(out, e->vcov);
    autk_buf_puts(out, ", \"names\": [");
    for (size_t i = 0; i < p; i++) {
        autk_buf_puts(out, i > 0 ? ", " : "");
        autk_format_json_text(out, e->names[i]);
    }
    autk_buf_putc(out, ']');
    put_list(out, "estimates", e->estimates, p);
    put_rows(out, "vcov", e->v, p, p);
    if (e->draws != NULL)
        put_rows(out, "draws", e->draws, (size_t)e->n_draws, p);
    autk_buf_putc(out, '}');
    return autk_buf_check(out, err);
}
