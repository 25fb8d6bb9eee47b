#include <autarky/claim_report.h>

#include <math.h>

#include "report/object.h"

/* ------------------------------------------------------------------ JSON */

static void write_parties(autki_object *o, const autk_world *world, const int32_t *parties,
                          size_t n)
{
    autki_object array = autki_object_array(o, "partners");
    for (size_t i = 0; i < n; i++)
        autki_object_text_element(&array, autk_world_party_code(world, parties[i]));
    autki_object_close(&array);
}

static void write_said(autki_object *o, const autk_claim *claim)
{
    if (claim->kind == AUTK_CLAIM_RANK)
        autki_object_number(o, "rank", claim->rank);
    if (claim->kind != AUTK_CLAIM_SHARE)
        return;
    autki_object q = autki_object_in(o, "quantity");
    autki_object_text(&q, "words", claim->quantity.words);
    autki_object_number(&q, "low", claim->quantity.low);
    autki_object_number(&q, "high", claim->quantity.high);
    autki_object_close(&q);
}

static void write_reading(autki_object *array, const autk_world *world, const autk_claim_reading *r)
{
    autki_object o = autki_object_element(array);
    autki_object_text(&o, "reading", r->reading);
    autki_object_text(&o, "flow", autk_direction_text(r->direction));
    autki_object_text(&o, "total", autk_reading_text(r->total));
    autki_object_text(&o, "scope", autk_scope_text(r->scope));
    write_parties(&o, world, r->parties, r->n_parties);
    autki_object_bool(&o, "literal", r->literal);
    autki_object_bounds(&o, "share", r->share);
    if (r->rank.point != 0) {
        autki_object rank = autki_object_in(&o, "rank");
        autki_object_number(&rank, "best", r->rank.best);
        autki_object_number(&rank, "point", r->rank.point);
        autki_object_number(&rank, "worst", r->rank.worst);
        autki_object_close(&rank);
    }
    autki_object_text(&o, "verdict", autk_verdict_text(r->verdict));
    autki_object_text(&o, "why", r->why[0] != '\0' ? r->why : NULL);
    autki_object_close(&o);
}

static void write_json(autk_buf *out, const autk_world *world, const autk_claim_result *r,
                       const char *said, const char *explanation)
{
    autki_object o = autki_object_open(out);
    autki_object_text(&o, "claim", said);
    autki_object_text(&o, "economy", autk_world_party_code(world, r->economy));
    write_parties(&o, world, r->parties, r->n_parties);
    autki_object_number(&o, "year", r->year);
    autki_object_text(&o, "flow", autk_direction_text(r->claim.direction));
    autki_object_bool(&o, "flow_fixed", r->claim.direction_fixed);
    write_said(&o, &r->claim);
    autki_object_text(&o, "verdict", autk_verdict_text(r->verdict));
    autki_object_text(&o, "made_true_by",
                      r->made_true_by < r->n_readings ? r->readings[r->made_true_by].reading
                                                      : NULL);
    autki_object readings = autki_object_array(&o, "readings");
    for (size_t i = 0; i < r->n_readings; i++)
        write_reading(&readings, world, &r->readings[i]);
    autki_object_close(&readings);
    autki_object_lines(&o, "explanation", explanation);
    autki_object_close(&o);
    autk_buf_putc(out, '\n');
}

/* ------------------------------------------------------------------ table: CSV and text */

static autk_status fill_table(autk_table *table, const autk_claim_result *r, bool for_text)
{
    for (size_t i = 0; i < r->n_readings; i++) {
        const autk_claim_reading *reading = &r->readings[i];
        if (for_text && reading->verdict == AUTK_VERDICT_UNDECIDABLE)
            continue; /* told below the table */
        autk_table_text(table, reading->reading);
        if (!for_text)
            autk_table_text(table, reading->literal ? "yes" : "no");
        autk_table_number(table, reading->share.low);
        autk_table_number(table, reading->share.point);
        autk_table_number(table, reading->share.high);
        if (r->claim.kind == AUTK_CLAIM_RANK) {
            if (reading->rank.point != 0)
                autk_table_number(table, reading->rank.point);
            else
                autk_table_empty(table);
        }
        autk_table_text(table, autk_verdict_text(reading->verdict));
        if (!for_text)
            autk_table_text(table, reading->why);
    }
    return AUTK_OK;
}

