#include "report/brief_corridors.h"
#include "report/brief_loss.h"
#include "report/brief_products.h"
#include "report/brief_structure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"

#define MAX_PARTNERS 50

autk_brief_opts autk_brief_opts_default(void)
{
    return (autk_brief_opts){
        .year = 0, .on = AUTK_PARTY_ANY, .n_partners = 10, .n_draws = AUTKI_BRIEF_DRAWS};
}

#define AS_ID(name, id, title) id,
#define AS_TITLE(name, id, title) title,

const char *autki_section_id(autki_section section)
{
    static const char *const ids[] = {AUTKI_BRIEF_SECTIONS(AS_ID)};
    return ids[section];
}

const char *autki_section_title(autki_section section)
{
    static const char *const titles[] = {AUTKI_BRIEF_SECTIONS(AS_TITLE)};
    return titles[section];
}

autk_status autki_lines_take(autki_lines *lines, autk_buf *text, autk_err *err)
{
    autk_status st = autk_buf_check(text, err);
    if (st != AUTK_OK || text->len == 0)
        return st;
    st = autki_grow(&lines->line, &lines->capacity, lines->n + 1, sizeof *lines->line, 10000, err);
    if (st != AUTK_OK)
        return st;
    char *copy = autki_strdup(autk_buf_text(text));
    if (copy == NULL)
        return autki_no_memory(err, text->len);
    lines->line[lines->n++] = copy;
    autk_buf_clear(text);
    return AUTK_OK;
}

void autki_lines_deinit(autki_lines *lines)
{
    for (size_t i = 0; i < lines->n; i++)
        free(lines->line[i]);
    free(lines->line);
}

void autk_brief_free(autk_brief *brief)
{
    if (brief == NULL)
        return;
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++) {
        autk_dependence_free(brief->flows[d]);
        free(brief->series[d]);
    }
    for (size_t i = 0; i < brief->n_blocs; i++)
        free(brief->blocs[i].series);
    for (size_t i = 0; i < brief->n_past; i++)
        autk_dependence_free(brief->past[i]);
    for (int s = 0; s < AUTKI_SECTION_COUNT; s++)
        autki_lines_deinit(&brief->sentences[s]);
    autki_lines_deinit(&brief->lede);
    autki_lines_deinit(&brief->key);
    for (size_t i = 0; i < brief->n_claims; i++)
        free(brief->claims[i].finding);
    free(brief->claims);
    free(brief->events);
    free(brief->sources);
    autk_turns_free(brief->turns);
    autki_loss_free(brief->loss);
    autki_products_free(brief->products);
    autki_corridors_free(brief->corridors);
    autki_structure_free(brief->structure);
    free(brief->headline);
    autk_dependence_free(brief->on_only);
    autk_evidence_free(brief->evidence);
    free(brief);
}

int autk_brief_year(const autk_brief *brief)
{
    return brief->year;
}

int32_t autk_brief_on(const autk_brief *brief)
{
    return brief->on;
}

const char *autk_brief_headline(const autk_brief *brief)
{
    return brief->headline;
}

const autk_dependence_entry *autki_brief_entry(const autk_brief *brief)
{
    return &brief->on_only->entries[0];
}

bool autki_brief_has(const autk_brief *brief, autki_section section, const autk_table *table)
{
    if (section == AUTKI_CLAIMS)
        return brief->n_claims != 0;
    if (section == AUTKI_SOURCES)
        return brief->n_sources != 0;
    if (section == AUTKI_BOTH_WAYS)
        return table != NULL; /* its sentence explains the table */
    return table != NULL || brief->sentences[section].n != 0;
}

