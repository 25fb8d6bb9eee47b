#include "data/import_plain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_hash.h"
#include "data/import_batch.h"

#define NO_ROLE AUTKI_ROLE_COUNT
#define AHEAD 32 /* bytes that a field may look at */

/* ------------------------------------------------------------------ what fits */

static bool is_plain_role(int role)
{
    return role == AUTKI_ROLE_PERIOD || role == AUTKI_ROLE_EXPORTER ||
           role == AUTKI_ROLE_IMPORTER || role == AUTKI_ROLE_PRODUCT || role == AUTKI_ROLE_VALUE ||
           role == AUTKI_ROLE_QUANTITY;
}

static bool is_plain_plan(const autki_plan *plan)
{
    static const autki_role needed[] = {AUTKI_ROLE_EXPORTER, AUTKI_ROLE_IMPORTER,
                                        AUTKI_ROLE_PRODUCT, AUTKI_ROLE_VALUE};
    bool fits = memchr(",;\t|", plan->delimiter, 4) != NULL && !plan->wide && !plan->flags &&
                !plan->latin1 && plan->n_filters == 0 && plan->decimal == '.' &&
                plan->thousands == '\0' && plan->n_fields <= AUTKI_PLAIN_COLUMNS_MAX;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        fits = fits && plan->column[needed[i]] != AUTKI_NO_COLUMN;
    fits =
        fits && (plan->fixed_period != 0) == (plan->column[AUTKI_ROLE_PERIOD] == AUTKI_NO_COLUMN);
    for (int role = 0; role < AUTKI_ROLE_COUNT; role++) {
        if (plan->column[role] != AUTKI_NO_COLUMN && !is_plain_role(role))
            fits = false;
        if (plan->fallback[role] != AUTKI_NO_COLUMN && role <= AUTKI_ROLE_PARTNER)
            fits = false;
    }
    return fits;
}

void autki_plain_init(autki_plain *plain, const autki_plan *plan)
{
    plain->fits = is_plain_plan(plan);
    memset(plain->role, NO_ROLE, sizeof plain->role);
    for (int role = 0; plain->fits && role < AUTKI_ROLE_COUNT; role++) {
        size_t c = plan->column[role];
        if (c == AUTKI_NO_COLUMN)
            continue;
        if (c >= plan->n_fields || plain->role[c] != NO_ROLE)
            plain->fits = false; /* one column in two roles: the general way knows how */
        else
            plain->role[c] = (uint8_t)role;
    }
}

void autki_plain_deinit(autki_plain *plain)
{
    free(plain->periods.table);
    free(plain->economies.table);
    free(plain->products.table);
    *plain = (autki_plain){.fits = false};
}

/* ------------------------------------------------------------------ codes */

static inline const autki_plain_code *place_of(const autki_plain_codes *codes, uint64_t head)
{
    size_t at = (size_t)(head * 0x9E3779B97F4A7C15U >> codes->shift);
    while (codes->table[at].head != head && codes->table[at].head != 0)
        at = (at + 1) & codes->mask;
    return &codes->table[at];
}

static void put(autki_plain_codes *codes, const autki_plain_code *code)
{
    codes->table[place_of(codes, code->head) - codes->table] = *code;
}

static autk_status grow(autki_plain_codes *codes, autk_err *err)
{
    autki_plain_codes old = *codes;
    size_t size = old.table == NULL ? 64 : 2 * (old.mask + 1);
    codes->table = autki_calloc(size, sizeof *codes->table);
    if (codes->table == NULL) {
        *codes = old;
        return autki_no_memory(err, size * sizeof *codes->table);
    }
    codes->mask = size - 1;
    codes->shift = old.table == NULL ? 58 : old.shift - 1;
    for (size_t i = 0; old.table != NULL && i <= old.mask; i++) {
        if (old.table[i].head != 0)
            put(codes, &old.table[i]);
    }
    free(old.table);
    return AUTK_OK;
}

