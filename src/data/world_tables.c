/* The tables that are small enough to be kept whole. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/world_format.h"

#define TEXT_BLOCK_BYTES ((size_t)1 << 16)
#define MAX_ROWS ((size_t)1 << 20)
#define MAX_COLUMNS 16

/* One row: integers and texts by column; texts are kept by the world. */
typedef struct table_row {
    const char *text[MAX_COLUMNS];
    int64_t integer[MAX_COLUMNS];
} table_row;

typedef autk_status (*take_row_fn)(autk_world *world, const table_row *row, autk_err *err);

const char *autki_world_keep_text(autk_world *world, const char *text, size_t len)
{
    if (len + 1 > world->text_room) {
        size_t size = len + 1 > TEXT_BLOCK_BYTES ? len + 1 : TEXT_BLOCK_BYTES;
        if (autki_grow(&world->texts, &world->texts_capacity, world->n_texts + 1, sizeof(char *),
                       MAX_ROWS, NULL) != AUTK_OK)
            return NULL;
        char *block = autki_malloc(size, 1);
        if (block == NULL)
            return NULL;
        /* The last block fills from its end, so that its start is what free() gets. */
        world->texts[world->n_texts++] = block;
        world->text_room = size;
    }
    world->text_room -= len + 1;
    char *at = world->texts[world->n_texts - 1] + world->text_room;
    memcpy(at, text, len);
    at[len] = '\0';
    return at;
}

#define APPEND(world, items, n_items, capacity, err)                                               \
    autki_grow(&(world)->items, &(world)->capacity, (world)->n_items + 1, sizeof *(world)->items,  \
               MAX_ROWS, err)

static autk_status take_source(autk_world *world, const table_row *row, autk_err *err)
{
    autk_status st = APPEND(world, sources, n_sources, sources_capacity, err);
    if (st == AUTK_OK)
        world->sources[world->n_sources++] = (autk_source_info){.id = row->text[1],
                                                                .publisher = row->text[2],
                                                                .title = row->text[3],
                                                                .edition = row->text[4],
                                                                .terms = row->text[5],
                                                                .url = row->text[6],
                                                                .covers = row->text[7]};
    return st;
}

static autk_status take_economy(autk_world *world, const table_row *row, autk_err *err)
{
    autk_status st = APPEND(world, economies, n_economies, economies_capacity, err);
    if (st == AUTK_OK)
        world->economies[world->n_economies++] =
            (autk_economy_info){.code = row->text[1],
                                .iso2 = row->text[2],
                                .numeric = (int)row->integer[3],
                                .name = row->text[4],
                                .region = row->text[5],
                                .landlocked = row->integer[6] != 0,
                                .from_date = (int32_t)row->integer[7],
                                .to_date = (int32_t)row->integer[8]};
    return st;
}

static autk_status take_alias(autk_world *world, const table_row *row, autk_err *err)
{
    autk_status st = APPEND(world, aliases, n_aliases, aliases_capacity, err);
    if (st == AUTK_OK)
        world->aliases[world->n_aliases++] = (world_alias){.party = (int32_t)row->integer[1],
                                                           .from_year = (int)row->integer[2],
                                                           .to_year = (int)row->integer[3],
                                                           .key = row->text[4],
                                                           .text = row->text[5]};
    return st;
}

static autk_status take_group(autk_world *world, const table_row *row, autk_err *err)
{
    autk_status st = APPEND(world, groups, n_groups, groups_capacity, err);
    if (st == AUTK_OK)
        world->groups[world->n_groups++] = (autk_group_info){
            .code = row->text[1], .name = row->text[2], .source = (int32_t)row->integer[3]};
    return st;
}

static autk_status take_member(autk_world *world, const table_row *row, autk_err *err)
{
    autk_status st = APPEND(world, members, n_members, members_capacity, err);
    if (st == AUTK_OK)
        world->members[world->n_members++] = (world_member){.group = (int32_t)row->integer[1],
                                                            .economy = (int32_t)row->integer[2],
                                                            .from_date = (int32_t)row->integer[3],
                                                            .to_date = (int32_t)row->integer[4]};
    return st;
}

