/* An estimate as text, JSON, CSV and LaTeX. */
#include <autarky/table.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "gravity/estimate.h"

static const char *convention_text(const autk_estimate *e)
{
    return e->convention == AUTK_CONVENTION_STATA ? "Stata" : "fixest";
}

static const char *stars_of(double p)
{
    return p < 0.01 ? "***" : p < 0.05 ? "**" : p < 0.1 ? "*" : "";
}

/* 28152 -> 28,152 */
static void put_count(autk_buf *out, int64_t count)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)count);
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-')
            autk_buf_putc(out, ',');
        autk_buf_putc(out, digits[i]);
    }
}

static void put_dropped(autk_buf *out, const autk_estimate_dropped *d)
{
    const struct {
        int64_t n;
        const char *what;
    } reasons[] = {{d->subset, "outside the subset"},
                   {d->missing, "missing"},
                   {d->zero_only, "in groups of zeros only"},
                   {d->singleton, "singletons"},
                   {d->separated, "separated"}};
    const char *join = "";
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].n == 0)
            continue;
        autk_buf_puts(out, join);
        put_count(out, reasons[i].n);
        autk_buf_printf(out, " %s", reasons[i].what);
        join = ", ";
    }
    if (join[0] == '\0')
        autk_buf_puts(out, "none");
}

/* Wide enough a name column for every coefficient. */
static int name_width(const autk_estimate *e)
{
    size_t width = 4;
    for (int i = 0; i < e->info.n_coefficients; i++) {
        size_t w = autki_display_width(e->names[i]);
        width = w > width ? w : width;
    }
    return (int)(width < 60 ? width : 60);
}

static void put_padded(autk_buf *out, const char *text, int width)
{
    autk_buf_puts(out, text);
    for (int w = (int)autki_display_width(text); w < width; w++)
        autk_buf_putc(out, ' ');
}

/* Ordinary sizes with fixed decimals, others with significant digits. */
static void put_number(autk_buf *out, double v, int width, int decimals)
{
    double size = fabs(v);
    if (!isfinite(v))
        autk_buf_printf(out, "%*s", width, "unknown");
    else if (size != 0 && (size < pow(10, -decimals) || size >= 1e7))
        autk_buf_printf(out, "%*.*e", width, decimals > 4 ? 4 : decimals, v);
    else
        autk_buf_printf(out, "%*.*f", width, decimals, v);
}

static void put_coefficients(autk_buf *out, const autk_estimate *e, int decimals, bool stars)
{
    int names = name_width(e);
    autk_buf_printf(out, "%*s  %12s  %12s%s  %9s  %8s\n", names, "", "estimate", "std. error",
                    e->info.bias_corrected ? "  uncorrected" : "",
                    isfinite(e->info.degrees_of_freedom) ? "t" : "z", "p");
    for (int i = 0; i < e->info.n_coefficients; i++) {
        autk_coefficient c = autk_estimate_get_coefficient(e, i);
        put_padded(out, c.name, names);
        autk_buf_puts(out, "  ");
        put_number(out, c.estimate, 12, decimals);
        autk_buf_puts(out, "  ");
        put_number(out, c.std_error, 12, decimals);
        if (e->info.bias_corrected) {
            autk_buf_puts(out, "  ");
            put_number(out, c.uncorrected, 11, decimals);
        }
        if (!isfinite(c.statistic)) { /* no variation: an error of nothing */
            autk_buf_printf(out, "  %9s  %8s\n", "-", "-");
            continue;
        }
        autk_buf_printf(out, "  %9.2f  %8.4f%s%s\n", c.statistic, c.p_value,
                        stars && c.p_value < 0.1 ? " " : "", stars ? stars_of(c.p_value) : "");
    }
}

static void put_effects(autk_buf *out, const autk_estimate *e)
{
    for (int k = 0; k < e->info.n_effects; k++) {
        autk_buf_printf(out, "%s%s (", k == 0 ? "effects        " : ", ", e->effect_name[k]);
        put_count(out, e->effect_levels[k]);
        autk_buf_putc(out, ')');
    }
    if (e->info.n_effects > 0)
        autk_buf_putc(out, '\n');
    autk_buf_printf(out, "errors         %s", e->vcov);
    for (int k = 0; k < e->info.n_clusters; k++) {
        autk_buf_puts(out, k == 0 ? " (" : ", ");
        put_count(out, e->cluster_levels[k]);
    }
    autk_buf_puts(out, e->info.n_clusters == 0 ? "" : e->info.n_clusters == 1 ? " clusters)" : ")");
    if (e->n_draws == 0)
        autk_buf_printf(out, ", %s convention", convention_text(e));
    autk_buf_putc(out, '\n');
}

