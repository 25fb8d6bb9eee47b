#include "measure/claim_names.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"

/* Where a name was read from a text, the error points at it. */
static autk_status place(autk_status st, autk_err *err, int64_t column)
{
    if (st == AUTK_OK || err == NULL || column == 0)
        return st;
    (void)snprintf(err->source, sizeof err->source, "claim");
    err->line = 1;
    err->column = column;
    return st;
}

static const char *without_article(const char *name)
{
    bool the = (name[0] == 't' || name[0] == 'T') && strncmp(name + 1, "he ", 3) == 0;
    return the ? name + 4 : name;
}

/* As written first ("The Gambia"), then without "the". */
static autk_status find_party(int32_t *party, const autk_world *world, const char *name, int year,
                              autk_err *err)
{
    autk_err unused;
    if (without_article(name) != name &&
        autk_world_find_party(party, world, name, year, &unused) == AUTK_OK)
        return AUTK_OK;
    return autk_world_find_party(party, world, without_article(name), year, err);
}

autk_status autki_claim_economy(int32_t *economy, const autk_world *world, const autk_claim *claim,
                                autk_err *err)
{
    const char *name = claim->economy;
    autk_err unused;
    if (without_article(name) != name &&
        autk_world_find_economy(economy, world, name, claim->year, &unused) == AUTK_OK)
        return AUTK_OK;
    return place(autk_world_find_economy(economy, world, without_article(name), claim->year, err),
                 err, claim->economy_column);
}

/* Bytes of a separator between names at text, or 0. */
static size_t separator(const char *text)
{
    static const char *const marks[] = {", and ", ", ", ",", " and ", " & ", " plus ", "+"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (strncmp(text, marks[i], strlen(marks[i])) == 0)
            return strlen(marks[i]);
    }
    return 0;
}

/* The party whose name begins at `from`: the longest one that ends at a separator or the end
 * ("Bosnia and Herzegovina", "Hong Kong, China" have one inside). A list is taken apart even where
 * a group bears its name ("Russia and China"). Moves *from behind it. */
static autk_status next_party(int32_t *party, const char *names, size_t *from,
                              const autk_world *world, int year, autk_err *err)
{
    char name[AUTK_CLAIM_NAME];
    size_t len = strlen(names), found_to = 0, first_to = 0;
    autk_err unused;
    for (size_t to = *from + 1; to <= len; to++) {
        if (to < len && separator(names + to) == 0)
            continue;
        (void)snprintf(name, sizeof name, "%.*s", (int)(to - *from), names + *from);
        if (first_to == 0)
            first_to = to;
        int32_t candidate;
        if (find_party(&candidate, world, name, year, &unused) == AUTK_OK &&
            (found_to == 0 || candidate < AUTK_GROUP_BASE)) {
            *party = candidate;
            found_to = to;
        }
    }
    if (found_to == 0) {
        (void)snprintf(name, sizeof name, "%.*s", (int)(first_to - *from), names + *from);
        return find_party(party, world, name, year, err);
    }
    *from = found_to + (found_to < len ? separator(names + found_to) : 0);
    return AUTK_OK;
}

static autk_status check_party(const autk_world *world, int32_t economy, int32_t party,
                               autk_err *err)
{
    if (party == economy)
        return autki_fail(err, AUTK_EDATA, "expected a partner of %s, got %s itself",
                          autk_world_party_name(world, economy),
                          autk_world_party_name(world, economy));
    if (party == AUTK_PARTY_WORLD)
        return autki_fail(err, AUTK_EDATA, "expected an economy or a group, got the world");
    return AUTK_OK;
}

autk_status autki_claim_parties(int32_t *parties, size_t *n_parties, const autk_world *world,
                                const autk_claim *claim, int32_t economy, autk_err *err)
{
    const char *names = claim->partners;
    size_t n = 0, from = 0, begun = 0;
    autk_status st = AUTK_OK;
    if (names[0] == '\0')
        return autki_fail(err, AUTK_EARG, "expected a partner, got nothing");
    while (st == AUTK_OK && names[from] != '\0') {
        int32_t party = 0;
        begun = from;
        st = next_party(&party, names, &from, world, claim->year, err);
        if (st == AUTK_OK)
            st = check_party(world, economy, party, err);
        bool again = false;
        for (size_t i = 0; st == AUTK_OK && i < n; i++)
            again = again || parties[i] == party;
        if (st != AUTK_OK || again)
            continue;
        if (n == AUTK_CLAIM_PARTIES)
            st = autki_fail(err, AUTK_EARG, "at most %d partners are taken, got more",
                            AUTK_CLAIM_PARTIES);
        else
            parties[n++] = party;
    }
    *n_parties = n;
    return place(st, err,
                 claim->partners_column != 0 ? claim->partners_column + (int64_t)begun : 0);
}