/* The parties are a text of numbers; their array moves while it grows, so pointers come last. */
static autk_status take_event(autk_world *world, const table_row *row, autk_err *err)
{
    size_t n = 0;
    for (const char *p = row->text[6]; *p != '\0'; n++) {
        char *end;
        long party = strtol(p, &end, 10);
        if (end == p)
            return autki_world_damaged(world, "the parties of an event", err);
        autk_status st = APPEND(world, party_lists, n_party_lists, party_lists_capacity, err);
        if (st != AUTK_OK)
            return st;
        world->party_lists[world->n_party_lists++] = (int32_t)party;
        p = *end == ' ' ? end + 1 : end;
    }
    autk_status st = APPEND(world, events, n_events, events_capacity, err);
    if (st == AUTK_OK)
        world->events[world->n_events++] = (autk_event){.date = (int32_t)row->integer[1],
                                                        .type = row->text[2],
                                                        .title = row->text[3],
                                                        .note = row->text[4],
                                                        .source = (int32_t)row->integer[5],
                                                        .n_parties = n};
    return st;
}

static autk_status take_silence(autk_world *world, const table_row *row, autk_err *err)
{
    autk_status st = APPEND(world, silences, n_silences, silences_capacity, err);
    if (st == AUTK_OK)
        world->silences[world->n_silences++] = (world_silence){.economy = (int32_t)row->integer[1],
                                                               .year = (int)row->integer[2],
                                                               .documented = row->integer[3] != 0,
                                                               .basis = row->text[4]};
    return st;
}

static autk_status take_gap(autk_world *world, const table_row *row, autk_err *err)
{
    autk_status st = APPEND(world, gaps, n_gaps, gaps_capacity, err);
    if (st == AUTK_OK)
        world->gaps[world->n_gaps++] = (world_gap){.exporter = (int32_t)row->integer[1],
                                                   .importer = (int32_t)row->integer[2],
                                                   .from_year = (int)row->integer[3],
                                                   .to_year = (int)row->integer[4],
                                                   .part_known = row->integer[5] != 0,
                                                   .basis = row->text[6]};
    return st;
}

static autk_status take_quoted(autk_world *world, const table_row *row, autk_err *err)
{
    autk_status st = APPEND(world, quoted, n_quoted, quoted_capacity, err);
    if (st == AUTK_OK)
        world->quoted[world->n_quoted++] = (autk_quoted){.economy = (int32_t)row->integer[1],
                                                         .quote = row->text[2],
                                                         .kind = row->text[3],
                                                         .text = row->text[4],
                                                         .party = (int32_t)row->integer[5],
                                                         .without = (int32_t)row->integer[6],
                                                         .flow = row->text[7],
                                                         .from_year = (int32_t)row->integer[8],
                                                         .to_year = (int32_t)row->integer[9],
                                                         .source = (int32_t)row->integer[10]};
    return st;
}

static autk_status take_note(autk_world *world, const table_row *row, autk_err *err)
{
    autk_status st = APPEND(world, notes, n_notes, notes_capacity, err);
    if (st == AUTK_OK)
        world->notes[world->n_notes++] = row->text[1];
    return st;
}

/* The upper end of a class; "" = none. */
static bool read_top(double *top, const char *text)
{
    *top = INFINITY;
    return text[0] == '\0' || autki_parse_double(text, strlen(text), top);
}

static autk_status take_bound(autk_world *world, const table_row *row, autk_err *err)
{
    world_bound bound = {.observed = row->integer[1] != 0};
    bool good = world->n_bounds < WORLD_MAX_BOUNDS &&
                read_top(&bound.value_below_usd, row->text[2]) &&
                read_top(&bound.ratio_below, row->text[3]) &&
                autki_parse_double(row->text[4], strlen(row->text[4]), &bound.low) &&
                autki_parse_double(row->text[5], strlen(row->text[5]), &bound.high) &&
                bound.low >= 0 && bound.low <= 1 && bound.high >= 1;
    if (!good)
        return autki_world_damaged(world, "the bounds of estimates", err);
    world->bounds[world->n_bounds++] = bound;
    return AUTK_OK;
}

