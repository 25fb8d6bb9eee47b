#include <autarky/turns_report.h>

#include <math.h>
#include <stdio.h>

#include "report/object.h"

/* Events that a turn shows in text; JSON has them all. */
#define EVENTS_SHOWN 6

static bool is_month(int32_t period)
{
    return period >= 10000;
}

/* 2022 or 2022-03 */
static void add_period(autk_buf *out, int32_t period)
{
    if (is_month(period))
        autk_buf_printf(out, "%04d-%02d", (int)period / 100, (int)period % 100);
    else
        autk_buf_printf(out, "%d", (int)period);
}

static void format_period(char *out, size_t size, int32_t period)
{
    if (is_month(period))
        (void)snprintf(out, size, "%04d-%02d", (int)period / 100, (int)period % 100);
    else
        (void)snprintf(out, size, "%d", (int)period);
}

/* 2022-02-24, 2022-02 or 2022: what is known of it. */
static void format_date(char *out, size_t size, int32_t date)
{
    int year = (int)date / 10000, month = (int)date / 100 % 100, day = (int)date % 100;
    if (month == 0)
        (void)snprintf(out, size, "%04d", year);
    else if (day == 0)
        (void)snprintf(out, size, "%04d-%02d", year, month);
    else
        (void)snprintf(out, size, "%04d-%02d-%02d", year, month, day);
}

/* ------------------------------------------------------------------ JSON */

/* A year is a number, a month a text. */
static void write_period(autki_object *o, const char *key, int32_t period)
{
    char text[16];
    format_period(text, sizeof text, period);
    if (is_month(period))
        autki_object_text(o, key, text);
    else
        autki_object_number(o, key, period);
}

static void write_events(autki_object *o, const autk_world *world, const autk_turn *turn)
{
    autki_object array = autki_object_array(o, "events");
    for (size_t i = 0; i < turn->n_events; i++) {
        const autk_event *event = autk_world_event(world, turn->events[i]);
        const autk_source_info *source = autk_world_source(world, event->source);
        char date[16];
        format_date(date, sizeof date, event->date);
        autki_object e = autki_object_element(&array);
        autki_object_text(&e, "date", date);
        autki_object_text(&e, "type", event->type);
        autki_object_text(&e, "title", event->title);
        autki_object_text(&e, "source", source != NULL ? source->id : NULL);
        autki_object_close(&e);
    }
    autki_object_close(&array);
}

static void write_turn(autki_object *array, const autk_world *world, const autk_turn *turn)
{
    autki_object o = autki_object_element(array);
    write_period(&o, "date", turn->date);
    write_period(&o, "low", turn->low);
    write_period(&o, "high", turn->high);
    autki_object_number(&o, "share_before", turn->share_before);
    autki_object_number(&o, "share_after", turn->share_after);
    write_period(&o, "own_low", turn->own_low);
    write_period(&o, "own_high", turn->own_high);
    autki_object_bool(&o, "widened", turn->widened);
    autki_object_number(&o, "support", turn->support);
    autki_object_bool(&o, "at_low", turn->at_low);
    autki_object_bool(&o, "at_high", turn->at_high);
    autki_object_bool(&o, "late", turn->late);
    autki_object_number(&o, "joined", turn->joined);
    autki_object_number(&o, "left", turn->left);
    write_events(&o, world, turn);
    autki_object_close(&o);
}

static void write_turns(autki_object *o, const autk_world *world, const autk_turns_series *s)
{
    autki_object array = autki_object_array(o, "turns");
    for (size_t k = 0; k < s->n_turns; k++)
        write_turn(&array, world, &s->turns[k]);
    autki_object_close(&array);
}

static void write_number(autki_object *o, const autk_breaks *b)
{
    autki_object n = autki_object_in(o, "number");
    autki_object_number(&n, "bic", (double)b->n_bic);
    autki_object_number(&n, "lwz", (double)b->n_lwz);
    autki_object_number(&n, "sequential", (double)b->n_sequential);
    autki_object_close(&n);
}

