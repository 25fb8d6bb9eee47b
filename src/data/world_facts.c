/* A dataset's facts laid over an open world. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_facts.h"
#include "data/world_format.h"

#define PARTIES_MAX 200
#define NAMED_MAX 4 /* parties in a title */
#define DISTANCE_KM_MAX 0x7fff

typedef struct overlay {
    autk_world *world;
    char source_id[96]; /* of the last source that was added */
    int32_t source;
    bool grew;
} overlay;

/* ------------------------------------------------------------------ sources */

static autk_status add_source(overlay *o, const char *id, const char *title, autk_err *err)
{
    autk_world *w = o->world;
    if (o->source >= 0 && strcmp(o->source_id, id) == 0)
        return AUTK_OK;
    autk_status st = autki_grow(&w->sources, &w->sources_capacity, w->n_sources + 1,
                                sizeof *w->sources, (size_t)1 << 20, err);
    const char *kept = st == AUTK_OK ? autki_world_keep_text(w, id, strlen(id)) : NULL;
    if (st == AUTK_OK && kept == NULL)
        st = autki_no_memory(err, strlen(id));
    if (st != AUTK_OK)
        return st;
    w->sources[w->n_sources] = (autk_source_info){.id = kept,
                                                  .publisher = "the user's own data",
                                                  .title = title,
                                                  .edition = "as imported",
                                                  .terms = "those of the file",
                                                  .url = "",
                                                  .covers = title};
    (void)snprintf(o->source_id, sizeof o->source_id, "%s", id);
    o->source = (int32_t)w->n_sources++;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ sanction cases */

/* The name of a list's next party; what it leads to stands behind it. */
static const char *next_name(char *name, size_t size, const char *list)
{
    size_t len = strcspn(list, ";");
    (void)snprintf(name, size, "%.*s", (int)len, list);
    return list + len + strspn(list + len, "; ");
}

/* Parties of "EU; KOR; League of Arab States" that the world knows, behind those of the world. */
static autk_status add_parties(size_t *n, overlay *o, const char *list, autk_err *err)
{
    autk_world *w = o->world;
    while (*list != '\0') {
        char name[160];
        int32_t party;
        list = next_name(name, sizeof name, list);
        if (autk_world_find_party(&party, w, name, 0, NULL) != AUTK_OK || *n == PARTIES_MAX)
            continue;
        autk_status st = autki_grow(&w->party_lists, &w->party_lists_capacity, w->n_party_lists + 1,
                                    sizeof *w->party_lists, (size_t)1 << 24, err);
        if (st != AUTK_OK)
            return st;
        w->party_lists[w->n_party_lists++] = party;
        ++*n;
    }
    return AUTK_OK;
}

/* "Belarus, Russia" of "BLR; RUS"; of a long list the first, and how many more. */
static void add_names(autk_buf *out, const autk_world *w, const char *list)
{
    size_t n = 0, n_more = 0;
    for (char name[160]; *list != '\0'; n++) {
        int32_t party;
        list = next_name(name, sizeof name, list);
        if (n >= NAMED_MAX) {
            n_more++;
            continue;
        }
        bool known = autk_world_find_party(&party, w, name, 0, NULL) == AUTK_OK;
        autk_buf_printf(out, "%s%s", n == 0 ? "" : ", ",
                        known ? autk_world_party_name(w, party) : name);
    }
    if (n_more != 0)
        autk_buf_printf(out, " and %zu more", n_more);
}

static autk_status keep(const char **kept, autk_world *w, autk_buf *text, autk_err *err)
{
    autk_status st = autk_buf_check(text, err);
    if (st == AUTK_OK && (*kept = autki_world_keep_text(w, autk_buf_text(text), text->len)) == NULL)
        st = autki_no_memory(err, text->len);
    autk_buf_clear(text);
    return st;
}

static autk_status word_case(autk_event *e, overlay *o, const autki_fact *f, autk_err *err)
{
    autk_buf text;
    autk_buf_init(&text);
    autk_buf_puts(&text, "Sanctions of ");
    add_names(&text, o->world, f->text[AUTKI_SANCTION_SENDERS]);
    autk_buf_puts(&text, " on ");
    add_names(&text, o->world, f->text[AUTKI_SANCTION_TARGETS]);
    autk_buf_printf(&text, " (%s)", f->text[AUTKI_SANCTION_MEASURES]);
    autk_status st = keep(&e->title, o->world, &text, err);
    if (st == AUTK_OK) {
        autk_buf_printf(&text, "until %.0f; objective: %s; outcome: %s; case %.0f",
                        f->number[AUTKI_SANCTION_LAST], f->text[AUTKI_SANCTION_OBJECTIVE],
                        f->text[AUTKI_SANCTION_SUCCESS], f->number[AUTKI_SANCTION_CASE]);
        st = keep(&e->note, o->world, &text, err);
    }
    autk_buf_deinit(&text);
    return st;
}

static autk_status add_case(void *user, const autki_fact *f, autk_err *err)
{
    overlay *o = user;
    autk_world *w = o->world;
    double year = f->number[AUTKI_SANCTION_FIRST];
    if (!(year >= 1 && year <= 9999))
        return AUTK_OK;
    autk_status st = add_source(o, f->text[AUTKI_SANCTION_SOURCE], "sanction cases", err);
    if (st == AUTK_OK)
        st = autki_grow(&w->events, &w->events_capacity, w->n_events + 1, sizeof *w->events,
                        (size_t)1 << 20, err);
    double last = f->number[AUTKI_SANCTION_LAST];
    autk_event e = {.date = (int32_t)year * 10000,
                    .type = "sanction",
                    .source = o->source,
                    .until = last >= year && last <= 9999 ? (int32_t)last * 10000 : 0};
    if (st == AUTK_OK)
        st = word_case(&e, o, f, err);
    if (st == AUTK_OK)
        st = add_parties(&e.n_parties, o, f->text[AUTKI_SANCTION_TARGETS], err);
    e.n_targets = e.n_parties;
    if (st == AUTK_OK)
        st = add_parties(&e.n_parties, o, f->text[AUTKI_SANCTION_SENDERS], err);
    if (st == AUTK_OK) {
        w->events[w->n_events++] = e;
        o->grew = true;
    }
    return st;
}

static int by_date(const void *a, const void *b)
{
    const autk_event *x = a, *y = b;
    if (x->date != y->date)
        return x->date < y->date ? -1 : 1;
    /* As they were added: their parties lie in that order. */
    return (x->parties > y->parties) - (x->parties < y->parties);
}

/* ------------------------------------------------------------------ distances and figures */

static bool find_economy(int32_t *economy, const overlay *o, const char *code)
{
    return autk_world_find_economy(economy, o->world, code, 0, NULL) == AUTK_OK;
}

static autk_status add_distance(void *user, const autki_fact *f, autk_err *err)
{
    overlay *o = user;
    int32_t a, b;
    double km = f->number[AUTKI_DISTANCE_KM], contiguous = f->number[AUTKI_DISTANCE_CONTIGUOUS];
    (void)err;
    if (!find_economy(&a, o, f->text[AUTKI_DISTANCE_A]) ||
        !find_economy(&b, o, f->text[AUTKI_DISTANCE_B]) || a == b ||
        !(km > 0 && km <= DISTANCE_KM_MAX))
        return AUTK_OK;
    unsigned whole = km < 1 ? 1 : (unsigned)(km + 0.5);
    bool touches = isnan(contiguous) ? autk_world_is_contiguous(o->world, a, b) : contiguous != 0;
    autki_world_put_distance(o->world, a, b, (uint16_t)(whole | (touches ? WORLD_CONTIGUOUS : 0)));
    return AUTK_OK;
}

static autk_status add_figure(void *user, const autki_fact *f, autk_err *err)
{
    overlay *o = user;
    int32_t economy;
    const char *indicator = f->text[AUTKI_FIGURE_INDICATOR];
    world_grid *grid = strcmp(indicator, "NY.GDP.MKTP.CD") == 0 ? &o->world->gdp
                       : strcmp(indicator, "SP.POP.TOTL") == 0  ? &o->world->population
                                                                : NULL;
    if (grid == NULL || !(f->number[AUTKI_FIGURE_VALUE] > 0) ||
        !find_economy(&economy, o, f->text[AUTKI_FIGURE_ECONOMY]))
        return AUTK_OK;
    return autki_world_put_figure(o->world, grid, economy, (int)f->number[AUTKI_FIGURE_YEAR],
                                  f->number[AUTKI_FIGURE_VALUE], err);
}

autk_status autk_world_add_facts(autk_world *world, autk_dataset *dataset, autk_err *err)
{
    overlay o = {.world = world, .source = -1};
    autk_status st = autki_dataset_snapshot(dataset, err);
    if (st != AUTK_OK)
        return st;
    st = autki_facts_each(dataset, AUTK_FACT_SANCTION, add_case, &o, err);
    /* The array of parties has moved while it grew. */
    autki_world_place_parties(world);
    if (o.grew)
        qsort(world->events, world->n_events, sizeof *world->events, by_date);
    if (st == AUTK_OK)
        st = autki_facts_each(dataset, AUTK_FACT_DISTANCE, add_distance, &o, err);
    if (st == AUTK_OK)
        st = autki_facts_each(dataset, AUTK_FACT_FIGURE, add_figure, &o, err);
    autki_dataset_end_snapshot(dataset);
    return st;
}