static const struct {
    const char *name;
    take_row_fn take;
} tables[] = {{"source", take_source},        {"economy", take_economy}, {"alias", take_alias},
              {"bloc", take_group},           {"member", take_member},   {"event", take_event},
              {"non_reporter", take_silence}, {"gap", take_gap},         {"note", take_note},
              {"bound", take_bound},          {"quoted", take_quoted}};

static autk_status prepare(sqlite3_stmt **stmt, const autk_world *world, const char *sql,
                           autk_err *err)
{
    return sqlite3_prepare_v2(world->db, sql, -1, stmt, NULL) == SQLITE_OK
               ? AUTK_OK
               : autki_world_sqlite_failed(world, err);
}

/* meta's value as an integer. */
static autk_status read_meta(int64_t *value, const autk_world *world, const char *key,
                             autk_err *err)
{
    sqlite3_stmt *stmt = NULL;
    autk_status st = prepare(&stmt, world, "SELECT value FROM meta WHERE key = ?", err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC);
    if (sqlite3_step(stmt) == SQLITE_ROW)
        *value = sqlite3_column_int64(stmt, 0);
    else
        st = autki_world_damaged(world, key, err);
    sqlite3_finalize(stmt);
    return st;
}

static autk_status read_row(table_row *row, uint32_t *crc, autk_world *world, sqlite3_stmt *stmt,
                            autk_err *err)
{
    memset(row, 0, sizeof *row);
    int n = sqlite3_column_count(stmt);
    for (int i = 0; i < n && i < MAX_COLUMNS; i++) {
        bool is_integer = sqlite3_column_type(stmt, i) == SQLITE_INTEGER;
        row->integer[i] = is_integer ? sqlite3_column_int64(stmt, i) : 0;
        const char *text = (const char *)sqlite3_column_text(stmt, i);
        if (text == NULL)
            return sqlite3_errcode(world->db) == SQLITE_NOMEM
                       ? autki_no_memory(err, 0)
                       : autki_world_damaged(world, "an empty cell", err);
        size_t len = (size_t)sqlite3_column_bytes(stmt, i);
        *crc = autki_world_crc(world, *crc, text, len);
        *crc = autki_world_crc(world, *crc, "\x1f", 1);
        row->text[i] = is_integer ? "" : autki_world_keep_text(world, text, len);
        if (row->text[i] == NULL)
            return autki_no_memory(err, len);
    }
    return AUTK_OK;
}

static autk_status load_table(autk_world *world, size_t which, autk_err *err)
{
    char text[80];
    int64_t want = 0;
    (void)snprintf(text, sizeof text, "crc_%s", tables[which].name);
    autk_status st = read_meta(&want, world, text, err);
    sqlite3_stmt *stmt = NULL;
    (void)snprintf(text, sizeof text, "SELECT * FROM %s ORDER BY id", tables[which].name);
    if (st == AUTK_OK)
        st = prepare(&stmt, world, text, err);
    if (st != AUTK_OK)
        return st;
    uint32_t crc = 0;
    int step;
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
        table_row row;
        st = read_row(&row, &crc, world, stmt, err);
        if (st == AUTK_OK)
            st = tables[which].take(world, &row, err);
        if (st != AUTK_OK)
            break;
    }
    if (st == AUTK_OK && step != SQLITE_DONE)
        st = autki_world_sqlite_failed(world, err);
    if (st == AUTK_OK && crc != (uint32_t)want)
        st = autki_world_damaged(world, tables[which].name, err);
    sqlite3_finalize(stmt);
    return st;
}