static void write_tests(autki_object *o, const autk_turns_series *s)
{
    const autk_breaks *b = &s->breaks;
    autki_object tests = autki_object_in(o, "tests");
    autki_object_number(&tests, "min_segment", (double)b->min_segment);
    autki_object_number(&tests, "ud_max", b->ud_max);
    autki_object_number(&tests, "ud_max_critical", b->ud_max_critical);
    autki_object models = autki_object_array(&tests, "models");
    for (size_t m = 0; m <= b->max_breaks; m++) {
        autki_object model = autki_object_element(&models);
        autki_object_number(&model, "breaks", (double)m);
        autki_object_number(&model, "bic", b->models[m].bic);
        autki_object_number(&model, "lwz", b->models[m].lwz);
        autki_object_number(&model, "sup_f", b->models[m].sup_f);
        autki_object_number(&model, "sup_f_critical", b->models[m].sup_f_critical);
        autki_object_number(&model, "next_f", b->models[m].next_f);
        autki_object_number(&model, "next_f_critical", b->models[m].next_f_critical);
        autki_object_close(&model);
    }
    autki_object_close(&models);
    autki_object_number(&tests, "end_p", s->end_tested ? s->end.p_value : NAN);
    autki_object_close(&tests);
}

static void write_series_points(autki_object *o, const autk_turns_series *s)
{
    autki_object series = autki_object_array(o, "series");
    for (size_t t = 0; t < s->n; t++) {
        autki_object point = autki_object_element(&series);
        write_period(&point, "period", s->period[t]);
        autki_object_bounds(&point, "share", s->share[t]);
        autki_object_bool(&point, "gap", s->gap[t]);
        autki_object_close(&point);
    }
    autki_object_close(&series);
}

static void write_series(autki_object *o, const autk_world *world, const autk_turns_series *s)
{
    autki_object_text(o, "what", s->what);
    autki_object_number(o, "periods", (double)s->n);
    autki_object_number(o, "gaps", (double)s->n_gaps);
    autki_object_number(o, "left_out", (double)s->n_left_out);
    if (s->why_none[0] != '\0')
        autki_object_text(o, "why_none", s->why_none);
    if (s->breaks.n > 0) {
        write_number(o, &s->breaks);
        write_tests(o, s);
    }
    write_turns(o, world, s);
    write_series_points(o, s);
}

static void write_json(autk_buf *out, const autk_world *world, const autk_turns *t,
                       autk_turns_show show, const char *explanation)
{
    autki_object o = autki_object_open(out);
    autki_object_text(&o, "economy", autk_world_party_code(world, t->economy));
    autki_object_text(&o, "on", autk_world_party_code(world, t->party));
    autki_object_text(&o, "flow", autk_direction_text(t->direction));
    autki_object_text(&o, "frequency", show == AUTK_TURNS_MONTHS ? "month" : "year");
    autki_object_text(&o, "rule", autk_turns_rule_text(t->rule));
    autki_object_number(&o, "level", t->level);
    write_series(&o, world, show == AUTK_TURNS_MONTHS ? &t->monthly : &t->annual);
    if (show == AUTK_TURNS_BOTH && t->monthly.n > 0) {
        autki_object monthly = autki_object_in(&o, "monthly");
        write_series(&monthly, world, &t->monthly);
        autki_object_close(&monthly);
    }
    autki_object_lines(&o, "explanation", explanation);
    autki_object_close(&o);
    autk_buf_putc(out, '\n');
}

/* ------------------------------------------------------------------ CSV */

static void add_period_cell(autk_table *table, int32_t period)
{
    char text[16];
    format_period(text, sizeof text, period);
    autk_table_text(table, text);
}

