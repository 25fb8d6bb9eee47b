#include "data/import_batch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"

void autki_batch_init(autki_batch *batch)
{
    memset(batch, 0, sizeof *batch);
    autki_dict_init(&batch->economies, 65535);
    autki_dict_init(&batch->products, (size_t)1 << 20);
}

void autki_batch_deinit(autki_batch *batch)
{
    free(batch->slot);
    free(batch->exporter);
    free(batch->importer);
    free(batch->product);
    free(batch->value);
    free(batch->quantity);
    free(batch->line);
    free(batch->slots);
    free(batch->record.field);
    autki_plain_deinit(&batch->plain);
    autki_dict_deinit(&batch->economies);
    autki_dict_deinit(&batch->products);
    memset(batch, 0, sizeof *batch);
}

void autki_batch_clear(autki_batch *batch)
{
    batch->n = batch->n_slots = batch->n_errors = 0;
    batch->n_read = batch->n_bad = 0;
    batch->n_lines = 0;
    batch->last[0].text.text = batch->last[1].text.text = NULL;
    memset(batch->n_passed, 0, sizeof batch->n_passed);
}

void autki_batch_bad(autki_batch *batch, int64_t line, int64_t column, const char *fmt, ...)
{
    batch->n_bad++;
    if (batch->n_errors == AUTK_IMPORT_ERRORS_SHOWN)
        return;
    autk_err *e = &batch->errors[batch->n_errors++];
    char msg[300];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(msg, sizeof msg, fmt, args);
    va_end(args);
    (void)autki_fail_at(e, AUTK_EPARSE, NULL, line, column, "%s", msg);
}

static autk_status reserve(autki_batch *b, size_t n, autk_err *err)
{
    if (n <= b->capacity)
        return AUTK_OK;
    const size_t ceiling = (size_t)1 << 26;
    size_t c[7];
    for (int i = 0; i < 7; i++)
        c[i] = b->capacity;
    autk_status st = autki_grow(&b->slot, &c[0], n, sizeof *b->slot, ceiling, err);
    if (st == AUTK_OK)
        st = autki_grow(&b->exporter, &c[1], n, sizeof *b->exporter, ceiling, err);
    if (st == AUTK_OK)
        st = autki_grow(&b->importer, &c[2], n, sizeof *b->importer, ceiling, err);
    if (st == AUTK_OK)
        st = autki_grow(&b->product, &c[3], n, sizeof *b->product, ceiling, err);
    if (st == AUTK_OK)
        st = autki_grow(&b->value, &c[4], n, sizeof *b->value, ceiling, err);
    if (st == AUTK_OK)
        st = autki_grow(&b->quantity, &c[5], n, sizeof *b->quantity, ceiling, err);
    if (st == AUTK_OK)
        st = autki_grow(&b->line, &c[6], n, sizeof *b->line, ceiling, err);
    if (st == AUTK_OK)
        b->capacity = c[0];
    return st;
}

/* ------------------------------------------------------------------ fields */

static autki_span trimmed(autki_span f)
{
    while (f.len != 0 && f.text[0] == ' ') {
        f.text++;
        f.len--;
    }
    while (f.len != 0 && f.text[f.len - 1] == ' ')
        f.len--;
    return f;
}

static bool is_missing(const autki_span *f)
{
    static const char *const words[] = {"NA",   ":",   "NaN", ".",   "..", "NULL",
                                        "null", "N/A", "n/a", "nan", "-",  ":c"};
    if (f->len == 0)
        return true;
    if (f->len > 4 || (f->text[0] >= '0' && f->text[0] <= '9'))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == f->len && memcmp(words[i], f->text, f->len) == 0)
            return true;
    }
    return false;
}

/* A number with the plan's decimal mark and thousands separator. */
static bool odd_number(double *value, const autki_plan *plan, const autki_span *f)
{
    char copy[64];
    size_t n = 0;
    for (uint32_t i = 0; i < f->len; i++) {
        char c = f->text[i];
        if (plan->thousands != '\0' && c == plan->thousands)
            continue;
        if (n == sizeof copy || (c == '.' && plan->decimal != '.'))
            return false;
        copy[n++] = c == plan->decimal ? '.' : c;
    }
    return autki_parse_double(copy, n, value);
}