static autk_status gather_year(autk_brief *b, autk_err *err)
{
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++) {
        autk_depend_opts opts = autk_depend_opts_default();
        opts.direction = (autk_direction)d;
        opts.isolation = d == AUTK_DIRECTION_TRADE;
        opts.n_reverse = d == AUTK_DIRECTION_TRADE ? b->n_partners : 0;
        autk_status st = autk_depend(&b->flows[d], b->evidence, b->year, &opts, err);
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

/* What the brief is about: what was asked for, else the first partner. */
static autk_status gather_on(autk_brief *b, autk_err *err)
{
    const autk_dependence *trade = b->flows[AUTK_DIRECTION_TRADE];
    if (b->on == AUTK_PARTY_ANY) {
        if (trade->n_entries == 0)
            return autki_fail(err, AUTK_ENOANSWER, "%s has no partner on record in %d",
                              autk_world_party_name(b->world, b->economy), b->year);
        b->on = trade->entries[0].party;
    }
    autk_depend_opts opts = autk_depend_opts_default();
    opts.on = b->on;
    opts.isolation = false;
    autk_status st = autk_depend(&b->on_only, b->evidence, b->year, &opts, err);
    if (st == AUTK_OK && b->on_only->n_entries != 1)
        st = autki_fail(err, AUTK_EINTERNAL, "a dependence on one party has %zu entries",
                        b->on_only->n_entries);
    return st;
}

static bool has_members(const autk_world *world, int32_t group, int year)
{
    for (int32_t i = 0; i < autk_world_n_economies(world); i++) {
        if (autk_world_is_member(world, group, i, year * 10000 + 701))
            return true;
    }
    return false;
}

static autk_status find_blocs(autk_brief *b, autk_err *err)
{
    static const char *const codes[AUTKI_BRIEF_BLOCS] = {"EU", "EAEU", "ASIA"};
    size_t n_years = (size_t)(b->year - b->first_year) + 1;
    for (size_t i = 0; i < AUTKI_BRIEF_BLOCS; i++) {
        autki_bloc *bloc = &b->blocs[b->n_blocs];
        autk_err ignored;
        if (autk_world_find_party(&bloc->party, b->world, codes[i], b->year, &ignored) != AUTK_OK ||
            bloc->party < AUTK_GROUP_BASE)
            continue; /* another world dataset may have other groups */
        bloc->series = autki_calloc(n_years, sizeof *bloc->series);
        if (bloc->series == NULL)
            return autki_no_memory(err, n_years * sizeof *bloc->series);
        b->n_blocs++;
    }
    return AUTK_OK;
}

static autk_status append_share(autk_dependence_year *series, size_t *n, const autk_brief *b,
                                const autk_country_year *country, int32_t party,
                                autk_direction direction, autk_err *err)
{
    series[*n].year = country->year;
    autk_status st = autk_depend_share(&series[*n].entry, b->world, country, party, direction, err);
    *n += st == AUTK_OK;
    return st;
}

/* A bloc has no share in years before it was; one whose members do not trade has a share of 0. */
static autk_status append_bloc(autki_bloc *bloc, const autk_brief *b,
                               const autk_country_year *country, autk_err *err)
{
    autk_status st =
        append_share(bloc->series, &bloc->n, b, country, bloc->party, AUTK_DIRECTION_TRADE, err);
    if (st == AUTK_OK && bloc->series[bloc->n - 1].entry.n_members == 0 &&
        !has_members(b->world, bloc->party - AUTK_GROUP_BASE, country->year))
        bloc->n--;
    return st;
}

static autk_status append_year(autk_brief *b, const autk_country_year *country, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (int d = 0; st == AUTK_OK && d < AUTK_DIRECTION_COUNT; d++)
        st = append_share(b->series[d], &b->n_series[d], b, country, b->on, (autk_direction)d, err);
    for (size_t i = 0; st == AUTK_OK && i < b->n_blocs; i++)
        st = append_bloc(&b->blocs[i], b, country, err);
    return st;
}

/* Every year's flows are made once, for all the series. */
static autk_status gather_series(autk_brief *b, autk_err *err)
{
    size_t n_years = (size_t)(b->year - b->first_year) + 1;
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++) {
        b->series[d] = autki_calloc(n_years, sizeof *b->series[d]);
        if (b->series[d] == NULL)
            return autki_no_memory(err, n_years * sizeof *b->series[d]);
    }
    autk_status st = find_blocs(b, err);
    for (int year = b->first_year; st == AUTK_OK && year <= b->year; year++) {
        autk_country_year *country = NULL;
        st = autk_evidence_year(&country, b->evidence, year, err);
        if (st == AUTK_ENOANSWER) {
            st = AUTK_OK; /* a year without any figure */
            continue;
        }
        if (st == AUTK_OK)
            st = append_year(b, country, err);
        autk_country_year_free(country);
    }
    return st;
}