static autk_status write_table(autk_buf *out, const autk_claim_result *r, autk_format format,
                               autk_err *err)
{
    static const autk_column reading = {"reading", "reading", AUTK_CELL_TEXT, 0};
    static const autk_column literal = {"literal", "literal", AUTK_CELL_TEXT, 0};
    static const autk_column shares[] = {{"share_low", "low", AUTK_CELL_PERCENT, 1},
                                         {"share_point", "share", AUTK_CELL_PERCENT, 1},
                                         {"share_high", "high", AUTK_CELL_PERCENT, 1}};
    static const autk_column rank = {"rank", "rank", AUTK_CELL_INTEGER, 0};
    static const autk_column verdict = {"verdict", "verdict", AUTK_CELL_TEXT, 0};
    static const autk_column why = {"why", "why", AUTK_CELL_TEXT, 0};
    bool for_text = format == AUTK_FORMAT_TEXT;
    autk_column columns[8];
    size_t n = 0;
    columns[n++] = reading;
    if (!for_text)
        columns[n++] = literal;
    for (int i = 0; i < 3; i++)
        columns[n++] = shares[i];
    if (r->claim.kind == AUTK_CLAIM_RANK)
        columns[n++] = rank;
    columns[n++] = verdict;
    if (!for_text)
        columns[n++] = why;
    autk_table *table = NULL;
    autk_status st = autk_table_create(&table, columns, n, err);
    if (st == AUTK_OK)
        st = fill_table(table, r, for_text);
    if (st == AUTK_OK)
        st = autk_table_write(out, table, format, err);
    autk_table_free(table);
    return st;
}

/* ------------------------------------------------------------------ text */

static void write_party_names(autk_buf *out, const autk_world *world, const int32_t *parties,
                              size_t n)
{
    for (size_t i = 0; i < n; i++)
        autk_buf_printf(out, "%s%s",
                        i == 0       ? ""
                        : i + 1 == n ? " and "
                                     : ", ",
                        autk_world_party_name(world, parties[i]));
}

static void write_range(autk_buf *out, const autk_quantity_said *q)
{
    if (q->low <= 0.0) {
        autk_buf_puts(out, q->below_high ? "below " : "at most ");
        autk_format_percent(out, q->high, 1);
    } else if (q->high >= 1.0) {
        autk_buf_puts(out, q->above_low ? "above " : "at least ");
        autk_format_percent(out, q->low, 1);
    } else {
        autk_format_percent(out, q->low, 1);
        autk_buf_puts(out, " to ");
        autk_format_percent(out, q->high, 1);
    }
}

static void write_understood(autk_buf *out, const autk_world *world, const autk_claim_result *r)
{
    static const char *const flows[] = {"trade", "exports", "imports"};
    static const char *const prepositions[] = {"with", "to", "from"};
    autk_buf_printf(out, "%s, %d: ", autk_world_party_name(world, r->economy), r->year);
    if (r->claim.kind == AUTK_CLAIM_RANK) {
        write_party_names(out, world, r->parties, r->n_parties);
        autk_buf_printf(out, " said to be number %d by %s\n", (int)r->claim.rank,
                        flows[r->claim.direction]);
        return;
    }
    if (r->claim.kind == AUTK_CLAIM_CUT_OFF) {
        autk_buf_puts(out, "said to be cut off from ");
        write_party_names(out, world, r->parties, r->n_parties);
        autk_buf_putc(out, '\n');
        return;
    }
    autk_buf_printf(out, "share of %s %s ", flows[r->claim.direction],
                    prepositions[r->claim.direction]);
    write_party_names(out, world, r->parties, r->n_parties);
    autk_buf_printf(out, " said to be %s, that is ", r->claim.quantity.words);
    write_range(out, &r->claim.quantity);
    autk_buf_putc(out, '\n');
}