/* Value in the layer's unit. */
static bool parse_number(double *value, const autki_plan *plan, const autki_span *f, double unit)
{
    if (plan->decimal == '.' && plan->thousands == '\0') {
        uint64_t digits = 0;
        uint32_t i = 0, point = f->len, n = 0;
        for (; i < f->len && n < 16; i++) {
            unsigned d = (unsigned)(unsigned char)f->text[i] - '0';
            if (d <= 9) {
                digits = digits * 10 + d;
                n++;
            } else if (f->text[i] == '.' && point == f->len) {
                point = i;
            } else {
                break;
            }
        }
        uint32_t decimals = point < f->len ? f->len - point - 1 : 0;
        if (i == f->len && n != 0 && decimals <= 9 && digits <= (uint64_t)1 << 53) {
            *value = autki_scaled(digits, decimals, unit);
            return true;
        }
    }
    double v;
    if (!odd_number(&v, plan, f))
        return false;
    *value = unit == 1e-3 ? v / 1000 : v * unit;
    return isfinite(*value);
}

static int level_of(const autki_span *product)
{
    if ((product->len == 5 && memcmp(product->text, "TOTAL", 5) == 0) || product->len == 0)
        return 0;
    for (uint32_t i = 0; i < product->len; i++) {
        if (product->text[i] < '0' || product->text[i] > '9')
            return -1;
    }
    return (int)product->len;
}

/* ------------------------------------------------------------------ rows */

typedef struct row {
    int64_t line;
    const char *line_start; /* for columns of messages; NULL = no columns */
    int kind;
    int32_t period;
    autki_span period_text, exporter, importer, product, value, quantity, classification;
} row;

static int64_t column_in(const row *r, const autki_span *f)
{
    return r->line_start != NULL ? f->text - r->line_start + 1 : 0;
}

#define SHOWN(f) (int)((f).len < 60 ? (f).len : 60), (f).text

static autk_status slot_of(uint16_t *slot, autki_batch *b, const autki_slot_key *key, autk_err *err)
{
    for (size_t i = b->n_slots; i > 0; i--) {
        const autki_slot_key *s = &b->slots[i - 1];
        if (autki_same_slot(s, key)) {
            *slot = (uint16_t)(i - 1);
            return AUTK_OK;
        }
    }
    autk_status st = autki_grow(&b->slots, &b->slots_capacity, b->n_slots + 1, sizeof *b->slots,
                                AUTKI_BATCH_SLOTS_MAX, err);
    if (st != AUTK_OK)
        return st;
    *slot = (uint16_t)b->n_slots;
    b->slots[b->n_slots++] = *key;
    return AUTK_OK;
}

static autk_status intern(uint32_t *id, autki_dict *dict, const autki_span *text, const row *r,
                          autk_err *err)
{
    bool added;
    autk_status st = autki_dict_intern(id, dict, text->text, text->len, &added, err);
    if (st == AUTK_OK && added)
        dict->entries[*id].period = r->period;
    return st;
}