autk_status autk_estimate_write_text(autk_buf *out, const autk_estimate *e,
                                     const autk_estimate_report *report, autk_err *err)
{
    const autk_estimate_info *i = &e->info;
    bool poisson = i->family == AUTK_FAMILY_POISSON;
    int decimals = report != NULL && report->decimals > 0 ? report->decimals : 4;
    autk_buf_printf(out, "%s of %s\n", poisson ? "PPML" : "OLS", e->response);
    autk_buf_puts(out, "observations   ");
    put_count(out, i->n_obs);
    autk_buf_puts(out, " of ");
    put_count(out, i->n_rows);
    autk_buf_puts(out, "\ndropped        ");
    put_dropped(out, &i->dropped);
    autk_buf_putc(out, '\n');
    put_effects(out, e);
    for (int k = 0; k < i->n_collinear; k++)
        autk_buf_printf(out, "%s%s", k == 0 ? "collinear      " : ", ", e->collinear[k]);
    autk_buf_puts(out, i->n_collinear > 0 ? ": dropped\n\n" : "\n");
    put_coefficients(out, e, decimals, report != NULL && report->stars);
    if (report != NULL && report->stars)
        autk_buf_puts(out, "* p < 0.1, ** p < 0.05, *** p < 0.01\n");
    if (i->n_event_effects > 0 && i->pretrend_df > 0)
        autk_buf_printf(out, "\neffects before the event are zero: chi2(%d) = %.2f, p = %.4f\n",
                        i->pretrend_df, i->pretrend_chi2, i->pretrend_p_value);
    if (i->n_gaps > 0)
        autk_buf_printf(out,
                        "\ngaps: %lld, %lld predicted; of %lld flows blanked likewise %.1f %% in "
                        "their interval of 90 %%\n",
                        (long long)i->n_gaps, (long long)i->n_gaps_predicted,
                        (long long)i->n_gaps_blanked, 100 * i->gap_coverage);
    autk_buf_printf(out, "\n%s %.7g   %s %.4f   log-likelihood %.7g\n",
                    poisson ? "deviance" : "residual sum of squares", i->deviance,
                    poisson ? "pseudo R²" : "R²", i->pseudo_r2, i->log_likelihood);
    autk_buf_printf(out, "converged in %d iterations, relative gradient %.1e, %.2f s\n",
                    i->iterations, i->relative_gradient, i->seconds_total);
    return autk_buf_check(out, err);
}

/* ---- JSON and CSV ---- */

static void put_member(autk_buf *out, const char *key, double value)
{
    autk_buf_printf(out, ", \"%s\": ", key);
    autk_format_double(out, value);
}

static void put_json_coefficients(autk_buf *out, const autk_estimate *e)
{
    autk_buf_puts(out, ", \"coefficients\": [");
    for (int i = 0; i < e->info.n_coefficients; i++) {
        autk_coefficient c = autk_estimate_get_coefficient(e, i);
        autk_buf_puts(out, i == 0 ? "{\"name\": " : ", {\"name\": ");
        autk_format_json_text(out, c.name);
        put_member(out, "estimate", c.estimate);
        put_member(out, "std_error", c.std_error);
        put_member(out, "statistic", c.statistic);
        put_member(out, "p_value", c.p_value);
        if (e->info.bias_corrected)
            put_member(out, "uncorrected", c.uncorrected);
        autk_buf_putc(out, '}');
    }
    autk_buf_putc(out, ']');
}

static void put_json_levels(autk_buf *out, const char *key, int n, char *const *names,
                            const int64_t *levels)
{
    autk_buf_printf(out, "\"%s\": [", key);
    for (int k = 0; k < n; k++) {
        autk_buf_puts(out, k == 0 ? "{\"name\": " : ", {\"name\": ");
        autk_format_json_text(out, names[k]);
        autk_buf_printf(out, ", \"levels\": %lld}", (long long)levels[k]);
    }
    autk_buf_putc(out, ']');
}

static void put_json_vcov(autk_buf *out, const autk_estimate *e)
{
    size_t p = (size_t)e->info.n_coefficients;
    autk_buf_puts(out, ", \"vcov\": {\"type\": ");
    autk_format_json_text(out, e->vcov_type);
    autk_buf_printf(out, ", \"convention\": \"%s\", ",
                    e->convention == AUTK_CONVENTION_STATA ? "stata" : "fixest");
    put_json_levels(out, "clusters", e->info.n_clusters, e->cluster_name, e->cluster_levels);
    autk_buf_puts(out, ", \"matrix\": [");
    for (size_t i = 0; i < p; i++) {
        for (size_t j = 0; j < p; j++) {
            autk_buf_puts(out, j > 0 ? ", " : i > 0 ? ", [" : "[");
            autk_format_double(out, e->v[i * p + j]);
        }
        autk_buf_putc(out, ']');
    }
    autk_buf_puts(out, "]}");
}

static void put_json_events(autk_buf *out, const autk_estimate *e)
{
    autk_buf_printf(out, ", \"event\": {\"pretrend_df\": %d", e->info.pretrend_df);
    put_member(out, "pretrend_chi2", e->info.pretrend_chi2);
    put_member(out, "pretrend_p_value", e->info.pretrend_p_value);
    autk_buf_puts(out, ", \"effects\": [");
    for (int i = 0; i < e->info.n_event_effects; i++) {
        autk_buf_printf(out, "%s{\"period\": %d", i > 0 ? ", " : "", e->events[i].period);
        put_member(out, "estimate", e->events[i].estimate);
        put_member(out, "std_error", e->events[i].std_error);
        autk_buf_putc(out, '}');
    }
    autk_buf_puts(out, "]}");
}

