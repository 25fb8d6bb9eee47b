/* Draws of the trade elasticities from a file: a column a sector, a row a draw. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/csv.h"
#include "equilibrium/scenario.h"

#define MAX_DRAWS 100000

void autki_theta_draws_deinit(autki_theta_draws *draws)
{
    free(draws->source);
    autki_name_list_deinit(&draws->sectors);
    free(draws->values);
    memset(draws, 0, sizeof *draws);
}

static autk_status read_header(autki_theta_draws *draws, autki_csv *csv, autk_err *err)
{
    const autki_field *fields;
    size_t n;
    autk_status st = autki_csv_next(csv, &fields, &n, err);
    if (st == AUTK_OK && n == 0)
        return autki_fail_at(err, AUTK_EPARSE, draws->source, 1, 1,
                             "expected a header of sectors, got an empty file");
    autki_name_list *to = &draws->sectors;
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        st = autki_grow(&to->names, &to->capacity, to->n + 1, sizeof *to->names, AUTKI_MAX_SECTORS,
                        err);
        if (st != AUTK_OK)
            return st;
        autki_name *name = &to->names[to->n];
        name->at = (autki_place){autki_csv_line(csv), fields[i].column};
        name->text = autki_strndup(fields[i].text, fields[i].len);
        if (name->text == NULL)
            return autki_no_memory(err, fields[i].len);
        to->n++;
        for (size_t k = 0; st == AUTK_OK && k < i; k++) {
            if (strcmp(to->names[k].text, name->text) == 0)
                st = autki_csv_bad_field(csv, &fields[i], "each sector once", err);
        }
    }
    return st;
}

static autk_status read_row(autki_theta_draws *draws, const autki_csv *csv,
                            const autki_field *fields, size_t n, size_t *capacity, autk_err *err)
{
    size_t columns = draws->sectors.n;
    if (n != columns)
        return autki_fail_at(err, AUTK_EPARSE, draws->source, autki_csv_line(csv), 1,
                             "expected %zu fields as in the header, got %zu", columns, n);
    autk_status st = autki_grow(&draws->values, capacity, (draws->n + 1) * columns,
                                sizeof *draws->values, MAX_DRAWS * columns, err);
    for (size_t k = 0; st == AUTK_OK && k < columns; k++) {
        double *theta = &draws->values[draws->n * columns + k];
        st = autki_csv_double(theta, csv, &fields[k], "theta", err);
        if (st == AUTK_OK && (!(*theta > 0) || !isfinite(*theta)))
            st = autki_csv_bad_field(csv, &fields[k], "a theta above 0", err);
    }
    draws->n += st == AUTK_OK;
    return st;
}

static autk_status read_draws(autki_theta_draws *draws, autk_input *input, autk_err *err)
{
    autki_csv *csv = NULL;
    const autki_field *fields;
    size_t n, capacity = 0;
    draws->source = autki_strdup(autk_input_name(input));
    if (draws->source == NULL)
        return autki_no_memory(err, 1);
    autk_status st = autki_csv_create(&csv, input, NULL, err);
    if (st == AUTK_OK)
        st = read_header(draws, csv, err);
    while (st == AUTK_OK) {
        st = autki_csv_next(csv, &fields, &n, err);
        if (st != AUTK_OK || n == 0)
            break;
        st = read_row(draws, csv, fields, n, &capacity, err);
    }
    if (st == AUTK_OK && draws->n == 0)
        st = autki_fail_at(err, AUTK_EPARSE, draws->source, 2, 1, "expected a draw, got none");
    autki_csv_free(csv);
    return st;
}

autk_status autk_scenario_use_theta_draws(autk_scenario *scenario, autk_input *input, autk_err *err)
{
    autki_theta_draws draws = {0};
    if (scenario->theta > 0)
        return autki_fail_at(err, AUTK_EDATA, scenario->source, 0, 0,
                             "expected elasticities without theta, since %.100s draws it, got %g",
                             autk_input_name(input), scenario->theta);
    autk_status st = read_draws(&draws, input, err);
    if (st != AUTK_OK) {
        autki_theta_draws_deinit(&draws);
        return st;
    }
    autki_theta_draws_deinit(&scenario->theta_draws);
    scenario->theta_draws = draws;
    scenario->theta_error = 0;
    if (scenario->draws == 0)
        scenario->draws = (int)draws.n;
    return AUTK_OK;
}

static size_t find(const autki_name_list *names, const char *text)
{
    size_t at = 0;
    while (at < names->n && strcmp(names->names[at].text, text) != 0)
        at++;
    return at;
}

/* A column of a sector that the economy has not would otherwise be passed over in silence. */
static autk_status check_known(const autki_theta_draws *draws, const autk_economy *e, autk_err *err)
{
    for (size_t k = 0; k < draws->sectors.n; k++) {
        const autki_name *name = &draws->sectors.names[k];
        if (autki_names_find(&e->sectors, name->text, strlen(name->text)) < 0)
            return autki_names_unknown(&e->sectors, "a sector", name->text, draws->source,
                                       name->at.line, name->at.column, err);
    }
    return AUTK_OK;
}

autk_status autki_theta_draws_bind(size_t **column, const autki_theta_draws *draws,
                                   const autk_economy *economy, autk_err *err)
{
    size_t n = (size_t)economy->sectors.n;
    size_t *at = autki_calloc(n, sizeof *at);
    if (at == NULL)
        return autki_no_memory(err, n * sizeof *at);
    bool the_only = n == 1 && draws->sectors.n == 1; /* whatever the column is called */
    autk_status st = the_only ? AUTK_OK : check_known(draws, economy, err);
    for (size_t j = 0; st == AUTK_OK && !the_only && j < n; j++) {
        at[j] = find(&draws->sectors, economy->sectors.name[j]);
        if (at[j] == draws->sectors.n)
            st = autki_fail_at(err, AUTK_EDATA, draws->source, 1, 1,
                               "expected a column for each sector, got none for %s",
                               economy->sectors.name[j]);
    }
    if (st != AUTK_OK) {
        free(at);
        return st;
    }
    *column = at;
    return AUTK_OK;
}