/* Text of a code as it is kept: padded with zeros, or turned from Latin-1 to UTF-8. */
static autki_span kept_text(autki_span f, const autki_plan *plan, bool product, char *room,
                            size_t size)
{
    if (product && plan->product_digits > 0 && f.len < (uint32_t)plan->product_digits &&
        plan->product_digits < (int)size && level_of(&f) > 0) {
        uint32_t zeros = (uint32_t)plan->product_digits - f.len;
        memset(room, '0', zeros);
        memcpy(room + zeros, f.text, f.len);
        return (autki_span){room, (uint32_t)plan->product_digits};
    }
    if (!plan->latin1)
        return f;
    uint32_t n = 0;
    for (uint32_t i = 0; i < f.len && n + 2 < size; i++) {
        unsigned char c = (unsigned char)f.text[i];
        if (c >= 0x80)
            room[n++] = (char)(0xc0 | (c >> 6));
        room[n++] = (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
    }
    return (autki_span){room, n};
}

/* side 0: exporter, 1: importer. A text that the row before had too need not be looked up; not so
 * for rows whose texts do not outlive them (no line_start). */
static autk_status economy_of(uint32_t *id, autki_batch *b, const autki_plan *plan, int side,
                              const autki_span *text, const row *r, autk_err *err)
{
    const autki_span *last = &b->last[side].text;
    if (last->text != NULL && last->len == text->len &&
        memcmp(last->text, text->text, text->len) == 0) {
        *id = b->last[side].id;
        return AUTK_OK;
    }
    char room[260];
    autki_span kept = kept_text(*text, plan, false, room, sizeof room);
    autk_status st = intern(id, &b->economies, &kept, r, err);
    if (st == AUTK_OK && r->line_start != NULL) {
        b->last[side].text = *text;
        b->last[side].id = *id;
    }
    return st;
}

static bool check_row(double *value, double *quantity, autki_batch *b, const autki_plan *plan,
                      const row *r)
{
    int year = r->period > 9999 ? r->period / 100 : r->period;
    *quantity = NAN;
    if (year < plan->first_year || year > plan->last_year) {
        autki_batch_bad(b, r->line, 0, "expected a year from %d to %d, got %d", plan->first_year,
                        plan->last_year, year);
    } else if (r->exporter.len == 0 || r->importer.len == 0) {
        autki_batch_bad(b, r->line,
                        column_in(r, r->exporter.len == 0 ? &r->exporter : &r->importer),
                        "expected the code of an economy, got nothing");
    } else if (!parse_number(value, plan, &r->value, plan->value_unit)) {
        autki_batch_bad(b, r->line, column_in(r, &r->value),
                        "expected a value as a finite number, got \"%.*s\"", SHOWN(r->value));
    } else if (*value < 0) {
        autki_batch_bad(b, r->line, column_in(r, &r->value),
                        "expected a value of at least 0, got \"%.*s\"", SHOWN(r->value));
    } else if (r->quantity.text != NULL && !is_missing(&r->quantity) &&
               (!parse_number(quantity, plan, &r->quantity, plan->quantity_unit) ||
                *quantity < 0)) {
        autki_batch_bad(b, r->line, column_in(r, &r->quantity),
                        "expected a quantity of at least 0 or NA, got \"%.*s\"",
                        SHOWN(r->quantity));
    } else {
        return true;
    }
    return false;
}

/* The product with its classification before it, which goes into the key of its slot too. */
static autki_span classed_product(autki_slot_key *key, char *room, size_t size,
                                  const autki_span *product, const row *r)
{
    autki_span f = trimmed(r->classification);
    autki_classification_of(key->classification, f.text, f.len);
    int len = snprintf(room, size, "%s%c%.*s", key->classification, AUTKI_CLASS_END,
                       (int)(product->len < 200 ? product->len : 200), product->text);
    return (autki_span){room, (uint32_t)len};
}

/* What this row's codes mean, for plain records that have them too. */
static autk_status show_plain(autki_batch *b, const row *r, int level, autk_err *err)
{
    autki_plain *p = &b->plain;
    autk_status st = autki_plain_learn(&p->economies, &r->exporter, b->exporter[b->n], 0, err);
    if (st == AUTK_OK)
        st = autki_plain_learn(&p->economies, &r->importer, b->importer[b->n], 0, err);
    if (st == AUTK_OK)
        st = autki_plain_learn(&p->products, &r->product, b->product[b->n], level, err);
    if (st == AUTK_OK)
        st = autki_plain_learn(&p->periods, &r->period_text, (uint32_t)r->period, 0, err);
    return st;
}

static autk_status add_row(autki_batch *b, const autki_plan *plan, row *r, autk_err *err)
{
    double value = 0, quantity = NAN;
    b->n_read++;
    r->value = trimmed(r->value);
    r->quantity = r->quantity.text != NULL ? trimmed(r->quantity) : r->quantity;
    if (plan->flags) {
        const char *blank = r->value.len != 0 ? memchr(r->value.text, ' ', r->value.len) : NULL;
        if (blank != NULL)
            r->value.len = (uint32_t)(blank - r->value.text);
    }
    if (is_missing(&r->value)) {
        b->n_passed[AUTK_PASSED_NO_VALUE]++;
        return AUTK_OK;
    }
    if (!check_row(&value, &quantity, b, plan, r))
        return AUTK_OK;
    if (!plan->keep_self && r->exporter.len == r->importer.len &&
        memcmp(r->exporter.text, r->importer.text, r->exporter.len) == 0) {
        b->n_passed[AUTK_PASSED_SELF]++;
        return AUTK_OK;
    }
    autk_status st = b->n == b->capacity ? reserve(b, b->n + 1, err) : AUTK_OK;
    if (st != AUTK_OK)
        return st;
    char room[260], classed[280];
    autki_span product = r->product.text != NULL && r->product.len != 0
                             ? kept_text(r->product, plan, true, room, sizeof room)
                             : (autki_span){"TOTAL", 5};
    autki_slot_key key = {.kind = r->kind, .level = level_of(&product), .period = r->period};
    if (key.level != 0 && r->classification.len != 0)
        product = classed_product(&key, classed, sizeof classed, &product, r);
    st = slot_of(&b->slot[b->n], b, &key, err);
    if (st == AUTK_OK)
        st = intern(&b->product[b->n], &b->products, &product, r, err);
    if (st == AUTK_OK)
        st = economy_of(&b->exporter[b->n], b, plan, 0, &r->exporter, r, err);
    if (st == AUTK_OK)
        st = economy_of(&b->importer[b->n], b, plan, 1, &r->importer, r, err);
    if (st != AUTK_OK)
        return st;
    b->value[b->n] = value;
    b->quantity[b->n] = quantity;
    b->line[b->n] = (uint32_t)r->line;
    st = b->plain.fits ? show_plain(b, r, key.level, err) : AUTK_OK;
    b->n++;
    return st;
}

static bool is_text(const autki_span *f, const char *text)
{
    return strlen(text) == f->len && memcmp(text, f->text, f->len) == 0;
}

/* A row of autarky's own export; false when it is wrong. */
static bool take_own(row *r, autki_batch *b, const autki_plan *plan,
                     const autki_span fields[AUTKI_ROLE_COUNT])
{
    const autki_span *flow = &fields[AUTKI_ROLE_FLOW], *source = &fields[AUTKI_ROLE_SOURCE],
                     *currency = &fields[AUTKI_ROLE_CURRENCY];
    r->exporter = trimmed(fields[AUTKI_ROLE_EXPORTER]);
    r->importer = trimmed(fields[AUTKI_ROLE_IMPORTER]);
    r->kind = autki_own_kind(flow, &fields[AUTKI_ROLE_SIDE], &fields[AUTKI_ROLE_VALUATION]);
    bool same = is_text(source, plan->own_source) && is_text(currency, plan->own_currency);
    if (r->kind >= 0 && same)
        return true;
    b->n_read++;
    if (same)
        autki_batch_bad(b, r->line, column_in(r, flow),
                        "expected flow, reported_by and valuation as dataset export writes them, "
                        "got \"%.*s\"",
                        SHOWN(*flow));
    else
        autki_batch_bad(b, r->line, column_in(r, source),
                        "expected one source and currency a file, got \"%.*s\" in %.*s (dataset "
                        "export --layer N writes one layer)",
                        SHOWN(*source), (int)(currency->len < 8 ? currency->len : 8),
                        currency->text);
    return false;
}

/* Who sends to whom; false when the row is passed over. */
static bool take_sides(row *r, autki_batch *b, const autki_plan *plan,
                       const autki_span fields[AUTKI_ROLE_COUNT])
{
    bool reports = fields[AUTKI_ROLE_REPORTER].text != NULL &&
                   fields[AUTKI_ROLE_PARTNER].text != NULL && fields[AUTKI_ROLE_FLOW].text != NULL;
    if (plan->own)
        return take_own(r, b, plan, fields);
    if (fields[AUTKI_ROLE_EXPORTER].text != NULL || !reports) {
        r->kind = (int)AUTK_FLOW_TRADE * (int)AUTK_SIDE_COUNT + (int)plan->side;
        r->exporter = trimmed(fields[AUTKI_ROLE_EXPORTER]);
        r->importer = trimmed(fields[AUTKI_ROLE_IMPORTER]);
        return true;
    }
    autki_span flow = trimmed(fields[AUTKI_ROLE_FLOW]);
    r->kind = autki_flow_of(flow.text, flow.len);
    if (r->kind < 0) {
        b->n_read++;
        b->n_passed[AUTK_PASSED_OTHER_FLOW]++;
        return false;
    }
    bool exported = r->kind % AUTK_SIDE_COUNT == AUTK_SIDE_EXPORTER;
    r->exporter = trimmed(fields[exported ? AUTKI_ROLE_REPORTER : AUTKI_ROLE_PARTNER]);
    r->importer = trimmed(fields[exported ? AUTKI_ROLE_PARTNER : AUTKI_ROLE_REPORTER]);
    return true;
}

static bool take_period(row *r, autki_batch *b, const autki_plan *plan,
                        const autki_span fields[AUTKI_ROLE_COUNT])
{
    if (plan->fixed_period != 0) {
        r->period = plan->fixed_period;
        return true;
    }
    autki_span f = trimmed(fields[AUTKI_ROLE_PERIOD]), m = fields[AUTKI_ROLE_MONTH];
    r->period_text = f;
    r->period = autki_parse_period(f.text, f.len);
    if (r->period == 0) {
        b->n_read++;
        autki_batch_bad(b, r->line, column_in(r, &f),
                        "expected a year or a month (quarters are not kept), got \"%.*s\"",
                        SHOWN(f));
        return false;
    }
    if (m.text == NULL)
        return true;
    int64_t month = 0;
    m = trimmed(m);
    if (r->period > 9999 || !autki_parse_int64(m.text, m.len, &month) || month < 1 || month > 12) {
        b->n_read++;
        autki_batch_bad(b, r->line, column_in(r, &m), "expected a month from 1 to 12, got \"%.*s\"",
                        SHOWN(m));
        return false;
    }
    r->period = r->period * 100 + (int32_t)month;
    return true;
}

/* Eurostat tables hold several measures; what counts is a value. */
static bool is_value(const autki_span *measure)
{
    static const char *const accepted[] = {"VALUE_IN_EUROS", "VALUE_EUR", "VALUE",
                                           "MIO_EUR",        "TRD_VAL",   "MIO-EUR-NSA"};
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
        if (strlen(accepted[i]) == measure->len &&
            memcmp(accepted[i], measure->text, measure->len) == 0)
            return true;
    }
    return false;
}

