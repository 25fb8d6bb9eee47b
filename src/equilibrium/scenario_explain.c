/* A scenario in sentences, as it is understood. */
#include "equilibrium/scenario.h"

static void say_names(autk_buf *out, const autki_name_list *list, const char *all)
{
    if (list->n == 0) {
        autk_buf_puts(out, all);
        return;
    }
    if (list->except)
        autk_buf_printf(out, "%s but ", all);
    for (size_t i = 0; i < list->n; i++)
        autk_buf_printf(out, "%s%s",
                        i == 0            ? ""
                        : i + 1 < list->n ? ", "
                                          : " and ",
                        list->names[i].text);
}

static void say_sanction(autk_buf *out, const autki_rule *r, bool known)
{
    autk_buf_puts(out, "multiply trade at given prices by exp(");
    if (r->estimate == NULL || known)
        autk_buf_printf(out, "%g)", r->value);
    if (r->estimate != NULL && !known)
        autk_buf_printf(out, "%g times b)", r->times);
    if (r->estimate != NULL)
        autk_buf_printf(out, " (estimate %s, from a file)", r->estimate);
    if (r->error > 0)
        autk_buf_printf(out, " (standard error %g)", r->error);
    autk_buf_puts(out, " on");
}

static void say_closing(autk_buf *out, const autki_rule *r)
{
    autk_buf_puts(out, r->bans_transit ? "no transit through " : "close ");
    if (r->in_force != 0)
        autk_buf_printf(out, "what the dataset has closed on %04d-%02d-%02d", r->in_force / 10000,
                        r->in_force / 100 % 100, r->in_force % 100);
    say_names(out, &r->closes, "");
    autk_buf_puts(out, " for");
    if (r->part > 0 && r->part < 1)
        autk_buf_printf(out, " %g %% of the goods of", 100 * r->part);
    if (r->by != AUTKI_BY_ANY)
        autk_buf_printf(out, " (those that go by %s and cannot change)",
                        r->by == AUTKI_BY_ROAD ? "road" : "rail");
}

static void say_what(autk_buf *out, const autki_rule *r, bool known)
{
    if (autki_rule_closes(r)) {
        say_closing(out, r);
        return;
    }
    switch (r->kind) {
    case AUTK_MEASURE_TARIFF_SET:
        if (r->column != NULL)
            autk_buf_printf(out, "set the tariffs to column %s of trade.csv on", r->column);
        else
            autk_buf_printf(out, "set the tariff to %g %% on", 100 * r->value);
        break;
    case AUTK_MEASURE_TARIFF_ADD:
        autk_buf_printf(out, "add %g points to the tariff on", 100 * r->value);
        break;
    case AUTK_MEASURE_TARIFF_MULTIPLY:
        autk_buf_printf(out, "multiply the tariff by %g on", r->value);
        break;
    case AUTK_MEASURE_COST:
        autk_buf_printf(out, "raise the cost of trade by %g %% on", 100 * r->value);
        break;
    case AUTK_MEASURE_EXPORT_TAX:
        autk_buf_printf(out, "tax exports by %g %% on", 100 * r->value);
        break;
    case AUTK_MEASURE_SANCTION:
        say_sanction(out, r, known);
        break;
    case AUTK_MEASURE_PRODUCTIVITY:
        autk_buf_printf(out, "change productivity by %g %% in", 100 * r->value);
        break;
    default:
        autk_buf_puts(out, "end all trade (exactly: the share is 0) in");
    }
}

static void say_rule(autk_buf *out, const autki_rule *r, bool known)
{
    autk_buf_puts(out, "     - ");
    say_what(out, r, known);
    autk_buf_puts(out, " ");
    say_names(out, &r->sectors, "all sectors");
    autk_buf_puts(out, r->kind == AUTK_MEASURE_PRODUCTIVITY ? " of " : " from ");
    say_names(out, &r->from, "all economies");
    if (r->kind != AUTK_MEASURE_PRODUCTIVITY) {
        autk_buf_puts(out, " to ");
        say_names(out, &r->to, "all economies");
        if (r->both)
            autk_buf_puts(out, ", and in the other direction");
    }
    autk_buf_puts(out, "\n");
}

static void say_draws(autk_buf *out, const autk_scenario *s)
{
    if (s->draws > 0)
        autk_buf_printf(out, "   %d draws, seed %llu", s->draws, (unsigned long long)s->seed);
    if (s->draws > 0 && s->theta_draws.n != 0)
        autk_buf_printf(out, ", theta of each a row of the %zu of %s.\n", s->theta_draws.n,
                        s->theta_draws.source);
    else if (s->draws > 0)
        autk_buf_printf(out, ", theta with a standard error of %g %%.\n", 100 * s->theta_error);
    if (s->draws > 0 && autk_scenario_has_closures(s))
        autk_buf_printf(out, "   The draws %s.\n",
                        s->transport_fixed ? "leave the costs of transport as they are"
                                           : "take each cost of transport from its range");
}

void autk_scenario_explain(autk_buf *out, const autk_scenario *s)
{
    static const char *const rules[] = {
        "stay as observed (nominal, against world income)", "are zero, before and after",
        "move with output (multiplicative)",
        "stay as observed, but balance among those that still trade (none for an economy alone)"};
    autk_buf_printf(out, "%s\n", s->name);
    if (s->description != NULL)
        autk_buf_printf(out, "   %s\n", s->description);
    autk_buf_printf(out, "   Economy: %s.\n",
                    s->economy != NULL ? s->economy : "given on the command line");
    autk_buf_printf(out, "   Trade deficits %s.\n", rules[s->deficits]);
    if (s->theta > 0)
        autk_buf_printf(out, "   theta is %g in every sector.\n", s->theta);
    if (s->theta_scale != 1)
        autk_buf_printf(out, "   theta is multiplied by %g%s.\n", s->theta_scale,
                        s->theta_scale == AUTKI_SHORT_RUN
                            ? " (short run: Boehm, Levchenko and Pandalai-Nayar 2023)"
                            : "");
    for (size_t g = 0; g < s->n_groups; g++) {
        autk_buf_printf(out, "   %s is ", s->groups[g].name.text);
        say_names(out, &s->groups[g].members, "all economies");
        autk_buf_puts(out, ".\n");
    }
    for (size_t i = 0; i < s->transport.n; i++)
        autk_buf_printf(out, "   Costs of transport: %s.\n", s->transport.names[i].text);
    if (s->coalition.n != 0 || s->coalition.except) {
        autk_buf_puts(out, "   ");
        say_names(out, &s->coalition, "All economies");
        autk_buf_puts(out, " share the burden: transfers give each the same change of real "
                           "income.\n");
    }
    if (s->n_steps > 1)
        autk_buf_printf(out, "   The %zu steps %s.\n", s->n_steps,
                        s->compared ? "are compared, each alone against the baseline"
                                    : "add up, each on top of those before");
    for (size_t i = 0; i < s->n_steps; i++) {
        autk_buf_printf(out, "   Step %zu, %s:\n", i + 1, s->steps[i].name.text);
        for (size_t k = 0; k < s->steps[i].n; k++)
            say_rule(out, &s->steps[i].rules[k], s->factor != NULL);
    }
    say_draws(out, s);
}