static autk_status load_grid(world_grid *grid, const autk_world *world, const char *name,
                             autk_err *err)
{
    sqlite3_stmt *stmt = NULL;
    autk_status st = prepare(
        &stmt, world, "SELECT first_year, n_years, crc, bytes FROM grid WHERE name = ?", err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
    if (sqlite3_step(stmt) != SQLITE_ROW) {
        st = autki_world_damaged(world, name, err);
    } else {
        const void *bytes = sqlite3_column_blob(stmt, 3);
        size_t size = (size_t)sqlite3_column_bytes(stmt, 3);
        grid->first_year = sqlite3_column_int(stmt, 0);
        grid->n_years = sqlite3_column_int(stmt, 1);
        size_t n = world->n_economies;
        size_t want = grid->n_years > 0 ? n * (size_t)grid->n_years * 8 : n * (n - 1);
        if (bytes == NULL || size != want || grid->n_years < 0 ||
            autki_world_crc(world, 0, bytes, size) != (uint32_t)sqlite3_column_int64(stmt, 2))
            st = autki_world_damaged(world, name, err);
        else if ((grid->bytes = autki_malloc(size, 1)) == NULL)
            st = autki_no_memory(err, size);
        else
            memcpy(grid->bytes, bytes, grid->size = size);
    }
    sqlite3_finalize(stmt);
    return st;
}

static bool is_party(const autk_world *world, int64_t party)
{
    return party == AUTK_PARTY_WORLD || (party >= 0 && party < (int64_t)world->n_economies) ||
           (party >= AUTK_GROUP_BASE && party < AUTK_GROUP_BASE + (int64_t)world->n_groups);
}

/* Every index that a table holds is in range, so that no later call has to look. */
static bool is_consistent(const autk_world *world)
{
    int64_t n = (int64_t)world->n_economies, n_sources = (int64_t)world->n_sources;
    bool good = n > 1 && n <= WORLD_MAX_ECONOMIES && world->n_bounds > 0 &&
                world->dyad_source >= 0 && world->dyad_source < n_sources &&
                world->matrix_source >= 0 && world->matrix_source < n_sources &&
                world->first_year > 0 && world->first_year <= world->last_year;
    for (size_t i = 0; i < world->n_aliases; i++)
        good = good && is_party(world, world->aliases[i].party);
    for (size_t i = 0; i < world->n_members; i++)
        good = good && world->members[i].economy >= 0 && world->members[i].economy < n &&
               world->members[i].group >= 0 && world->members[i].group < (int64_t)world->n_groups;
    for (size_t i = 0; i < world->n_groups; i++)
        good = good && world->groups[i].source >= 0 && world->groups[i].source < n_sources;
    for (size_t i = 0; i < world->n_silences; i++)
        good = good && world->silences[i].economy >= 0 && world->silences[i].economy < n;
    for (size_t i = 0; i < world->n_party_lists; i++)
        good = good && is_party(world, world->party_lists[i]);
    for (size_t i = 0; i < world->n_events; i++)
        good = good && world->events[i].source >= 0 && world->events[i].source < n_sources;
    for (size_t i = 0; i < world->n_quoted; i++) {
        const autk_quoted *q = &world->quoted[i];
        good = good && q->economy >= 0 && q->economy < n && q->source >= 0 &&
               q->source < n_sources && (q->party == AUTK_PARTY_ANY || is_party(world, q->party)) &&
               (q->without == AUTK_PARTY_ANY || is_party(world, q->without));
    }
    return good;
}

void autki_world_place_parties(autk_world *world)
{
    size_t at = 0;
    for (size_t i = 0; i < world->n_events; i++) {
        world->events[i].parties = world->party_lists + at;
        at += world->events[i].n_parties;
    }
}

autk_status autki_world_load_tables(autk_world *world, autk_err *err)
{
    static const char *const keys[] = {"first_year", "last_year", "dyad_source", "matrix_source",
                                       "first_matrix_year"};
    int64_t values[5] = {0};
    autk_status st = AUTK_OK;
    for (size_t i = 0; i < 5 && st == AUTK_OK; i++)
        st = read_meta(&values[i], world, keys[i], err);
    world->first_year = (int)values[0];
    world->last_year = (int)values[1];
    world->dyad_source = (int32_t)values[2];
    world->matrix_source = (int32_t)values[3];
    world->first_matrix_year = (int)values[4];
    for (size_t i = 0; i < sizeof tables / sizeof *tables && st == AUTK_OK; i++)
        st = load_table(world, i, err);
    if (st == AUTK_OK)
        st = load_grid(&world->gdp, world, "gdp_usd", err);
    if (st == AUTK_OK)
        st = load_grid(&world->population, world, "population", err);
    if (st == AUTK_OK)
        st = load_grid(&world->distance, world, "distance", err);
    if (st == AUTK_OK && !is_consistent(world))
        st = autki_world_damaged(world, "an index out of range", err);
    if (st == AUTK_OK)
        autki_world_place_parties(world);
    return st;
}