static bool passes(autki_batch *b, const autki_plan *plan,
                   const autki_span fields[AUTKI_ROLE_COUNT])
{
    autki_span measure = fields[AUTKI_ROLE_MEASURE];
    (void)plan;
    if (measure.text == NULL)
        return true;
    measure = trimmed(measure);
    if (is_value(&measure))
        return true;
    b->n_read++;
    b->n_passed[AUTK_PASSED_OTHER_MEASURE]++;
    return false;
}

static autk_status add_fields(autki_batch *b, const autki_plan *plan,
                              const autki_span fields[AUTKI_ROLE_COUNT], row *r, bool with_period,
                              autk_err *err)
{
    if (!passes(b, plan, fields) || (with_period && !take_period(r, b, plan, fields)) ||
        !take_sides(r, b, plan, fields))
        return AUTK_OK;
    r->product = fields[AUTKI_ROLE_PRODUCT].text != NULL ? trimmed(fields[AUTKI_ROLE_PRODUCT])
                                                         : fields[AUTKI_ROLE_PRODUCT];
    r->value = fields[AUTKI_ROLE_VALUE];
    r->quantity = fields[AUTKI_ROLE_QUANTITY];
    r->classification = fields[AUTKI_ROLE_CLASSIFICATION];
    return add_row(b, plan, r, err);
}

