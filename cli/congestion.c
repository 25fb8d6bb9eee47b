#include "congestion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct reading {
    cli_context *cli;
    autk_loads *loads;
    int32_t date;
} reading;

static autk_status read_one(cli_corridor *corridor, const char *item, void *user, autk_err *err)
{
    reading *r = user;
    if (strchr(item, '=') != NULL)
        return autk_loads_set(r->loads, corridor->network, item, err);
    if (strcmp(item, "world") == 0)
        return autk_loads_read_world(r->loads, corridor->network, r->date, err);
    autk_input *input = NULL;
    autk_status st = autk_input_open(&input, item, err);
    if (st != AUTK_OK)
        return cli_expected(r->cli, "--capacity", "PLACE=TONNES, world, or a file that can be read",
                            item);
    st = autk_loads_read(r->loads, corridor->network, input, r->date, err);
    autk_input_free(input);
    return st;
}

autk_status cli_congestion_read(cli_context *cli, cli_congestion *c, cli_corridor *corridor)
{
    if (c->capacity == NULL)
        return AUTK_OK;
    autk_status st = AUTK_OK;
    for (int state = 0; st == AUTK_OK && state < 2; state++) {
        reading r = {.cli = cli, .loads = state == 0 ? &c->open : &c->now};
        if (corridor->date != NULL)
            st = cli_parse_date(&r.date, corridor->date, 1, "--date", &cli->err);
        if (st == AUTK_OK)
            st = cli_corridor_each(cli, corridor, c->capacity, "--capacity", read_one, &r);
    }
    return st;
}

autk_status cli_congestion_solve(cli_context *cli, cli_congestion *c, cli_corridor *corridor,
                                 const autk_freight *freight, size_t n)
{
    const autk_network *net = corridor->network;
    autk_congestion found = {0};
    if (c->capacity == NULL)
        return AUTK_OK;
    autk_status st = autk_congestion_solve(&c->open, net, NULL, freight, n, 0, &found, &cli->err);
    if (st == AUTK_OK)
        st = autk_congestion_solve(&c->now, net, corridor->closures, freight, n, 0, &found,
                                   &cli->err);
    c->lost_t = found.lost_t;
    if (st == AUTK_OK)
        st = autk_closures_create(&c->before, net, &cli->err);
    if (st == AUTK_OK)
        st = autk_loads_charge(&c->open, c->before, &cli->err);
    if (st == AUTK_OK && corridor->closures == NULL)
        st = autk_closures_create(&corridor->closures, net, &cli->err);
    return st == AUTK_OK ? autk_loads_charge(&c->now, corridor->closures, &cli->err) : st;
}

void cli_congestion_free(cli_congestion *c)
{
    autk_loads_deinit(&c->open);
    autk_loads_deinit(&c->now);
    autk_closures_free(c->before);
    c->before = NULL;
}

const autk_load *cli_congestion_at(const autk_loads *loads, int32_t place)
{
    for (size_t i = 0; i < loads->n; i++) {
        if (loads->items[i].place == place)
            return &loads->items[i];
    }
    return NULL;
}

/* ------------------------------------------------------------------ output */

static void text_load(autk_buf *out, const autk_load *load)
{
    autk_buf_printf(out, "%10.2f %8.0f %% %+10.2f", load->traffic_t / 1e6,
                    100 * load->traffic_t / load->capacity_t, load->extra_usd_per_t);
}

void cli_congestion_text(autk_buf *out, const cli_congestion *c, const autk_network *net,
                         bool closed)
{
    if (c->capacity == NULL)
        return;
    autk_buf_printf(out,
                    "\nCapacities, million tonnes a year; what congestion adds, USD/t\n"
                    "   %-30s %10s %10s %10s %10s%s\n",
                    "place", "capacity", "traffic", "of it", "adds",
                    closed ? "    closed:   traffic      of it       adds" : "");
    for (size_t i = 0; i < c->open.n; i++) {
        char name[120];
        const autk_load *load = &c->open.items[i];
        autk_buf_printf(out, "   %-30s %10.2f ",
                        cli_place_text(name, sizeof name, net, load->place),
                        load->capacity_t / 1e6);
        text_load(out, load);
        if (closed) {
            autk_buf_puts(out, "           ");
            text_load(out, &c->now.items[i]);
        }
        autk_buf_putc(out, '\n');
    }
    if (c->lost_t > 0)
        autk_buf_printf(out, "   No route is left for %.2f million tonnes.\n", c->lost_t / 1e6);
}

static void json_load(autk_buf *out, const autk_load *load)
{
    autk_buf_puts(out, "{\"traffic_t\": ");
    autk_format_double(out, load->traffic_t);
    autk_buf_puts(out, ", \"extra_usd_per_t\": ");
    autk_format_double(out, load->extra_usd_per_t);
    autk_buf_putc(out, '}');
}

void cli_congestion_json(autk_buf *out, const cli_congestion *c, const autk_network *net,
                         bool closed)
{
    autk_buf_putc(out, '[');
    for (size_t i = 0; i < c->open.n; i++) {
        const autk_load *load = &c->open.items[i];
        autk_buf_printf(out, "%s{\"place\": ", i == 0 ? "" : ", ");
        autk_format_json_text(out, autk_network_place(net, load->place)->name);
        autk_buf_puts(out, ", \"capacity_t\": ");
        autk_format_double(out, load->capacity_t);
        autk_buf_puts(out, ", \"before\": ");
        json_load(out, load);
        autk_buf_puts(out, ", \"after\": ");
        if (closed)
            json_load(out, &c->now.items[i]);
        else
            autk_buf_puts(out, "null");
        autk_buf_putc(out, '}');
    }
    autk_buf_putc(out, ']');
}
