#include "corridor.h"

#include <stdlib.h>
#include <string.h>

static autk_status name_option(cli_context *cli, autk_status st, const char *option)
{
    if (st != AUTK_OK && cli->err.source[0] == '\0')
        (void)snprintf(cli->err.source, sizeof cli->err.source, "%s", option);
    return st;
}

autk_status cli_corridor_each(cli_context *cli, cli_corridor *c, const char *list,
                              const char *option, cli_corridor_item fn, void *user)
{
    char item[200];
    for (const char *at = list; at != NULL;) {
        const char *comma = strchr(at, ',');
        size_t len = comma != NULL ? (size_t)(comma - at) : strlen(at);
        while (len > 0 && *at == ' ') {
            at++;
            len--;
        }
        while (len > 0 && at[len - 1] == ' ')
            len--;
        (void)snprintf(item, sizeof item, "%.*s", (int)(len < 199 ? len : 199), at);
        autk_status st = fn(c, item, user, &cli->err);
        if (st != AUTK_OK)
            return name_option(cli, st, option);
        at = comma != NULL ? comma + 1 : NULL;
    }
    return AUTK_OK;
}

/* Costs and which of them --set has named. */
typedef struct setting {
    autk_costs *costs;
    bool named[AUTK_COST_COUNT];
} setting;

static autk_status set_one(cli_corridor *c, const char *item, void *user, autk_err *err)
{
    setting *s = user;
    size_t len = strcspn(item, "=");
    (void)c;
    for (int i = 0; i < AUTK_COST_COUNT; i++) {
        const char *name = autk_cost_name((autk_cost)i);
        if (strlen(name) != len || strncmp(name, item, len) != 0)
            continue;
        if (s->named[i]) {
            (void)snprintf(err->msg, sizeof err->msg, "expected each cost once, got %s twice",
                           name);
            return err->code = AUTK_EARG;
        }
        s->named[i] = true;
    }
    return autk_costs_set(s->costs, item, err);
}

static autk_status read_costs(cli_context *cli, const cli_corridor *c, autk_costs *costs)
{
    autk_input *input = NULL;
    autk_status st = autk_input_open(&input, c->costs, &cli->err);
    if (st == AUTK_OK)
        st = autk_costs_read(costs, input, c->goods != NULL ? c->goods : "", &cli->err);
    autk_input_free(input);
    return st;
}

static autk_status open_network(cli_context *cli, cli_corridor *c, const autk_network_opts *opts)
{
    autk_status st = autk_network_open(&c->network, c->world, opts, &cli->err);
    return st == AUTK_ENOTFOUND ? name_option(cli, st, "--goods") : st;
}

/* Whose goods move, whether or not anything is closed. */
static autk_status find_owner(cli_context *cli, cli_corridor *c)
{
    c->owner = -1;
    if (c->goods_of == NULL)
        return AUTK_OK;
    return name_option(cli, autk_world_find_economy(&c->owner, c->world, c->goods_of, 0, &cli->err),
                       "--goods-of");
}

autk_status cli_corridor_open(cli_context *cli, cli_corridor *c)
{
    autk_network_opts opts = {.goods = c->goods, .goods_are_new = c->costs != NULL};
    autk_status st = AUTK_OK;
    if (c->date != NULL)
        st = cli_parse_date(&opts.date, c->date, 1, "--date", &cli->err);
    if (st == AUTK_OK)
        st = cli_open_world(cli, &c->world);
    if (st == AUTK_OK)
        st = find_owner(cli, c);
    if (st == AUTK_OK)
        st = open_network(cli, c, &opts);
    if (st != AUTK_OK || (c->costs == NULL && c->set == NULL))
        return st;
    /* Parameters change what every arc costs: read them over the dataset's own, build again. */
    opts.costs = *autk_network_costs(c->network);
    opts.costs_given = true;
    opts.goods_are_new = false;
    setting s = {.costs = &opts.costs};
    if (c->costs != NULL)
        st = read_costs(cli, c, &opts.costs);
    if (st == AUTK_OK && c->set != NULL)
        st = cli_corridor_each(cli, c, c->set, "--set", set_one, &s);
    if (st != AUTK_OK)
        return st;
    autk_network_free(c->network);
    c->network = NULL;
    return open_network(cli, c, &opts);
}

static autk_status close_one(cli_corridor *c, const char *item, void *user, autk_err *err)
{
    (void)user;
    return autk_closures_add(c->closures, item, err);
}

/* Goods that begin or end in an economy are no transit there. */
static autk_status ban_one(cli_corridor *c, const char *item, void *user, autk_err *err)
{
    const int32_t *ends = user;
    int32_t place;
    autk_status st = autk_closures_ban_transit(c->closures, item, err);
    if (st != AUTK_OK || autk_network_find(&place, c->network, item, NULL) != AUTK_OK)
        return st;
    int32_t economy = autk_network_place(c->network, place)->economy[0];
    for (int i = 0; i < 2; i++) {
        if (economy < 0 || economy != ends[i])
            continue;
        (void)snprintf(err->msg, sizeof err->msg,
                       "expected an economy on the way, got \"%.40s\", where the goods %s", item,
                       i == 0 ? "begin" : "end");
        return err->code = AUTK_EARG;
    }
    return AUTK_OK;
}

autk_status cli_corridor_close(cli_context *cli, cli_corridor *c, int32_t goods_of, int32_t end)
{
    int32_t ends[2] = {goods_of, end};
    if (c->closed == NULL && c->ban_transit == NULL && c->date == NULL)
        return AUTK_OK;
    int32_t date = 0;
    autk_status st = autk_closures_create(&c->closures, c->network, &cli->err);
    if (st == AUTK_OK && c->date != NULL) {
        st = cli_parse_date(&date, c->date, 1, "--date", &cli->err);
        if (st == AUTK_OK)
            st = autk_closures_add_date(c->closures, date, c->owner >= 0 ? c->owner : goods_of,
                                        NULL, &cli->err);
        st = name_option(cli, st, "--date");
    }
    if (st == AUTK_OK && c->closed != NULL)
        st = cli_corridor_each(cli, c, c->closed, "--closed", close_one, NULL);
    if (st == AUTK_OK && c->ban_transit != NULL)
        st = cli_corridor_each(cli, c, c->ban_transit, "--ban-transit", ban_one, ends);
    return st;
}

autk_status cli_corridor_draw(cli_context *cli, cli_corridor *out, const cli_corridor *c,
                              const autk_costs *costs, int32_t goods_of, int32_t end)
{
    *out = *c;
    out->network = NULL;
    out->closures = NULL;
    autk_status st = autk_network_at_costs(&out->network, c->network, costs, &cli->err);
    return st == AUTK_OK ? cli_corridor_close(cli, out, goods_of, end) : st;
}

void cli_corridor_free_draw(cli_corridor *c)
{
    autk_closures_free(c->closures);
    autk_network_free(c->network);
}

void cli_corridor_free(cli_corridor *c)
{
    autk_closures_free(c->closures);
    autk_network_free(c->network);
    autk_world_close(c->world);
}

const char *cli_place_text(char *out, size_t size, const autk_network *network, int32_t place)
{
    const autk_place *p = autk_network_place(network, place);
    if (p == NULL)
        (void)snprintf(out, size, "nowhere");
    else if (p->code[0][0] != '\0' && p->code[1][0] == '\0')
        (void)snprintf(out, size, "%s, %s", p->name, p->code[0]);
    else
        (void)snprintf(out, size, "%s", p->name);
    return out;
}
