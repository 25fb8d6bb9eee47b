/* From texts to parties: folding of names, look-up, suggestions, membership, events. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/world_format.h"

/* U+00A0 … U+017F: the letter without its accent in lower case, 0 = not a letter. */
static const uint16_t latin_folds[] = {
    0,     0,     0,     0,     0,    0,     0,     0,     0,     0,     0xaa,  0,     0,     0,
    0,     0,     0,     0,     0xb2, 0xb3,  0,     0xb5,  0,     0,     0,     0xb9,  0xba,  0,
    0xbc,  0xbd,  0xbe,  0,     'a',  'a',   'a',   'a',   'a',   'a',   0xe6,  'c',   'e',   'e',
    'e',   'e',   'i',   'i',   'i',  'i',   0xf0,  'n',   'o',   'o',   'o',   'o',   'o',   0,
    0xf8,  'u',   'u',   'u',   'u',  'y',   0xfe,  0xdf,  'a',   'a',   'a',   'a',   'a',   'a',
    0xe6,  'c',   'e',   'e',   'e',  'e',   'i',   'i',   'i',   'i',   0xf0,  'n',   'o',   'o',
    'o',   'o',   'o',   0,     0xf8, 'u',   'u',   'u',   'u',   'y',   0xfe,  'y',   'a',   'a',
    'a',   'a',   'a',   'a',   'c',  'c',   'c',   'c',   'c',   'c',   'c',   'c',   'd',   'd',
    0x111, 0x111, 'e',   'e',   'e',  'e',   'e',   'e',   'e',   'e',   'e',   'e',   'g',   'g',
    'g',   'g',   'g',   'g',   'g',  'g',   'h',   'h',   0x127, 0x127, 'i',   'i',   'i',   'i',
    'i',   'i',   'i',   'i',   'i',  0x131, 0x133, 0x133, 'j',   'j',   'k',   'k',   0x138, 'l',
    'l',   'l',   'l',   'l',   'l',  0x140, 0x140, 0x142, 0x142, 'n',   'n',   'n',   'n',   'n',
    'n',   0x149, 0x14b, 0x14b, 'o',  'o',   'o',   'o',   'o',   'o',   0x153, 0x153, 'r',   'r',
    'r',   'r',   'r',   'r',   's',  's',   's',   's',   's',   's',   's',   's',   't',   't',
    't',   't',   0x167, 0x167, 'u',  'u',   'u',   'u',   'u',   'u',   'u',   'u',   'u',   'u',
    'u',   'u',   'w',   'w',   'y',  'y',   'y',   'z',   'z',   'z',   'z',   'z',   'z',   0x17f,
};

static uint32_t decode(const unsigned char **at)
{
    const unsigned char *p = *at;
    uint32_t c = p[0];
    int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
    c &= more == 3 ? 0x07u : more == 2 ? 0x0fu : more == 1 ? 0x1fu : 0x7fu;
    for (p++; more > 0 && (*p & 0xc0) == 0x80; more--, p++)
        c = c << 6 | (*p & 0x3fu);
    *at = p;
    return c;
}

static uint32_t fold_cyrillic(uint32_t c)
{
    if (c >= 0x410 && c <= 0x42f)
        c += 0x20;
    else if (c >= 0x400 && c <= 0x40f)
        c += 0x50;
    switch (c) {
    case 0x439: /* short i */
        return 0x438;
    case 0x450: /* ie with grave */
    case 0x451: /* io */
        return 0x435;
    case 0x453: /* gje */
        return 0x433;
    case 0x457: /* yi */
        return 0x456;
    case 0x45c: /* kje */
        return 0x43a;
    case 0x45d:
        return 0x438;
    case 0x45e: /* short u */
        return 0x443;
    default:
        return c;
    }
}

/* 0 = drop. */
static uint32_t fold_code_point(uint32_t c)
{
    if (c < 0x80) {
        if (c >= 'A' && c <= 'Z')
            return c + 0x20;
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : 0;
    }
    if (c < 0x180)
        return c >= 0xa0 ? latin_folds[c - 0xa0] : 0;
    if ((c >= 0x300 && c < 0x370) || (c >= 0x2000 && c < 0x2070) || c == 0xfeff)
        return 0;
    return c >= 0x400 && c < 0x460 ? fold_cyrillic(c) : c;
}

static size_t encode(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | (c >> 18 & 0x07));
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

char *autki_fold_name(const char *text)
{
    /* A byte that is not UTF-8 may become two. */
    char *key = autki_malloc(2 * strlen(text) + 5, 1);
    if (key == NULL)
        return NULL;
    size_t len = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0';) {
        uint32_t c = fold_code_point(decode(&p));
        if (c != 0)
            len += encode(key + len, c);
    }
    key[len] = '\0';
    return key;
}

/* ------------------------------------------------------------------ look-up */