/* ------------------------------------------------------------------ records */

static bool filters_pass(autki_batch *b, const autki_plan *plan)
{
    for (size_t k = 0; k < plan->n_filters; k++) {
        autki_span f = trimmed(b->record.field[plan->filters[k].column]);
        bool accepted = false;
        for (const char *const *t = plan->filters[k].accepted; *t != NULL && !accepted; t++)
            accepted = strlen(*t) == f.len && memcmp(*t, f.text, f.len) == 0;
        if (!accepted) {
            b->n_read++;
            b->n_passed[AUTK_PASSED_BREAKDOWN]++;
            return false;
        }
    }
    return true;
}

static void gather(autki_span fields[AUTKI_ROLE_COUNT], const autki_batch *b,
                   const autki_plan *plan)
{
    for (int role = 0; role < AUTKI_ROLE_COUNT; role++) {
        size_t c = plan->column[role];
        fields[role] = c != AUTKI_NO_COLUMN ? b->record.field[c] : (autki_span){NULL, 0};
        size_t other = plan->fallback[role];
        if (other != AUTKI_NO_COLUMN && role <= AUTKI_ROLE_PARTNER &&
            (fields[role].len == 0 || is_missing(&fields[role])))
            fields[role] = b->record.field[other];
    }
}

/* One record of the wide form: dimensions in the first cell, a period in each that follows. */
static autk_status add_wide(autki_batch *b, const autki_plan *plan, const char *start, int64_t line,
                            autk_err *err)
{
    autki_span cells[64], fields[AUTKI_ROLE_COUNT];
    size_t n = 0;
    autki_span first = b->record.field[0];
    const char *stop = first.text + first.len;
    for (const char *at = first.text; n < 64;) {
        const char *comma = at < stop ? memchr(at, ',', (size_t)(stop - at)) : NULL;
        const char *end = comma != NULL ? comma : stop;
        cells[n++] = (autki_span){at, (uint32_t)(end - at)};
        if (comma == NULL)
            break;
        at = comma + 1;
    }
    for (int role = 0; role < AUTKI_ROLE_COUNT; role++) {
        size_t c = plan->column[role];
        if (c != AUTKI_NO_COLUMN && c >= n) {
            b->n_read++;
            autki_batch_bad(b, line, 1, "expected more dimensions in the first cell, got %zu", n);
            return AUTK_OK;
        }
        fields[role] = c != AUTKI_NO_COLUMN ? cells[c] : (autki_span){NULL, 0};
    }
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < plan->n_periods; i++) {
        row r = {.line = line, .line_start = start, .period = plan->periods[i]};
        fields[AUTKI_ROLE_VALUE] = b->record.field[i + 1];
        st = add_fields(b, plan, fields, &r, false, err);
    }
    return st;
}