static void add_rows(autk_table *table, const autk_world *world, const autk_turns_series *s,
                     const char *frequency)
{
    for (size_t k = 0; k < s->n_turns; k++) {
        const autk_turn *turn = &s->turns[k];
        autk_buf events;
        autk_buf_init(&events);
        for (size_t i = 0; i < turn->n_events; i++) {
            const autk_event *event = autk_world_event(world, turn->events[i]);
            char date[16];
            format_date(date, sizeof date, event->date);
            autk_buf_printf(&events, "%s%s %s", i == 0 ? "" : "; ", date, event->title);
        }
        autk_table_text(table, frequency);
        add_period_cell(table, turn->date);
        add_period_cell(table, turn->low);
        add_period_cell(table, turn->high);
        autk_table_number(table, turn->share_before);
        autk_table_number(table, turn->share_after);
        autk_table_number(table, turn->support);
        autk_table_text(table, turn->widened ? "yes" : "no");
        autk_table_text(table, turn->late ? "yes" : "no");
        autk_table_text(table, autk_buf_text(&events));
        autk_buf_deinit(&events);
    }
}

static autk_status write_csv(autk_buf *out, const autk_world *world, const autk_turns *t,
                             autk_turns_show show, autk_err *err)
{
    static const autk_column columns[] = {{"frequency", "", AUTK_CELL_TEXT, 0},
                                          {"date", "", AUTK_CELL_TEXT, 0},
                                          {"low", "", AUTK_CELL_TEXT, 0},
                                          {"high", "", AUTK_CELL_TEXT, 0},
                                          {"share_before", "", AUTK_CELL_PERCENT, 1},
                                          {"share_after", "", AUTK_CELL_PERCENT, 1},
                                          {"support", "", AUTK_CELL_PERCENT, 0},
                                          {"widened", "", AUTK_CELL_TEXT, 0},
                                          {"late", "", AUTK_CELL_TEXT, 0},
                                          {"events", "", AUTK_CELL_TEXT, 0}};
    autk_table *table = NULL;
    autk_status st = autk_table_create(&table, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    if (show == AUTK_TURNS_BOTH)
        add_rows(table, world, &t->annual, "year");
    add_rows(table, world, &t->monthly, "month");
    st = autk_table_write(out, table, AUTK_FORMAT_CSV, err);
    autk_table_free(table);
    return st;
}

/* ------------------------------------------------------------------ text */

/* The most relevant ones, in order of date; an event's index is in order of date. */
static void write_turn_events(autk_buf *out, const autk_world *world, const autk_turn *turn)
{
    size_t shown[EVENTS_SHOWN], n = 0;
    for (size_t i = 0; i < turn->n_events && n < EVENTS_SHOWN; i++) {
        size_t k = n++;
        for (; k > 0 && shown[k - 1] > turn->events[i]; k--)
            shown[k] = shown[k - 1];
        shown[k] = turn->events[i];
    }
    for (size_t i = 0; i < n; i++) {
        const autk_event *event = autk_world_event(world, shown[i]);
        char date[16];
        format_date(date, sizeof date, event->date);
        autk_buf_printf(out, "      %-10s  %s\n", date, event->title);
    }
    if (turn->n_events > n)
        autk_buf_printf(out, "      and %zu more events in that time\n", turn->n_events - n);
}

/* Who came and went: a group's share moves with its members. */
static void write_membership(autk_buf *out, const char *group, const autk_turn *turn)
{
    if (turn->joined == 0 && turn->left == 0)
        return;
    autk_buf_puts(out, "    in that time ");
    if (turn->joined > 0)
        autk_buf_printf(out, "%d joined ", (int)turn->joined);
    if (turn->left > 0)
        autk_buf_printf(out, "%s%d left ", turn->joined > 0 ? "and " : "", (int)turn->left);
    autk_buf_printf(out, "%s: part of the turn is the group's own\n", group);
}

static void write_turn_notes(autk_buf *out, const autk_turns_series *s, const autk_turn *turn)
{
    bool any = !isnan(turn->support);
    if (any) {
        autk_buf_puts(out, "    found in ");
        autk_format_percent(out, turn->support, 0);
        autk_buf_puts(out, " of draws within the bounds");
    }
    if (turn->widened) {
        autk_buf_printf(out, "%s the bounds widen ", any ? ";" : "   ");
        add_period(out, turn->own_low);
        autk_buf_puts(out, " to ");
        add_period(out, turn->own_high);
        any = true;
    }
    autk_buf_puts(out, any ? "\n" : "");
    if (turn->late)
        autk_buf_printf(out,
                        "    too near the end for the ordinary test: end-of-sample test, "
                        "p = %.3f\n",
                        s->end.p_value);
}

static void write_one_turn(autk_buf *out, const autk_world *world, const autk_turns *t,
                           const autk_turns_series *s, const autk_turn *turn)
{
    autk_buf_puts(out, "\n  ");
    add_period(out, turn->date);
    autk_buf_printf(out, " (%g %%: ", 100.0 * t->level);
    add_period(out, turn->low);
    if (turn->high != turn->low) {
        autk_buf_puts(out, " to ");
        add_period(out, turn->high);
    }
    autk_buf_printf(out, "): %s from ", turn->share_after < turn->share_before ? "falls" : "rises");
    autk_format_percent(out, turn->share_before, 1);
    autk_buf_puts(out, " to ");
    autk_format_percent(out, turn->share_after, 1);
    autk_buf_putc(out, '\n');
    write_turn_notes(out, s, turn);
    write_membership(out, autk_world_party_name(world, t->party), turn);
    write_turn_events(out, world, turn);
}

static void write_text_series(autk_buf *out, const autk_world *world, const autk_turns *t,
                              const autk_turns_series *s, const char *unit)
{
    if (s->n > 0) {
        add_period(out, s->period[0]);
        autk_buf_puts(out, " to ");
        add_period(out, s->period[s->n - 1]);
        autk_buf_printf(out, ", %zu %s", s->n, unit);
        if (s->n_gaps > 0)
            autk_buf_printf(out, ", %zu of them with flows that nobody reports", s->n_gaps);
        if (s->n_left_out > 0)
            autk_buf_printf(out, ", %zu left out (unknown)", s->n_left_out);
        autk_buf_printf(out, "\n  %s\n", s->what);
    }
    if (s->why_none[0] != '\0') {
        autk_buf_printf(out, "  no turns: %s\n", s->why_none);
        return;
    }
    bool late = s->n_turns > 0 && s->turns[s->n_turns - 1].late;
    autk_buf_printf(out,
                    "  turns: %zu (by %s%s; inside the sample BIC %zu, LWZ %zu, sequential %zu)\n",
                    s->n_turns, autk_turns_rule_text(t->rule), late ? " and the end test" : "",
                    s->breaks.n_bic, s->breaks.n_lwz, s->breaks.n_sequential);
    for (size_t k = 0; k < s->n_turns; k++)
        write_one_turn(out, world, t, s, &s->turns[k]);
}

static void write_text(autk_buf *out, const autk_world *world, const autk_turns *t,
                       autk_turns_show show)
{
    static const char *const flows[] = {"trade with", "exports to", "imports from"};
    autk_buf_printf(out, "%s: turns in the share of %s %s\n\n",
                    autk_world_party_name(world, t->economy), flows[t->direction],
                    autk_world_party_name(world, t->party));
    if (show == AUTK_TURNS_BOTH)
        write_text_series(out, world, t, &t->annual, "years");
    if (show == AUTK_TURNS_BOTH && t->monthly.n > 0)
        autk_buf_putc(out, '\n');
    if (t->monthly.n > 0)
        write_text_series(out, world, t, &t->monthly, "months");
    else if (show == AUTK_TURNS_MONTHS)
        autk_buf_puts(out, "no monthly figures of this pair are in the data\n");
}

autk_status autk_turns_write(autk_buf *out, const autk_world *world, const autk_turns *turns,
                             autk_turns_show show, const char *explanation, autk_format format,
                             autk_err *err)
{
    autk_status st = AUTK_OK;
    if (format == AUTK_FORMAT_JSON) {
        write_json(out, world, turns, show, explanation);
    } else if (format == AUTK_FORMAT_CSV) {
        st = write_csv(out, world, turns, show, err);
    } else {
        write_text(out, world, turns, show);
        if (explanation != NULL && explanation[0] != '\0')
            autk_buf_printf(out, "\nhow the numbers came about\n%s", explanation);
    }
    return st == AUTK_OK ? autk_buf_check(out, err) : st;
}