/* First alias whose key is not before `key`. */
static size_t lower_bound(const autk_world *world, const char *key)
{
    size_t low = 0, high = world->n_aliases;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (strcmp(world->aliases[mid].key, key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* How well an alias fits a year: 0 = not at all; open-ended ones are current. */
static int fit_of(const world_alias *alias, int year)
{
    if (year == 0)
        return alias->to_year == 0 ? 3 : 1;
    bool within = (alias->from_year == 0 || alias->from_year <= year) &&
                  (alias->to_year == 0 || year <= alias->to_year);
    return within ? 2 : 0;
}

/* The best alias of that key, or NULL. An economy goes before a group. */
static const world_alias *best_alias(const autk_world *world, const char *key, int year,
                                     bool economies_only, const world_alias **misfit)
{
    const world_alias *best = NULL;
    int best_score = 0;
    for (size_t i = lower_bound(world, key);
         i < world->n_aliases && strcmp(world->aliases[i].key, key) == 0; i++) {
        const world_alias *alias = &world->aliases[i];
        bool is_economy = alias->party >= 0 && alias->party < AUTK_GROUP_BASE;
        int fit = fit_of(alias, year);
        if (!is_economy && economies_only)
            continue;
        if (fit == 0) {
            *misfit = alias;
            continue;
        }
        int score = 2 * fit + is_economy;
        if (best == NULL || score > best_score ||
            (score == best_score && alias->to_year > best->to_year)) {
            best = alias;
            best_score = score;
        }
    }
    return best;
}

#define SHORTEST_SUGGESTION 4

static autk_status not_found(const autk_world *world, const char *text, int year,
                             bool economies_only, const world_alias *misfit, autk_err *err)
{
    const char *what = economies_only ? "an economy" : "an economy or a group";
    if (misfit != NULL)
        return autki_fail(err, AUTK_ENOTFOUND, "expected %s, got \"%.60s\", which was %s %s %d",
                          what, text, autk_world_party_name(world, misfit->party),
                          misfit->to_year != 0 && year > misfit->to_year ? "until" : "from",
                          misfit->to_year != 0 && year > misfit->to_year ? misfit->to_year
                                                                         : misfit->from_year);
    const char **names = autki_malloc(world->n_aliases, sizeof *names);
    if (names == NULL)
        return autki_no_memory(err, world->n_aliases * sizeof *names);
    size_t n = 0;
    for (size_t i = 0; i < world->n_aliases; i++) {
        const world_alias *alias = &world->aliases[i];
        bool fits = alias->party < AUTK_GROUP_BASE ? alias->party >= 0 : !economies_only;
        /* Codes are near to everything of three letters. */
        if (fits && strlen(alias->text) >= SHORTEST_SUGGESTION)
            names[n++] = alias->text;
    }
    char near[160];
    autk_nearest_names(near, sizeof near, text, names, n, 3);
    free(names);
    return autki_fail(err, AUTK_ENOTFOUND, "expected the name or code of %s, got \"%.60s\"%s%s%s",
                      what, text, near[0] != '\0' ? " (nearest: " : "", near,
                      near[0] != '\0' ? ")" : "");
}

static autk_status find(int32_t *party, const autk_world *world, const char *text, int year,
                        bool economies_only, autk_err *err)
{
    char *key = autki_fold_name(text);
    if (key == NULL)
        return autki_no_memory(err, strlen(text));
    const world_alias *misfit = NULL;
    const world_alias *alias =
        key[0] != '\0' ? best_alias(world, key, year, economies_only, &misfit) : NULL;
    free(key);
    if (alias == NULL)
        return not_found(world, text, year, economies_only, misfit, err);
    *party = alias->party;
    return AUTK_OK;
}

autk_status autk_world_find_economy(int32_t *economy, const autk_world *world, const char *text,
                                    int year, autk_err *err)
{
    return find(economy, world, text, year, true, err);
}

autk_status autk_world_find_party(int32_t *party, const autk_world *world, const char *text,
                                  int year, autk_err *err)
{
    return find(party, world, text, year, false, err);
}

/* ------------------------------------------------------------------ parties */

int32_t autk_world_n_economies(const autk_world *world)
{
    return (int32_t)world->n_economies;
}

const autk_economy_info *autk_world_economy(const autk_world *world, int32_t economy)
{
    return economy >= 0 && (size_t)economy < world->n_economies ? &world->economies[economy] : NULL;
}

int32_t autk_world_n_groups(const autk_world *world)
{
    return (int32_t)world->n_groups;
}

const autk_group_info *autk_world_group(const autk_world *world, int32_t group)
{
    return group >= 0 && (size_t)group < world->n_groups ? &world->groups[group] : NULL;
}

const char *autk_world_party_name(const autk_world *world, int32_t party)
{
    if (party == AUTK_PARTY_WORLD)
        return "the world";
    if (party >= AUTK_GROUP_BASE) {
        const autk_group_info *group = autk_world_group(world, party - AUTK_GROUP_BASE);
        return group != NULL ? group->name : "unknown";
    }
    const autk_economy_info *economy = autk_world_economy(world, party);
    return economy != NULL ? economy->name : "unknown";
}

const char *autk_world_party_code(const autk_world *world, int32_t party)
{
    if (party == AUTK_PARTY_WORLD)
        return "WLD";
    if (party >= AUTK_GROUP_BASE) {
        const autk_group_info *group = autk_world_group(world, party - AUTK_GROUP_BASE);
        return group != NULL ? group->code : "???";
    }
    const autk_economy_info *economy = autk_world_economy(world, party);
    return economy != NULL ? economy->code : "???";
}

bool autk_world_is_member(const autk_world *world, int32_t group, int32_t economy, int32_t date)
{
    for (size_t i = 0; i < world->n_members; i++) {
        const world_member *m = &world->members[i];
        if (m->group == group && m->economy == economy &&
            (m->from_date == 0 || m->from_date <= date) && (m->to_date == 0 || date <= m->to_date))
            return true;
    }
    return false;
}

bool autk_world_party_has(const autk_world *world, int32_t party, int32_t economy, int32_t date)
{
    if (party == AUTK_PARTY_WORLD || party == AUTK_PARTY_ANY)
        return autk_world_economy(world, economy) != NULL;
    if (party >= AUTK_GROUP_BASE)
        return autk_world_is_member(world, party - AUTK_GROUP_BASE, economy, date);
    return party == economy;
}

/* ------------------------------------------------------------------ sources and events */

int32_t autk_world_n_sources(const autk_world *world)
{
    return (int32_t)world->n_sources;
}

const autk_source_info *autk_world_source(const autk_world *world, int32_t source)
{
    return source >= 0 && (size_t)source < world->n_sources ? &world->sources[source] : NULL;
}

size_t autk_world_n_quoted(const autk_world *world)
{
    return world->n_quoted;
}

const autk_quoted *autk_world_quoted(const autk_world *world, size_t quoted)
{
    return quoted < world->n_quoted ? &world->quoted[quoted] : NULL;
}

size_t autk_world_n_events(const autk_world *world)
{
    return world->n_events;
}

const autk_event *autk_world_event(const autk_world *world, size_t event)
{
    return event < world->n_events ? &world->events[event] : NULL;
}

bool autk_world_event_concerns(const autk_world *world, const autk_event *event, int32_t party)
{
    if (party == AUTK_PARTY_WORLD || party == AUTK_PARTY_ANY)
        return true;
    for (size_t i = 0; i < event->n_parties; i++) {
        int32_t other = event->parties[i];
        if (other == party || other == AUTK_PARTY_WORLD)
            return true;
        if (other >= AUTK_GROUP_BASE && party < AUTK_GROUP_BASE &&
            autk_world_party_has(world, other, party, event->date))
            return true;
        if (other < AUTK_GROUP_BASE && party >= AUTK_GROUP_BASE &&
            autk_world_party_has(world, party, other, event->date))
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------ silence */

static const world_silence *find_silence(const autk_world *world, int32_t economy, int year)
{
    /* In order of year and code: a few hundred rows, searched by year first. */
    size_t low = 0, high = world->n_silences;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const world_silence *s = &world->silences[mid];
        if (s->year < year || (s->year == year && s->economy < economy))
            low = mid + 1;
        else
            high = mid;
    }
    bool found = low < world->n_silences && world->silences[low].year == year &&
                 world->silences[low].economy == economy;
    return found ? &world->silences[low] : NULL;
}

bool autk_world_is_non_reporter(const autk_world *world, int32_t economy, int year,
                                const char **basis)
{
    const world_silence *silence = find_silence(world, economy, year);
    if (silence != NULL && basis != NULL)
        *basis = silence->basis;
    return silence != NULL;
}

bool autk_world_silence_is_documented(const autk_world *world, int32_t economy, int year)
{
    const world_silence *silence = find_silence(world, economy, year);
    return silence != NULL && silence->documented;
}

bool autk_world_has_matrix(const autk_world *world, int year)
{
    return world->first_matrix_year <= year && year <= world->last_year;
}

bool autk_world_is_gap(const autk_world *world, int32_t exporter, int32_t importer, int year)
{
    if (autk_world_is_non_reporter(world, exporter, year, NULL) &&
        autk_world_is_non_reporter(world, importer, year, NULL))
        return true;
    for (size_t i = 0; i < world->n_gaps; i++) {
        const world_gap *gap = &world->gaps[i];
        if (gap->exporter == exporter && gap->importer == importer && !gap->part_known &&
            gap->from_year <= year && year <= gap->to_year)
            return true;
    }
    return false;
}