/* In words what the verdict rests on. */
static const char *explanation(const autk_claim_result *r)
{
    size_t n[AUTK_VERDICT_COUNT] = {0};
    for (size_t i = 0; i < r->n_readings; i++)
        n[r->readings[i].verdict] += r->readings[i].literal;
    bool differ = n[AUTK_VERDICT_SUPPORTED] > 0 && n[AUTK_VERDICT_CONTRADICTED] > 0;
    switch (r->verdict) {
    case AUTK_VERDICT_SUPPORTED:
        return "the figures say so under every reading of the words";
    case AUTK_VERDICT_CONTRADICTED:
        return "hardly any figure within the bounds fits the words";
    case AUTK_VERDICT_UNDECIDABLE:
        return "there are no figures to decide it";
    default:
        return differ && r->claim.kind == AUTK_CLAIM_CUT_OFF ? "it depends on what is meant by it"
               : differ ? "it depends on the total that the share is taken of"
                        : "the bounds neither confirm nor exclude it";
    }
}

static void write_made_true(autk_buf *out, const autk_claim_result *r)
{
    if (r->made_true_by >= r->n_readings) {
        autk_buf_puts(out, "No reading makes it true.\n");
        return;
    }
    const autk_claim_reading *reading = &r->readings[r->made_true_by];
    autk_buf_printf(out, "%s true read as: %s (", reading->literal ? "It is" : "It would be",
                    reading->reading);
    if (r->claim.kind == AUTK_CLAIM_RANK)
        autk_buf_printf(out, "place %d", (int)reading->rank.point);
    else if (!isfinite(reading->share.point))
        autk_buf_puts(out, autk_verdict_text(reading->verdict));
    else
        autk_format_percent(out, reading->share.point, 1);
    autk_buf_puts(out, ").\n");
}

static size_t n_undecidable(const autk_claim_result *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_readings; i++)
        n += r->readings[i].verdict == AUTK_VERDICT_UNDECIDABLE;
    return n;
}

/* Each reason once, with how many readings it stops. */
static void write_undecidable(autk_buf *out, const autk_claim_result *r)
{
    for (size_t i = 0; i < r->n_readings; i++) {
        const autk_claim_reading *first = &r->readings[i];
        size_t n = 0;
        bool told = false;
        for (size_t k = 0; k < r->n_readings; k++) {
            const autk_claim_reading *other = &r->readings[k];
            bool same = other->verdict == AUTK_VERDICT_UNDECIDABLE && other->why == first->why &&
                        other->scope == first->scope;
            n += same;
            told = told || (same && k < i);
        }
        if (first->verdict == AUTK_VERDICT_UNDECIDABLE && !told)
            autk_buf_printf(out, "undecidable: %zu reading%s of %s: %s\n", n, n == 1 ? "" : "s",
                            autk_scope_text(first->scope), first->why);
    }
}

static autk_status write_text(autk_buf *out, const autk_world *world, const autk_claim_result *r,
                              const char *said, autk_err *err)
{
    if (said != NULL)
        autk_buf_printf(out, "Claim: %s\n", said);
    write_understood(out, world, r);
    autk_buf_printf(out, "\n%s: %s.\n", autk_verdict_text(r->verdict), explanation(r));
    write_made_true(out, r);
    autk_buf_putc(out, '\n');
    autk_status st = AUTK_OK;
    if (n_undecidable(r) < r->n_readings)
        st = write_table(out, r, AUTK_FORMAT_TEXT, err);
    write_undecidable(out, r);
    return st;
}

autk_status autk_claim_write(autk_buf *out, const autk_world *world,
                             const autk_claim_result *result, const char *said,
                             const char *explanation, autk_format format, autk_err *err)
{
    autk_status st = AUTK_OK;
    if (format == AUTK_FORMAT_JSON) {
        write_json(out, world, result, said, explanation);
    } else if (format == AUTK_FORMAT_CSV) {
        st = write_table(out, result, format, err);
    } else {
        st = write_text(out, world, result, said, err);
        if (explanation != NULL && explanation[0] != '\0')
            autk_buf_printf(out, "\nhow the numbers came about\n%s", explanation);
    }
    return st == AUTK_OK ? autk_buf_check(out, err) : st;
}
