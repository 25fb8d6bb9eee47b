#include "report/brief.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "report/words.h"

#define MAX_EVENTS 12

/* Years from an event to the nearest turn; 0 without turns. */
static int years_off(const autk_brief *b, const autk_event *event)
{
    int least = -1, year = event->date / 10000;
    for (size_t i = 0; b->turns != NULL && i < b->turns->annual.n_turns; i++) {
        int off = abs(year - b->turns->annual.turns[i].date);
        least = least < 0 || off < least ? off : least;
    }
    return least > 0 ? least : 0;
}

/* How near an event is to the tie: named itself counts more than as a member of a group. */
static int nearness(const autk_brief *b, const autk_event *event)
{
    static const struct {
        const char *type;
        int weight;
    } types[] = {{"war", 4}, {"election", 3}, {"sanction", 2}, {"border closure", 1}};
    const int32_t parties[] = {b->economy, b->on};
    int near = event->n_parties > 8 ? -3 : 0; /* what concerns many tells little of one */
    for (size_t k = 0; k < 2; k++) {
        near += autk_world_event_concerns(b->world, event, parties[k]) ? 1 : 0;
        for (size_t i = 0; i < event->n_parties; i++)
            near += event->parties[i] == parties[k] ? 3 : 0;
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        near += strcmp(event->type, types[i].type) == 0 ? types[i].weight : 0;
    return near - years_off(b, event);
}

/* Keep an event among the nearest MAX_EVENTS, nearest first; of equals the earlier. */
static void add_event(autk_brief *b, size_t event)
{
    int near = nearness(b, autk_world_event(b->world, event));
    size_t at = b->n_events;
    while (at > 0) {
        int other = nearness(b, autk_world_event(b->world, b->events[at - 1]));
        if (other >= near)
            break;
        at--;
    }
    if (b->n_events == MAX_EVENTS)
        b->n_more_events++;
    else
        b->n_events++;
    for (size_t i = b->n_events - 1; i > at; i--)
        b->events[i] = b->events[i - 1];
    if (at < b->n_events)
        b->events[at] = event;
}

static int by_date(const void *a, const void *b) /* the world keeps events by date */
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

/* A month that could as well be another one years away tells nothing that the years do not. */
#define SHARP_MONTHS 24

static bool is_sharp(const autk_turn *turn)
{
    int32_t months =
        turn->high / 100 * 12 + turn->high % 100 - turn->low / 100 * 12 - turn->low % 100;
    return months <= SHARP_MONTHS;
}

static void mark_events(unsigned char *marked, const autk_turns_series *series, bool monthly)
{
    for (size_t i = 0; i < series->n_turns; i++) {
        if (monthly && !is_sharp(&series->turns[i]))
            continue;
        for (size_t k = 0; k < series->turns[i].n_events; k++)
            marked[series->turns[i].events[k]] = 1;
    }
}

/* Without a turn: what happened between the two. */
static void mark_events_of_both(unsigned char *marked, const autk_brief *b)
{
    for (size_t i = 0; i < autk_world_n_events(b->world); i++) {
        const autk_event *event = autk_world_event(b->world, i);
        int32_t year = event->date / 10000;
        marked[i] = year <= b->year && year >= b->first_year &&
                    autk_world_event_concerns(b->world, event, b->economy) &&
                    autk_world_event_concerns(b->world, event, b->on);
    }
}

static autk_status add_events(autk_brief *b, autk_err *err)
{
    size_t n = autk_world_n_events(b->world);
    unsigned char *marked = autki_calloc(n + 1, 1);
    b->events = autki_calloc(MAX_EVENTS, sizeof *b->events);
    if (marked == NULL || b->events == NULL) {
        free(marked);
        return autki_no_memory(err, n);
    }
    if (b->turns != NULL) {
        mark_events(marked, &b->turns->annual, false);
        mark_events(marked, &b->turns->monthly, true);
    }
    if (memchr(marked, 1, n) == NULL)
        mark_events_of_both(marked, b);
    for (size_t i = 0; i < n; i++) {
        if (marked[i] != 0)
            add_event(b, i);
    }
    if (b->n_events != 0)
        qsort(b->events, b->n_events, sizeof *b->events, by_date);
    free(marked);
    return AUTK_OK;
}

autk_status autki_brief_add_turns(autk_brief *brief, autk_err *err)
{
    autk_turns_opts opts = autk_turns_opts_default();
    opts.last_year = brief->year;
    autk_err why;
    autk_status st = autk_turns_find(&brief->turns, brief->evidence, brief->on, &opts, &why);
    if (st != AUTK_OK && st != AUTK_ENOANSWER && st != AUTK_EARG) {
        if (err != NULL)
            *err = why;
        return st;
    }
    return add_events(brief, err);
}

/* 2022, or February 2022 for 202202. */
static void say_period(autk_buf *t, int32_t period)
{
    autki_words_date(t, period > 9999 ? period * 100 : period * 10000);
}

/* "in 2022 (2021 to 2022) from 49 to 57 %" */
static void say_turn(autk_buf *t, const autk_turn *turn)
{
    autk_buf_puts(t, "in ");
    say_period(t, turn->date);
    if (turn->low != turn->high) {
        autk_buf_puts(t, " (");
        say_period(t, turn->low);
        autk_buf_puts(t, " to ");
        say_period(t, turn->high);
        autk_buf_putc(t, ')');
    }
    autk_buf_puts(t, " from ");
    autki_words_percent(t, turn->share_before);
    autk_buf_puts(t, " to ");
    autki_words_percent(t, turn->share_after);
}

/* All turns of a series in one sentence; what they have in common behind them. */
static void say_turns(autk_buf *t, const autk_turns_series *s, bool monthly)
{
    size_t said = 0;
    bool widened = false, late = false;
    for (size_t i = 0; i < s->n_turns; i++) {
        const autk_turn *turn = &s->turns[i];
        if (monthly && !is_sharp(turn))
            continue;
        autk_buf_puts(t, said++ == 0 ? monthly ? "By months, it turns " : "It turns " : ", ");
        say_turn(t, turn);
        widened |= turn->widened;
        late |= turn->late;
    }
    if (said == 0)
        return;
    autk_buf_puts(t, monthly ? ". "
                             : " on average. The date is the first year at the new level; "
                               "in brackets its interval at 95 %");
    if (!monthly)
        autk_buf_puts(t, widened ? ", widened by what is not known. " : ". ");
    if (late)
        autk_buf_puts(t, "The last lies at the end of the series, where a test of the last years "
                         "finds it.");
}

autk_status autki_brief_say_turns(autk_brief *brief, autk_buf *t, autk_err *err)
{
    autki_lines *to = &brief->sentences[AUTKI_SERIES];
    autk_status st = AUTK_OK;
    for (int monthly = 0; st == AUTK_OK && brief->turns != NULL && monthly < 2; monthly++) {
        const autk_turns_series *s = monthly ? &brief->turns->monthly : &brief->turns->annual;
        say_turns(t, s, monthly != 0);
        if (!monthly && s->n_turns == 0 && s->n != 0 && s->why_none[0] == '\0')
            autk_buf_puts(t, "No turn stands out in the series.");
        st = autki_lines_take(to, t, err);
    }
    if (st != AUTK_OK || brief->n_events == 0)
        return st;
    bool turned =
        brief->turns != NULL && brief->turns->annual.n_turns + brief->turns->monthly.n_turns != 0;
    autk_buf_puts(t, turned ? "What fell into these intervals" : "What happened between the two");
    if (brief->n_more_events != 0)
        autk_buf_printf(t, " (%zu of %zu; all: autarky events %s)", brief->n_events,
                        brief->n_events + brief->n_more_events,
                        autk_world_party_code(brief->world, brief->economy));
    autk_buf_puts(t, turned ? "; that dates agree does not say that one made the other:" : ":");
    return autki_lines_take(to, t, err);
}
