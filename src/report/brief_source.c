#include "report/brief_corridors.h"
#include "report/brief_structure.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

static void mark(unsigned char *used, int32_t n, const autk_sources *sources)
{
    for (int32_t i = 0; i < sources->n && i < AUTK_MAX_SOURCES; i++) {
        if (sources->source[i] >= 0 && sources->source[i] < n)
            used[sources->source[i]] = 1;
    }
}

static void mark_one(unsigned char *used, int32_t n, int32_t source)
{
    mark(used, n, &(autk_sources){.source = {source}, .n = 1});
}

static void mark_series(unsigned char *used, int32_t n, const autk_dependence_year *s, size_t n_s)
{
    for (size_t i = 0; i < n_s; i++)
        mark(used, n, &s[i].entry.sources);
}

/* The sources of the network of routes and of the layers of the tie, by their ids. */
static void mark_named(unsigned char *used, const autk_brief *b)
{
    static const char *const routes[] = {"geodist",          "natural-earth", "world-factbook",
                                         "world-port-index", "sea-lanes",     "transport-costs"};
    static const char *const ties[] = {"unga-ideal-points"};
    for (int32_t i = 0; i < autk_world_n_sources(b->world); i++) {
        const char *id = autk_world_source(b->world, i)->id;
        for (size_t k = 0; b->corridors->why_not == NULL && k < sizeof routes / sizeof *routes; k++)
            used[i] = used[i] || strcmp(id, routes[k]) == 0;
        for (size_t k = 0; b->structure->ties != NULL && k < sizeof ties / sizeof *ties; k++)
            used[i] = used[i] || strcmp(id, ties[k]) == 0;
    }
}

static void mark_all(unsigned char *used, int32_t n, const autk_brief *b)
{
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++) {
        const autk_dependence *flows = b->flows[d];
        for (int r = 0; r < AUTK_READING_COUNT; r++)
            mark(used, n, &flows->totals[r][d].sources);
        for (size_t i = 0; i < flows->n_entries; i++)
            mark(used, n, &flows->entries[i].sources);
        mark_series(used, n, b->series[d], b->n_series[d]);
    }
    mark(used, n, &autki_brief_entry(b)->sources);
    for (size_t i = 0; i < b->n_blocs; i++) {
        mark_series(used, n, b->blocs[i].series, b->blocs[i].n);
        mark_one(used, n, autk_world_group(b->world, b->blocs[i].party - AUTK_GROUP_BASE)->source);
    }
    for (size_t i = 0; i < b->n_events; i++)
        mark_one(used, n, autk_world_event(b->world, b->events[i])->source);
    for (size_t i = 0; i < b->n_claims; i++)
        mark_one(used, n, b->claims[i].source);
}

autk_status autki_brief_add_sources(autk_brief *brief, autk_err *err)
{
    int32_t n = autk_world_n_sources(brief->world);
    unsigned char *used = autki_calloc((size_t)n + 1, 1);
    brief->sources = autki_calloc((size_t)n + 1, sizeof *brief->sources);
    if (used == NULL || brief->sources == NULL) {
        free(used);
        return autki_no_memory(err, (size_t)n * sizeof *brief->sources);
    }
    mark_all(used, n, brief);
    mark_named(used, brief);
    for (int32_t i = 0; i < n; i++) {
        if (used[i] != 0)
            brief->sources[brief->n_sources++] = i;
    }
    free(used);
    return AUTK_OK;
}

static void put_part(autk_buf *out, const char *before, const char *text, const char *after)
{
    if (text != NULL && text[0] != '\0')
        autk_buf_printf(out, "%s%s%s", before, text, after);
}

void autki_brief_source(autk_buf *out, const autk_brief *brief, size_t i)
{
    const autk_source_info *s = autk_world_source(brief->world, brief->sources[i]);
    put_part(out, "", s->publisher, "");
    put_part(out, ": ", s->title, "");
    put_part(out, ", ", s->edition, "");
    put_part(out, " (", s->terms, ")");
    autk_buf_puts(out, ".");
}
