/* autarky depend ECONOMY --product CODE --dataset FILE */
#include <stdlib.h>
#include <string.h>

#include "cmd_depend.h"

typedef struct product_question {
    autk_dataset *dataset;
    autk_world *world;
    autk_evidence *evidence;
    int32_t economy, on;
    int first, last;
    bool directions[2]; /* exports, imports */
    bool series;
} product_question;

static autk_status choose_years(product_question *q, cli_context *cli, const depend_options *o)
{
    q->series = o->years_given;
    if (o->years_given && o->year_given)
        return cli_expected(cli, "--years", "--year or --years, not both", o->years);
    if (o->years_given)
        return cli_parse_years(&q->first, &q->last, o->years, "--years", &cli->err);
    q->first = cli_last_product_year(q->dataset);
    if (o->year_given)
        q->first = (int)o->year;
    q->last = q->first;
    if (q->first != 0)
        return AUTK_OK;
    return cli_expected(cli, "--dataset", "yearly trade by product (a dataset with HS codes)",
                        cli->dataset_path);
}

static autk_status choose_flow(product_question *q, cli_context *cli, const depend_options *o)
{
    autk_direction direction = AUTK_DIRECTION_TRADE;
    autk_status st = cli_parse_direction(&direction, o->flow, &cli->err);
    q->directions[0] = direction != AUTK_DIRECTION_IMPORT;
    q->directions[1] = direction != AUTK_DIRECTION_EXPORT;
    return st;
}

/* The world's evidence tells whose flows nobody reports; an economy that it does not know has
 * none. */
static autk_status open_evidence(product_question *q, cli_context *cli, const depend_options *o)
{
    int32_t economy;
    q->on = AUTK_PARTY_ANY;
    autk_status st = cli_open_world(cli, &q->world);
    if (st == AUTK_OK && o->on != NULL)
        st = autk_world_find_party(&q->on, q->world, o->on, q->last, &cli->err);
    if (st != AUTK_OK)
        return st;
    if (autk_world_find_economy(&economy, q->world,
                                autk_dataset_economy_code(q->dataset, q->economy), q->last,
                                NULL) != AUTK_OK)
        return AUTK_OK;
    return autk_evidence_create(&q->evidence, q->world, economy, NULL, &cli->err);
}

static autk_status find_economy(product_question *q, cli_context *cli)
{
    size_t n = 0;
    int32_t *members = calloc((size_t)autk_dataset_n_economies(q->dataset) + 1, sizeof *members);
    if (members == NULL)
        return cli->err.code = AUTK_ENOMEM;
    autk_status st = cli_find_members(members, &n, cli, q->dataset, cli->arguments[0], q->last);
    if (st == AUTK_OK && n != 1)
        st = cli_expected(cli, "depend", "one economy, not a group", cli->arguments[0]);
    q->economy = members[0];
    free(members);
    return st;
}

/* Years without the product are left out of a series; asked for alone, they are an error. */
static bool may_be_left_out(const product_question *q, autk_status st, size_t n, bool last_one)
{
    bool both = q->directions[0] && q->directions[1];
    return (st == AUTK_ENOANSWER || (st == AUTK_ENOTFOUND && q->series)) && (both || q->series) &&
           (n != 0 || !last_one);
}

static autk_status answer(autk_product_dependence **items, size_t *n, cli_context *cli,
                          const product_question *q, const char *product)
{
    for (int year = q->first; year <= q->last; year++) {
        for (int d = 0; d < 2; d++) {
            autk_product_depend_opts opts = autk_product_depend_opts_default();
            opts.exports = d == 0;
            opts.evidence = q->evidence;
            opts.on = q->on;
            if (!q->directions[d])
                continue;
            autk_status st = autk_product_depend(&items[*n], q->dataset, q->economy, product, year,
                                                 &opts, &cli->err);
            bool last_one = year == q->last && (d == 1 || !q->directions[1]);
            if (st != AUTK_OK && !may_be_left_out(q, st, *n, last_one))
                return st;
            *n += st == AUTK_OK;
        }
    }
    return AUTK_OK;
}

static autk_status write_answer(cli_context *cli, const product_question *q,
                                autk_product_dependence *const *items, size_t n,
                                const depend_options *o)
{
    autk_buf text;
    autk_buf_init(&text);
    size_t top = (size_t)o->top;
    if (!o->top_given)
        top = cli->format == AUTK_FORMAT_TEXT ? DEPEND_SHOWN_IN_TEXT : 0;
    autk_status st = autk_product_dependence_write(
        &text, (const autk_product_dependence *const *)items, n, q->series, q->dataset, q->economy,
        cli->format, top, &cli->err);
    if (st == AUTK_OK)
        st = cli_write(cli, &text);
    autk_buf_deinit(&text);
    return st;
}

static autk_status ask_and_answer(product_question *q, cli_context *cli, const depend_options *o)
{
    autk_product_dependence **items = NULL;
    size_t n = 0;
    autk_status st = choose_flow(q, cli, o);
    if (st == AUTK_OK)
        st = choose_years(q, cli, o);
    if (st == AUTK_OK)
        st = find_economy(q, cli);
    if (st == AUTK_OK)
        st = open_evidence(q, cli, o);
    if (st != AUTK_OK)
        return st;
    items = calloc(2 * ((size_t)(q->last - q->first) + 1), sizeof(autk_product_dependence *));
    if (items == NULL)
        return cli->err.code = AUTK_ENOMEM;
    st = answer(items, &n, cli, q, o->product);
    if (st == AUTK_OK)
        st = write_answer(cli, q, items, n, o);
    for (size_t i = 0; i < n; i++)
        autk_product_dependence_free(items[i]);
    free(items);
    return st;
}

autk_status cli_depend_product(cli_context *cli, const depend_options *o)
{
    product_question q = {.on = AUTK_PARTY_ANY};
    if (cli->dataset_path == NULL)
        return cli_expected(cli, "--product",
                            "--dataset FILE with trade by product (autarky import makes it); the "
                            "world dataset has totals only",
                            NULL);
    autk_status st = autk_dataset_open(&q.dataset, cli->dataset_path, &cli->err);
    if (st == AUTK_OK)
        st = autk_dataset_hold(q.dataset, &cli->err);
    if (st == AUTK_OK)
        st = ask_and_answer(&q, cli, o);
    autk_evidence_free(q.evidence);
    autk_world_close(q.world);
    autk_dataset_close(q.dataset);
    return st;
}