autk_status autk_estimate_write_json(autk_buf *out, const autk_estimate *e, autk_err *err)
{
    const autk_estimate_info *i = &e->info;
    const autk_estimate_dropped *d = &i->dropped;
    autk_buf_puts(out, "{\"converged\": true, \"family\": ");
    autk_buf_puts(out, i->family == AUTK_FAMILY_POISSON ? "\"poisson\"" : "\"ols\"");
    autk_buf_puts(out, ", \"formula\": ");
    autk_format_json_text(out, e->formula);
    autk_buf_printf(out, ", \"iterations\": %d, \"n_rows\": %lld, \"n_obs\": %lld", i->iterations,
                    (long long)i->n_rows, (long long)i->n_obs);
    put_member(out, "deviance", i->deviance);
    put_member(out, "log_likelihood", i->log_likelihood);
    put_member(out, i->family == AUTK_FAMILY_POISSON ? "pseudo_r2" : "r2", i->pseudo_r2);
    put_member(out, "relative_gradient", i->relative_gradient);
    put_json_coefficients(out, e);
    autk_buf_puts(out, ", ");
    put_json_levels(out, "effects", i->n_effects, e->effect_name, e->effect_levels);
    autk_buf_printf(out,
                    ", \"dropped\": {\"subset\": %lld, \"missing\": %lld, \"zero_only\": %lld, "
                    "\"singleton\": %lld, \"separated\": %lld, \"collinear\": [",
                    (long long)d->subset, (long long)d->missing, (long long)d->zero_only,
                    (long long)d->singleton, (long long)d->separated);
    for (int k = 0; k < i->n_collinear; k++) {
        autk_buf_puts(out, k > 0 ? ", " : "");
        autk_format_json_text(out, e->collinear[k]);
    }
    autk_buf_puts(out, "]}");
    put_json_vcov(out, e);
    if (i->n_event_effects > 0)
        put_json_events(out, e);
    if (i->n_gaps > 0) {
        autk_buf_printf(out, ", \"gaps\": {\"n\": %lld, \"predicted\": %lld, \"blanked\": %lld",
                        (long long)i->n_gaps, (long long)i->n_gaps_predicted,
                        (long long)i->n_gaps_blanked);
        put_member(out, "coverage", i->gap_coverage);
        autk_buf_putc(out, '}');
    }
    autk_buf_printf(
        out,
        ", \"seconds\": {\"read\": %.3f, \"prepare\": %.3f, \"solve\": %.3f, \"total\": %.3f}}",
        i->seconds_read, i->seconds_prepare, i->seconds_solve, i->seconds_total);
    return autk_buf_check(out, err);
}

static void put_csv_coefficient(autk_buf *out, const autk_estimate *e, int i)
{
    autk_coefficient c = autk_estimate_get_coefficient(e, i);
    const double values[] = {c.estimate, c.std_error, c.statistic, c.p_value};
    autk_format_csv_text(out, c.name);
    for (int k = 0; k < 4; k++) {
        autk_buf_putc(out, ',');
        if (isfinite(values[k]))
            autk_format_double(out, values[k]);
    }
}

autk_status autk_estimate_write_csv(autk_buf *out, const autk_estimate *e, autk_err *err)
{
    autk_buf_puts(out, "term,estimate,std_error,statistic,p_value\n");
    for (int i = 0; i < e->info.n_coefficients; i++) {
        put_csv_coefficient(out, e, i);
        autk_buf_putc(out, '\n');
    }
    return autk_buf_check(out, err);
}

autk_status autk_estimate_write_models_json(autk_buf *out, const autk_estimate *const *estimates,
                                            const char *const *titles, size_t n, autk_err *err)
{
    autk_status st = AUTK_OK;
    autk_buf_putc(out, '[');
    for (size_t m = 0; st == AUTK_OK && m < n; m++) {
        autk_buf_puts(out, m > 0 ? ", {\"title\": " : "{\"title\": ");
        autk_format_json_text(out, titles[m]);
        autk_buf_puts(out, ", \"estimate\": ");
        st = autk_estimate_write_json(out, estimates[m], err);
        autk_buf_putc(out, '}');
    }
    autk_buf_putc(out, ']');
    return st == AUTK_OK ? autk_buf_check(out, err) : st;
}

autk_status autk_estimate_write_models_csv(autk_buf *out, const autk_estimate *const *estimates,
                                           const char *const *titles, size_t n, autk_err *err)
{
    autk_buf_puts(out, "model,response,term,estimate,std_error,statistic,p_value,n_obs\n");
    for (size_t m = 0; m < n; m++) {
        const autk_estimate *e = estimates[m];
        for (int i = 0; i < e->info.n_coefficients; i++) {
            autk_format_csv_text(out, titles[m]);
            autk_buf_putc(out, ',');
            autk_format_csv_text(out, e->response);
            autk_buf_putc(out, ',');
            put_csv_coefficient(out, e, i);
            autk_buf_printf(out, ",%lld\n", (long long)e->info.n_obs);
        }
    }
    return autk_buf_check(out, err);
}