static autk_status add_record(autki_batch *b, const autki_plan *plan, const char *start,
                              int64_t line, autk_err *err)
{
    const autki_record *rec = &b->record;
    /* Comtrade's website ends its rows, but not its header, with a comma. */
    bool one_more = rec->n == plan->n_fields + 1 && rec->field[rec->n - 1].len == 0;
    if (rec->problem != NULL) {
        b->n_read++;
        autki_batch_bad(b, line, rec->problem_at - start + 1, "expected %s", rec->problem);
        return AUTK_OK;
    }
    if (rec->n != plan->n_fields && !one_more) {
        b->n_read++;
        autki_batch_bad(b, line, 1, "expected %zu fields, got %zu", plan->n_fields, rec->n);
        return AUTK_OK;
    }
    if (plan->wide)
        return add_wide(b, plan, start, line, err);
    if (!filters_pass(b, plan))
        return AUTK_OK;
    autki_span fields[AUTKI_ROLE_COUNT];
    gather(fields, b, plan);
    row r = {.line = line, .line_start = start};
    return add_fields(b, plan, fields, &r, true, err);
}

autk_status autki_batch_parse(autki_batch *b, const autki_plan *plan, char *text, size_t len,
                              autk_err *err)
{
    if (b->record.field == NULL)
        b->record.field = autki_malloc(AUTKI_FIELDS_MAX, sizeof *b->record.field);
    if (b->record.field == NULL)
        return autki_no_memory(err, AUTKI_FIELDS_MAX * sizeof *b->record.field);
    autki_plain_init(&b->plain, plan);
    char *stop = text + len;
    const char *nul = len != 0 ? memchr(text, '\0', len) : NULL;
    bool quoted = plan->quotes && len != 0 && memchr(text, '"', len) != NULL;
    autk_status st = AUTK_OK;
    while (st == AUTK_OK && text < stop) {
        if (nul == NULL)
            text = autki_plain_run(b, plan, text, stop);
        int64_t line = b->n_lines++;
        autki_record_split(&b->record, text, stop, plan->delimiter, quoted);
        char *next = text + (b->record.next - text);
        b->n_lines += (int64_t)b->record.n_inner_lines;
        if (nul != NULL && nul < next && nul >= text) {
            b->n_read++;
            autki_batch_bad(b, line, nul - text + 1, "expected text, got a NUL byte");
            nul = next < stop ? memchr(next, '\0', (size_t)(stop - next)) : NULL;
        } else if (b->record.n != 0) {
            st = add_record(b, plan, text, line, err);
        }
        text = next;
    }
    return st;
}
