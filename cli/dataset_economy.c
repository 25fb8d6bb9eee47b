/* Economies of a dataset, by what it or the world dataset calls them. */
#include "cli.h"

/* Economies of the dataset that a group of the world dataset has in the middle of the year. */
static autk_status members_of_group(int32_t *members, size_t *n, cli_context *cli,
                                    const autk_dataset *dataset, const autk_world *world,
                                    int32_t group, int32_t year)
{
    for (int32_t e = 0; e < autk_world_n_economies(world); e++) {
        int32_t found;
        if (autk_world_is_member(world, group, e, year * 10000 + 701) &&
            autk_dataset_find_economy(&found, dataset, autk_world_economy(world, e)->code, NULL) ==
                AUTK_OK)
            members[(*n)++] = found;
    }
    if (*n != 0)
        return AUTK_OK;
    char expected[80];
    (void)snprintf(expected, sizeof expected, "a group with members in the dataset in %d",
                   (int)year);
    (void)cli_expected(cli, "ECONOMY", expected, autk_world_group(world, group)->code);
    return cli->err.code = AUTK_ENOTFOUND;
}

static autk_status find_by_world(int32_t *members, size_t *n, cli_context *cli,
                                 const autk_dataset *dataset, const autk_world *world,
                                 const char *text, int32_t year)
{
    int32_t party;
    autk_status st = autk_world_find_party(&party, world, text, year, &cli->err);
    if (st == AUTK_OK && party >= AUTK_GROUP_BASE)
        return members_of_group(members, n, cli, dataset, world, party - AUTK_GROUP_BASE, year);
    if (st == AUTK_OK)
        st = autk_dataset_find_economy(&members[0], dataset, autk_world_party_code(world, party),
                                       &cli->err);
    *n = st == AUTK_OK ? 1 : 0;
    return st;
}

autk_status cli_find_members(int32_t *members, size_t *n, cli_context *cli,
                             const autk_dataset *dataset, const char *text, int32_t year)
{
    *n = 0;
    if (autk_dataset_find_economy(&members[0], dataset, text, NULL) == AUTK_OK) {
        *n = 1;
        return AUTK_OK;
    }
    autk_world *world = NULL;
    autk_status st = cli_open_world(cli, &world);
    if (st == AUTK_OK)
        st = find_by_world(members, n, cli, dataset, world, text, year);
    autk_world_close(world);
    return st;
}

int32_t cli_last_product_year(const autk_dataset *dataset)
{
    int32_t year = 0;
    for (size_t i = 0; i < autk_dataset_n_layers(dataset); i++) {
        const autk_layer *l = autk_dataset_layer(dataset, i);
        if (l->frequency == 'A' && l->flow == AUTK_FLOW_TRADE && l->level >= 2 &&
            l->last_period > year)
            year = l->last_period;
    }
    return year;
}