autk_status autki_plain_learn(autki_plain_codes *codes, const autki_span *text, uint32_t id,
                              int32_t level, autk_err *err)
{
    autki_plain_code code = {.id = id, .level = level};
    char bytes[8] = {0};
    /* What begins with a quote would, unquoted in a file, be the beginning of a quoted field. */
    if (text->len == 0 || text->len > sizeof bytes || text->text[0] == '"')
        return AUTK_OK;
    memcpy(bytes, text->text, text->len);
    code.head = autki_load64(bytes);
    if (codes->table != NULL && place_of(codes, code.head)->head != 0)
        return AUTK_OK;
    autk_status st =
        codes->table == NULL || 2 * (codes->n + 1) > codes->mask + 1 ? grow(codes, err) : AUTK_OK;
    if (st != AUTK_OK)
        return st;
    put(codes, &code);
    codes->n++;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ fields, eight bytes at once */

#define EACH_BYTE(b) ((b)*0x0101010101010101U)

/* The high bit of the lowest zero byte; above it anything. */
static inline uint64_t zero_byte(uint64_t w)
{
    return (w - EACH_BYTE(0x01U)) & ~w & EACH_BYTE(0x80U);
}

/* A field of 1 to 8 bytes as a word; false for others. */
static inline bool take_code(uint64_t *head, const char **at, uint64_t delimiters)
{
    uint64_t w = autki_load64(*at);
    uint64_t ends = zero_byte(w ^ delimiters) | zero_byte(w ^ EACH_BYTE((uint64_t)'\n'));
    unsigned len = ends != 0 ? (unsigned)__builtin_ctzll(ends) / 8 : 8;
    if (len == 0)
        return false;
    *head = w & (UINT64_MAX >> (64 - 8 * len));
    *at += len;
    return true;
}

/* Up to 8 digits as a number; gives how many. */
static inline unsigned take_digits(uint64_t *number, const char *at)
{
    uint64_t t = autki_load64(at) ^ EACH_BYTE((uint64_t)'0');
    /* Bytes above 9; a carry spoils only what is above the lowest of them. */
    uint64_t others = (t | (t + EACH_BYTE(0x76U))) & EACH_BYTE(0x80U);
    unsigned n = others != 0 ? (unsigned)__builtin_ctzll(others) / 8 : 8;
    if (n == 0) {
        *number = 0;
        return 0;
    }
    t <<= 64 - 8 * n; /* zeros in front, which are the low bytes */
    t = (t * 10 + (t >> 8)) & 0x00FF00FF00FF00FFU;
    t = (t * 100 + (t >> 16)) & 0x0000FFFF0000FFFFU;
    *number = (t * 10000 + (t >> 32)) & 0xFFFFFFFFU;
    return n;
}

/* At most 7 digits on either side of a point; the text begins with a digit. */
static inline bool take_number(double *value, const char **at, double unit)
{
    static const uint64_t power[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    const char *p = *at;
    uint64_t whole, fraction = 0;
    unsigned n = take_digits(&whole, p), decimals = 0;
    if (n == 0 || n == 8)
        return false;
    p += n;
    if (*p == '.') {
        decimals = take_digits(&fraction, p + 1);
        if (decimals == 8)
            return false;
        p += 1 + decimals;
    }
    *value = autki_scaled(whole * power[decimals] + fraction, decimals, unit);
    *at = p;
    return true;
}

static inline bool ends_here(const char *at, char delimiter)
{
    return *at == delimiter || *at == '\n' || *at == '\r';
}

static inline bool take_quantity(double *quantity, const char **at, char delimiter, double unit)
{
    *quantity = NAN;
    if (ends_here(*at, delimiter))
        return true;
    if ((*at)[0] == 'N' && (*at)[1] == 'A' && ends_here(*at + 2, delimiter)) {
        *at += 2;
        return true;
    }
    return take_number(quantity, at, unit);
}

static inline bool skip_field(const char **at, char delimiter, const char *limit)
{
    const char *p = *at;
    if (*p == '"')
        return false;
    while (p < limit && *p != delimiter && *p != '\n' && *p != '\r')
        p++;
    *at = p;
    return p < limit;
}

/* ------------------------------------------------------------------ records */

typedef struct fields {
    uint64_t period, exporter, importer, product;
    double value, quantity;
} fields;

static inline bool take_field(fields *f, int role, const char **at, const autki_plan *plan,
                              uint64_t delimiters, const char *limit)
{
    if (**at == ' ') {
        while (**at == ' ')
            ++*at;
        if (*at >= limit)
            return false;
    }
    switch (role) {
    case AUTKI_ROLE_PERIOD:
        return take_code(&f->period, at, delimiters);
    case AUTKI_ROLE_EXPORTER:
        return take_code(&f->exporter, at, delimiters);
    case AUTKI_ROLE_IMPORTER:
        return take_code(&f->importer, at, delimiters);
    case AUTKI_ROLE_PRODUCT:
        return take_code(&f->product, at, delimiters);
    case AUTKI_ROLE_VALUE:
        return take_number(&f->value, at, plan->value_unit);
    case AUTKI_ROLE_QUANTITY:
        return take_quantity(&f->quantity, at, plan->delimiter, plan->quantity_unit);
    default:
        return skip_field(at, plan->delimiter, limit);
    }
}

/* Where the record behind this one begins; NULL when it is not plain. */
static inline const char *take_record(fields *f, const autki_plain *plain, const autki_plan *plan,
                                      const char *at, const char *limit)
{
    uint64_t delimiters = EACH_BYTE((uint64_t)(unsigned char)plan->delimiter);
    for (size_t c = 0; c < plan->n_fields; c++) {
        if (at >= limit || !take_field(f, plain->role[c], &at, plan, delimiters, limit))
            return NULL;
        if (c + 1 == plan->n_fields)
            break;
        if (*at++ != plan->delimiter)
            return NULL;
    }
    at += *at == '\r';
    return *at == '\n' ? at + 1 : NULL;
}

/* The slot of a period and level; false when the batch has none yet. Rows mostly go where the row
 * before them went. Kind and classification are the same for all rows of a plain plan. */
static inline bool find_slot(uint16_t *slot, const autki_batch *b, int32_t period, int level)
{
    if (b->n != 0) {
        *slot = b->slot[b->n - 1];
        if (b->slots[*slot].period == period && b->slots[*slot].level == level)
            return true;
    }
    for (size_t i = b->n_slots; i > 0; i--) {
        *slot = (uint16_t)(i - 1);
        if (b->slots[i - 1].period == period && b->slots[i - 1].level == level)
            return true;
    }
    return false;
}

/* What the codes mean; false when one was not seen before. */
static inline bool look_up(autki_batch *b, const autki_plan *plan, const fields *f)
{
    const autki_plain *plain = &b->plain;
    const autki_plain_code *exporter = place_of(&plain->economies, f->exporter),
                           *importer = place_of(&plain->economies, f->importer),
                           *product = place_of(&plain->products, f->product);
    if (exporter->head == 0 || importer->head == 0 || product->head == 0)
        return false;
    int32_t period = plan->fixed_period;
    if (period == 0) {
        const autki_plain_code *known = place_of(&plain->periods, f->period);
        if (known->head == 0)
            return false;
        period = (int32_t)known->id;
    }
    if (!find_slot(&b->slot[b->n], b, period, product->level))
        return false;
    b->exporter[b->n] = exporter->id;
    b->importer[b->n] = importer->id;
    b->product[b->n] = product->id;
    return true;
}

char *autki_plain_run(autki_batch *b, const autki_plan *plan, char *at, const char *stop)
{
    const char *next = at;
    const autki_plain *plain = &b->plain;
    if (!plain->fits || plain->economies.table == NULL || plain->products.table == NULL ||
        (plan->fixed_period == 0 && plain->periods.table == NULL) || stop - at < AHEAD)
        return at;
    const char *limit = stop - AHEAD;
    while (b->n < b->capacity) {
        fields f = {.quantity = NAN};
        const char *from = next, *behind = take_record(&f, plain, plan, from, limit);
        if (behind == NULL)
            break;
        bool self = f.exporter == f.importer && !plan->keep_self;
        if (!look_up(b, plan, &f))
            break;
        next = behind;
        b->n_read++;
        uint32_t line = (uint32_t)b->n_lines++;
        if (self) {
            b->n_passed[AUTK_PASSED_SELF]++;
            continue;
        }
        b->value[b->n] = f.value;
        b->quantity[b->n] = f.quantity;
        b->line[b->n] = line;
        b->n++;
    }
    return at + (next - at);
}