static autk_status gather_past(autk_brief *b, autk_err *err)
{
    static const int back[AUTKI_BRIEF_PAST] = {20, 10, 5, 2, 0};
    for (size_t i = 0; i < AUTKI_BRIEF_PAST; i++) {
        autk_depend_opts opts = autk_depend_opts_default();
        opts.n_reverse = 0;
        autk_dependence *then = NULL;
        if (b->year - back[i] < b->first_year)
            continue;
        autk_status st = autk_depend(&then, b->evidence, b->year - back[i], &opts, err);
        if (st == AUTK_ENOANSWER)
            continue; /* a year without any figure */
        if (st != AUTK_OK)
            return st;
        b->past[b->n_past++] = then;
    }
    return AUTK_OK;
}

/* What is found apart from the rest, and takes as long as the rest. */
typedef struct part_ctx {
    autk_brief *brief;
    autk_dataset *dataset;
} part_ctx;

enum { PART_LOSS, PART_REST, N_PARTS };

static autk_status gather_part(size_t part, void *user, autk_err *err)
{
    const part_ctx *ctx = user;
    autk_brief *b = ctx->brief;
    if (part == PART_LOSS)
        return autki_brief_add_loss(b, err);
    autk_status st = autki_brief_add_turns(b, err);
    if (st == AUTK_OK)
        st = autki_brief_add_products(b, ctx->dataset, err);
    if (st == AUTK_OK)
        st = autki_brief_add_corridors(b, err);
    if (st == AUTK_OK)
        st = autki_brief_add_structure(b, err);
    return st == AUTK_OK ? autki_brief_add_claims(b, err) : st;
}

static autk_status gather(autk_brief *b, autk_dataset *dataset, autk_err *err)
{
    int last = 0;
    autk_status st = autk_evidence_create(&b->evidence, b->world, b->economy, NULL, err);
    if (st != AUTK_OK)
        return st;
    autk_evidence_years(&b->first_year, &last, b->evidence);
    if (last == 0)
        return autki_fail(err, AUTK_ENOANSWER, "no figure for %s in any year",
                          autk_world_party_name(b->world, b->economy));
    b->year = b->year == 0 ? last : b->year;
    st = gather_year(b, err);
    if (st == AUTK_OK)
        st = gather_on(b, err);
    if (st == AUTK_OK)
        st = gather_series(b, err);
    if (st == AUTK_OK)
        st = gather_past(b, err);
    part_ctx ctx = {b, dataset};
    if (st == AUTK_OK)
        st = autki_parallel_for(N_PARTS, N_PARTS, gather_part, &ctx, err);
    return st == AUTK_OK ? autki_brief_add_sources(b, err) : st;
}

autk_status autk_brief_create(autk_brief **out, const autk_world *world, int32_t economy,
                              const autk_brief_opts *opts, autk_err *err)
{
    autk_brief_opts o = opts != NULL ? *opts : autk_brief_opts_default();
    if (economy < 0 || economy >= autk_world_n_economies(world))
        return autki_fail(err, AUTK_EARG, "expected an economy, got index %d", (int)economy);
    if (o.n_partners < 1 || o.n_partners > MAX_PARTNERS)
        return autki_fail(err, AUTK_EARG, "expected 1 to %d partners, got %d", MAX_PARTNERS,
                          (int)o.n_partners);
    if (o.n_draws < 1 || o.n_draws > AUTKI_BRIEF_DRAWS)
        return autki_fail(err, AUTK_EARG, "expected 1 to %d draws, got %d", AUTKI_BRIEF_DRAWS,
                          (int)o.n_draws);
    autk_brief *brief = autki_calloc(1, sizeof *brief);
    if (brief == NULL)
        return autki_no_memory(err, sizeof *brief);
    brief->world = world;
    brief->economy = economy;
    brief->on = o.on;
    brief->year = o.year;
    brief->n_partners = o.n_partners;
    brief->n_draws = o.n_draws;
    autk_status st = gather(brief, o.dataset, err);
    if (st == AUTK_OK)
        st = autki_brief_word(brief, err);
    if (st != AUTK_OK) {
        autk_brief_free(brief);
        return st;
    }
    *out = brief;
    return AUTK_OK;
}

autk_status autk_brief_write(autk_buf *out, const autk_brief *brief, autk_format format,
                             autk_err *err)
{
    switch (format) {
    case AUTK_FORMAT_JSON:
        return autki_brief_json(out, brief, err);
    case AUTK_FORMAT_CSV:
        return autki_brief_csv(out, brief, err);
    default:
        return autki_brief_text(out, brief, err);
    }
}
