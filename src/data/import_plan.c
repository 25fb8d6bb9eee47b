#include "data/import_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/mem.h"

typedef struct alias {
    autki_role role;
    const char *name;
} alias;

/* Earlier lines win over later ones. Names are compared without case, blanks and underscores. */
static const alias baci_names[] = {
    {AUTKI_ROLE_PERIOD, "t"},  {AUTKI_ROLE_EXPORTER, "i"}, {AUTKI_ROLE_IMPORTER, "j"},
    {AUTKI_ROLE_PRODUCT, "k"}, {AUTKI_ROLE_VALUE, "v"},    {AUTKI_ROLE_QUANTITY, "q"},
    {AUTKI_ROLE_COUNT, NULL},
};

static const alias comtrade_names[] = {
    {AUTKI_ROLE_PERIOD, "period"},
    {AUTKI_ROLE_PERIOD, "refYear"},
    {AUTKI_ROLE_PERIOD, "year"},
    {AUTKI_ROLE_PERIOD, "yr"},
    {AUTKI_ROLE_REPORTER, "reporterISO"},
    {AUTKI_ROLE_REPORTER, "rt3ISO"},
    {AUTKI_ROLE_REPORTER, "reporterCode"},
    {AUTKI_ROLE_REPORTER, "rtCode"},
    {AUTKI_ROLE_PARTNER, "partnerISO"},
    {AUTKI_ROLE_PARTNER, "pt3ISO"},
    {AUTKI_ROLE_PARTNER, "partnerCode"},
    {AUTKI_ROLE_PARTNER, "ptCode"},
    {AUTKI_ROLE_FLOW, "flowCode"},
    {AUTKI_ROLE_FLOW, "tradeFlowCode"},
    {AUTKI_ROLE_FLOW, "rgCode"},
    {AUTKI_ROLE_FLOW, "flow"},
    {AUTKI_ROLE_FLOW, "flowDesc"},
    {AUTKI_ROLE_FLOW, "tradeFlow"},
    {AUTKI_ROLE_PRODUCT, "cmdCode"},
    {AUTKI_ROLE_PRODUCT, "commodityCode"},
    {AUTKI_ROLE_VALUE, "primaryValue"},
    {AUTKI_ROLE_VALUE, "tradeValue(US$)"},
    {AUTKI_ROLE_VALUE, "tradeValue"},
    {AUTKI_ROLE_QUANTITY, "netWgt"},
    {AUTKI_ROLE_QUANTITY, "netweight(kg)"},
    {AUTKI_ROLE_CLASSIFICATION, "classificationCode"},
    {AUTKI_ROLE_CLASSIFICATION, "classification"},
    {AUTKI_ROLE_CLASSIFICATION, "pfCode"},
    {AUTKI_ROLE_COUNT, NULL},
};

static const alias eurostat_names[] = {
    {AUTKI_ROLE_PERIOD, "TIME_PERIOD"},
    {AUTKI_ROLE_PERIOD, "period"},
    {AUTKI_ROLE_PERIOD, "time"},
    {AUTKI_ROLE_REPORTER, "reporter"},
    {AUTKI_ROLE_REPORTER, "declarant"},
    {AUTKI_ROLE_REPORTER, "geo"},
    {AUTKI_ROLE_PARTNER, "partner"},
    {AUTKI_ROLE_FLOW, "flow"},
    {AUTKI_ROLE_FLOW, "stk_flow"},
    {AUTKI_ROLE_FLOW, "trade_type"},
    {AUTKI_ROLE_PRODUCT, "product"},
    {AUTKI_ROLE_PRODUCT, "product_nc"},
    {AUTKI_ROLE_PRODUCT, "sitc06"},
    {AUTKI_ROLE_PRODUCT, "bclas_bec"},
    {AUTKI_ROLE_VALUE, "OBS_VALUE"},
    {AUTKI_ROLE_VALUE, "value_in_euros"},
    {AUTKI_ROLE_VALUE, "value_eur"},
    {AUTKI_ROLE_QUANTITY, "quantity_in_kg"},
    {AUTKI_ROLE_QUANTITY, "quantity_kg"},
    {AUTKI_ROLE_MEASURE, "indicators"},
    {AUTKI_ROLE_MEASURE, "indic_et"},
    {AUTKI_ROLE_MEASURE, "indic"},
    {AUTKI_ROLE_COUNT, NULL},
};

static const alias long_names[] = {
    {AUTKI_ROLE_PERIOD, "year"},
    {AUTKI_ROLE_PERIOD, "period"},
    {AUTKI_ROLE_PERIOD, "t"},
    {AUTKI_ROLE_PERIOD, "time"},
    {AUTKI_ROLE_MONTH, "month"},
    {AUTKI_ROLE_EXPORTER, "exporter"},
    {AUTKI_ROLE_EXPORTER, "iso_o"},
    {AUTKI_ROLE_EXPORTER, "iso3_o"},
    {AUTKI_ROLE_EXPORTER, "origin"},
    {AUTKI_ROLE_EXPORTER, "exp"},
    {AUTKI_ROLE_EXPORTER, "i"},
    {AUTKI_ROLE_IMPORTER, "importer"},
    {AUTKI_ROLE_IMPORTER, "iso_d"},
    {AUTKI_ROLE_IMPORTER, "iso3_d"},
    {AUTKI_ROLE_IMPORTER, "destination"},
    {AUTKI_ROLE_IMPORTER, "imp"},
    {AUTKI_ROLE_IMPORTER, "j"},
    {AUTKI_ROLE_REPORTER, "reporter"},
    {AUTKI_ROLE_PARTNER, "partner"},
    {AUTKI_ROLE_FLOW, "flow"},
    {AUTKI_ROLE_PRODUCT, "product"},
    {AUTKI_ROLE_PRODUCT, "hs6"},
    {AUTKI_ROLE_PRODUCT, "k"},
    {AUTKI_ROLE_VALUE, "value"},
    {AUTKI_ROLE_VALUE, "value_usd"},
    {AUTKI_ROLE_VALUE, "trade"},
    {AUTKI_ROLE_VALUE, "tradeflow"},
    {AUTKI_ROLE_VALUE, "v"},
    {AUTKI_ROLE_QUANTITY, "quantity"},
    {AUTKI_ROLE_QUANTITY, "quantity_t"},
    {AUTKI_ROLE_QUANTITY, "q"},
    {AUTKI_ROLE_COUNT, NULL},
};

/* Beside the usual names, in what `dataset export` writes. */
static const alias own_names[] = {
    {AUTKI_ROLE_CLASSIFICATION, "classification"},
    {AUTKI_ROLE_SIDE, "reported_by"},
    {AUTKI_ROLE_VALUATION, "valuation"},
    {AUTKI_ROLE_CURRENCY, "currency"},
    {AUTKI_ROLE_SOURCE, "source"},
    {AUTKI_ROLE_COUNT, NULL},
};

static const char *const role_names[AUTKI_ROLE_COUNT] = {
    "year",  "month",    "exporter", "importer",       "reporter", "partner", "flow", "product",
    "value", "quantity", "measure",  "classification", "",         "",        "",     ""};

void autki_plan_deinit(autki_plan *plan)
{
    free(plan->periods);
    plan->periods = NULL;
}

/* ------------------------------------------------------------------ small parsers */

int32_t autki_parse_period(const char *text, size_t len)
{
    int32_t year = 0, month = 0;
    if (len < 4 || len > 10)
        return 0;
    for (size_t i = 0; i < 4; i++) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        year = year * 10 + (text[i] - '0');
    }
    if (len == 4)
        return year;
    bool mark = text[4] == '-' || text[4] == 'M' || text[4] == 'm';
    size_t at = mark ? 5 : 4;
    if (len < at + 2 || (len > at + 2 && !(len == 10 && text[7] == '-')))
        return 0;
    for (size_t i = at; i < at + 2; i++) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        month = month * 10 + (text[i] - '0');
    }
    return month >= 1 && month <= 12 ? year * 100 + month : 0;
}

void autki_classification_of(char out[AUTKI_CLASSIFICATION_BYTES], const char *text, size_t len)
{
    static const char *const hs[] = {"HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22"};
    bool numbered = len == 2 && text[1] >= '0' && text[1] <= '9';
    if (numbered && text[0] == 'H' && text[1] - '0' < (int)(sizeof hs / sizeof *hs))
        (void)snprintf(out, AUTKI_CLASSIFICATION_BYTES, "%s", hs[text[1] - '0']);
    else if (numbered && text[0] == 'S')
        (void)snprintf(out, AUTKI_CLASSIFICATION_BYTES, "SITC%c", text[1]);
    else
        (void)snprintf(
            out, AUTKI_CLASSIFICATION_BYTES, "%.*s",
            (int)(len < AUTKI_CLASSIFICATION_BYTES ? len : AUTKI_CLASSIFICATION_BYTES - 1), text);
}

int autki_flow_of(const char *text, size_t len)
{
    static const struct {
        const char *name;
        autk_flow_kind flow;
        autk_side side;
    } known[] = {{"M", AUTK_FLOW_TRADE, AUTK_SIDE_IMPORTER},
                 {"X", AUTK_FLOW_TRADE, AUTK_SIDE_EXPORTER},
                 {"1", AUTK_FLOW_TRADE, AUTK_SIDE_IMPORTER},
                 {"2", AUTK_FLOW_TRADE, AUTK_SIDE_EXPORTER},
                 {"IMP", AUTK_FLOW_TRADE, AUTK_SIDE_IMPORTER},
                 {"EXP", AUTK_FLOW_TRADE, AUTK_SIDE_EXPORTER},
                 {"Import", AUTK_FLOW_TRADE, AUTK_SIDE_IMPORTER},
                 {"Export", AUTK_FLOW_TRADE, AUTK_SIDE_EXPORTER},
                 {"Imports", AUTK_FLOW_TRADE, AUTK_SIDE_IMPORTER},
                 {"Exports", AUTK_FLOW_TRADE, AUTK_SIDE_EXPORTER},
                 {"RX", AUTK_FLOW_RE_EXPORT, AUTK_SIDE_EXPORTER},
                 {"3", AUTK_FLOW_RE_EXPORT, AUTK_SIDE_EXPORTER},
                 {"Re-Export", AUTK_FLOW_RE_EXPORT, AUTK_SIDE_EXPORTER},
                 {"Re-Exports", AUTK_FLOW_RE_EXPORT, AUTK_SIDE_EXPORTER},
                 {"RM", AUTK_FLOW_RE_IMPORT, AUTK_SIDE_IMPORTER},
                 {"4", AUTK_FLOW_RE_IMPORT, AUTK_SIDE_IMPORTER},
                 {"Re-Import", AUTK_FLOW_RE_IMPORT, AUTK_SIDE_IMPORTER},
                 {"Re-Imports", AUTK_FLOW_RE_IMPORT, AUTK_SIDE_IMPORTER},
                 {"DX", AUTK_FLOW_DOMESTIC_EXPORT, AUTK_SIDE_EXPORTER},
                 {"Domestic Export", AUTK_FLOW_DOMESTIC_EXPORT, AUTK_SIDE_EXPORTER},
                 {"FM", AUTK_FLOW_FOREIGN_IMPORT, AUTK_SIDE_IMPORTER},
                 {"Foreign Import", AUTK_FLOW_FOREIGN_IMPORT, AUTK_SIDE_IMPORTER}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].name) == len && strncasecmp(known[i].name, text, len) == 0)
            return (int)known[i].flow * (int)AUTK_SIDE_COUNT + (int)known[i].side;
    }
    return -1;
}

/* Which of n texts; -1 = none. */
static int which_text(const autki_span *field, const char *(*text_of)(int), int n)
{
    for (int k = 0; k < n; k++) {
        const char *text = text_of(k);
        if (strlen(text) == field->len && memcmp(text, field->text, field->len) == 0)
            return k;
    }
    return -1;
}

static const char *flow_text(int k)
{
    return autk_flow_kind_text((autk_flow_kind)k);
}

static const char *side_text(int k)
{
    return autk_side_text((autk_side)k);
}

static const char *valuation_text(int k)
{
    return autk_valuation_text((autk_valuation)k);
}

int autki_own_kind(const autki_span *flow, const autki_span *side, const autki_span *valuation)
{
    int f = which_text(flow, flow_text, AUTK_FLOW_COUNT);
    int s = which_text(side, side_text, AUTK_SIDE_COUNT);
    int v = which_text(valuation, valuation_text, AUTK_VALUATION_COUNT);
    return f < 0 || s < 0 || v < 0 ? -1 : (v + 1) * AUTKI_KINDS + f * (int)AUTK_SIDE_COUNT + s;
}

/* ------------------------------------------------------------------ header */

typedef struct header {
    autki_record record;
    char *copy;
    const char *source_name;
} header;

/* Equal without case, blanks and underscores. */
static bool same_name(const autki_span *field, const char *name)
{
    size_t i = 0;
    for (;;) {
        while (i < field->len && (field->text[i] == ' ' || field->text[i] == '_'))
            i++;
        while (*name == ' ' || *name == '_')
            name++;
        char a = i < field->len ? field->text[i] : '\0', b = *name;
        a = a >= 'A' && a <= 'Z' ? (char)(a + 32) : a;
        b = b >= 'A' && b <= 'Z' ? (char)(b + 32) : b;
        if (a != b)
            return false;
        if (a == '\0')
            return true;
        i++;
        name++;
    }
}

static size_t column_of(const header *h, const char *name)
{
    for (size_t i = 0; i < h->record.n; i++) {
        if (same_name(&h->record.field[i], name))
            return i;
    }
    return AUTKI_NO_COLUMN;
}

static bool has(const header *h, const char *name)
{
    return column_of(h, name) != AUTKI_NO_COLUMN;
}

static char guess_delimiter(const char *line, size_t len)
{
    static const char candidates[] = ",;\t|";
    char best = ',';
    size_t most = 0;
    if (memchr(line, '\\', len) != NULL && memchr(line, '\t', len) != NULL)
        return '\t'; /* Eurostat's wide form: the first cell is full of commas */
    for (const char *c = candidates; *c != '\0'; c++) {
        size_t n = 0;
        for (size_t i = 0; i < len; i++)
            n += line[i] == *c;
        if (n > most) {
            most = n;
            best = *c;
        }
    }
    return best;
}

static autk_import_format guess_format(const header *h)
{
    if (h->record.n == 6 && has(h, "t") && has(h, "i") && has(h, "j") && has(h, "k") && has(h, "v"))
        return AUTK_IMPORT_BACI;
    if ((has(h, "reporterCode") || has(h, "reporterISO") || has(h, "rtCode")) &&
        (has(h, "cmdCode") || has(h, "commodityCode")))
        return AUTK_IMPORT_COMTRADE;
    if (has(h, "value_in_euros") || has(h, "value_eur") || has(h, "product_nc"))
        return AUTK_IMPORT_COMEXT;
    if (has(h, "OBS_VALUE") ||
        (h->record.n > 0 && memchr(h->record.field[0].text, '\\', h->record.field[0].len) != NULL))
        return AUTK_IMPORT_EUROSTAT;
    return AUTK_IMPORT_CSV;
}

static void take_names(autki_plan *plan, const header *h, const alias *names)
{
    for (const alias *a = names; a->name != NULL; a++) {
        size_t found = column_of(h, a->name);
        if (plan->column[a->role] == AUTKI_NO_COLUMN)
            plan->column[a->role] = found;
        else if (plan->fallback[a->role] == AUTKI_NO_COLUMN)
            plan->fallback[a->role] = found;
    }
}

static autk_status take_pair(autki_plan *plan, const header *h, const char *pair, size_t len,
                             autk_err *err)
{
    const char *equals = memchr(pair, '=', len);
    for (int role = 0; equals != NULL && role < AUTKI_ROLE_COUNT; role++) {
        size_t key = (size_t)(equals - pair);
        bool period = role == AUTKI_ROLE_PERIOD && key == 6 && memcmp(pair, "period", 6) == 0;
        if (!period &&
            (strlen(role_names[role]) != key || memcmp(role_names[role], pair, key) != 0))
            continue;
        char name[128];
        (void)snprintf(name, sizeof name, "%.*s", (int)(len - key - 1), equals + 1);
        plan->column[role] = column_of(h, name);
        bool found = plan->column[role] != AUTKI_NO_COLUMN;
        /* "year=2022": where no column is called so, all rows are of that year. */
        if (!found && role == AUTKI_ROLE_PERIOD)
            found = (plan->fixed_period = autki_parse_period(name, strlen(name))) != 0;
        if (!found)
            return autki_fail_at(err, AUTK_EPARSE, h->source_name, 1, 1,
                                 "expected a column \"%s\" as the map says, got a header without "
                                 "it",
                                 name);
        return AUTK_OK;
    }
    return autki_fail_at(err, AUTK_EARG, "--map", 0, 0,
                         "expected year, month, exporter, importer, reporter, partner, flow, "
                         "product, value, quantity or classification = a column, got \"%.*s\"",
                         (int)(len < 60 ? len : 60), pair);
}

static autk_status take_map(autki_plan *plan, const header *h, const char *map, autk_err *err)
{
    for (const char *at = map; *at != '\0';) {
        size_t len = strcspn(at, ",");
        autk_status st = take_pair(plan, h, at, len, err);
        if (st != AUTK_OK)
            return st;
        at += len + (at[len] == ',');
    }
    return AUTK_OK;
}

static void add_filter(autki_plan *plan, const header *h, const char *name,
                       const char *const *accepted)
{
    size_t column = column_of(h, name);
    if (column != AUTKI_NO_COLUMN && plan->n_filters < AUTKI_FILTERS_MAX)
        plan->filters[plan->n_filters++] = (autki_filter){column, accepted};
}

static void plan_comtrade(autki_plan *plan, const header *h)
{
    static const char *const zero[] = {"0", "", "NULL", "null", "W00", NULL};
    static const char *const c00[] = {"C00", "", "NULL", "null", NULL};
    take_names(plan, h, comtrade_names);
    add_filter(plan, h, "partner2Code", zero);
    add_filter(plan, h, "motCode", zero);
    add_filter(plan, h, "mosCode", zero);
    add_filter(plan, h, "customsCode", c00);
    plan->quantity_unit = 1e-3;
    plan->valuation_by_side = true;
    (void)snprintf(plan->classification, sizeof plan->classification, "HS");
}

/* Dimensions of the wide form stand in the first cell: freq,reporter,…\TIME_PERIOD. */
static autk_status plan_wide(autki_plan *plan, header *h, autk_err *err)
{
    autki_span first = h->record.field[0];
    const char *slash = memchr(first.text, '\\', first.len);
    size_t n = h->record.n - 1;
    plan->wide = true;
    plan->n_periods = n;
    plan->periods = autki_calloc(n, sizeof *plan->periods);
    if (plan->periods == NULL)
        return autki_no_memory(err, n * sizeof *plan->periods);
    for (size_t i = 0; i < n; i++) {
        autki_span f = h->record.field[i + 1];
        while (f.len != 0 && f.text[f.len - 1] == ' ')
            f.len--;
        plan->periods[i] = autki_parse_period(f.text, f.len);
        if (plan->periods[i] == 0)
            return autki_fail_at(err, AUTK_EPARSE, h->source_name, 1, f.text - h->copy + 1,
                                 "expected years or months as headings, got \"%.*s\"", (int)f.len,
                                 f.text);
    }
    h->record.n = 0;
    for (const char *at = first.text; at <= slash;) {
        const char *comma = memchr(at, ',', (size_t)(slash - at));
        const char *stop = comma != NULL ? comma : slash;
        h->record.field[h->record.n++] = (autki_span){at, (uint32_t)(stop - at)};
        at = stop + 1;
    }
    plan->n_fields = n + 1;
    return AUTK_OK;
}

static autk_status plan_eurostat(autki_plan *plan, header *h, autk_err *err)
{
    plan->flags = true;
    if (h->record.n > 0 && memchr(h->record.field[0].text, '\\', h->record.field[0].len) != NULL) {
        autk_status st = plan_wide(plan, h, err);
        if (st != AUTK_OK)
            return st;
    }
    static const char *const total[] = {"4", "TOTAL", "", NULL};
    take_names(plan, h, eurostat_names);
    add_filter(plan, h, "stat_regime", total);
    plan->quantity_unit = 1e-3;
    plan->valuation_by_side = true;
    (void)snprintf(plan->currency, sizeof plan->currency, "EUR");
    bool sitc = has(h, "sitc06");
    (void)snprintf(plan->classification, sizeof plan->classification, sitc ? "SITC" : "CN");
    return AUTK_OK;
}

/* BACI_HS92_Y2022_V202501.csv: source BACI_HS92_V202501, classification HS92. */
static void plan_baci(autki_plan *plan, const header *h, const char *name)
{
    take_names(plan, h, baci_names);
    plan->value_unit = 1000;
    plan->quantity_unit = 1;
    plan->product_digits = 6;
    plan->side = AUTK_SIDE_RECONCILED;
    plan->valuation = AUTK_VALUATION_FOB;
    (void)snprintf(plan->classification, sizeof plan->classification, "HS");
    (void)snprintf(plan->source, sizeof plan->source, "BACI");
    const char *at = strstr(name, "BACI_HS");
    if (at == NULL)
        return;
    size_t hs = strcspn(at + 5, "_.");
    const char *version = strstr(at, "_V");
    (void)snprintf(plan->classification, sizeof plan->classification, "%.*s", (int)hs, at + 5);
    (void)snprintf(plan->source, sizeof plan->source, "BACI_%.*s%.*s", (int)hs, at + 5,
                   version != NULL ? (int)strcspn(version, ".") : 0,
                   version != NULL ? version : "");
}

static bool is_own(const header *h)
{
    return has(h, "exporter") && has(h, "importer") && has(h, "flow") && has(h, "reported_by") &&
           has(h, "valuation") && has(h, "classification") && has(h, "currency") &&
           has(h, "source");
}

static void copy_span(char *to, size_t size, const autki_span *f)
{
    (void)snprintf(to, size, "%.*s", (int)(f->len < size ? f->len : size - 1), f->text);
}

/* The first row says the source and the currency of all. `text` is copied: splitting unquotes. */
static autk_status plan_own(autki_plan *plan, const header *h, const char *text, size_t len,
                            autk_err *err)
{
    autki_record row = {.field = autki_malloc(AUTKI_FIELDS_MAX, sizeof *row.field)};
    char *copy = autki_strndup(text, len);
    autk_status st = AUTK_OK;
    plan->own = true;
    take_names(plan, h, own_names);
    if (copy == NULL || row.field == NULL)
        st = autki_no_memory(err, len);
    if (st == AUTK_OK && len != 0) {
        autki_record_split(&row, copy, copy + len, plan->delimiter, true);
        if (row.problem == NULL && row.n == h->record.n) {
            copy_span(plan->own_currency, sizeof plan->own_currency,
                      &row.field[plan->column[AUTKI_ROLE_CURRENCY]]);
            copy_span(plan->own_source, sizeof plan->own_source,
                      &row.field[plan->column[AUTKI_ROLE_SOURCE]]);
            (void)snprintf(plan->currency, sizeof plan->currency, "%s", plan->own_currency);
            (void)snprintf(plan->source, sizeof plan->source, "%s", plan->own_source);
        }
    }
    free(copy);
    free(row.field);
    return st;
}

static autk_status check_roles(const autki_plan *plan, const header *h, autk_err *err)
{
    char missing[160] = "";
    size_t used = 0;
    bool sides = plan->column[AUTKI_ROLE_EXPORTER] != AUTKI_NO_COLUMN &&
                 plan->column[AUTKI_ROLE_IMPORTER] != AUTKI_NO_COLUMN;
    bool reports = plan->column[AUTKI_ROLE_REPORTER] != AUTKI_NO_COLUMN &&
                   plan->column[AUTKI_ROLE_PARTNER] != AUTKI_NO_COLUMN &&
                   plan->column[AUTKI_ROLE_FLOW] != AUTKI_NO_COLUMN;
    if (plan->column[AUTKI_ROLE_PERIOD] == AUTKI_NO_COLUMN && !plan->wide &&
        plan->fixed_period == 0)
        used += (size_t)snprintf(missing + used, sizeof missing - used, "year, ");
    if (!sides && !reports)
        used += (size_t)snprintf(missing + used, sizeof missing - used,
                                 "exporter and importer (or reporter, partner and flow), ");
    if (plan->column[AUTKI_ROLE_VALUE] == AUTKI_NO_COLUMN && !plan->wide)
        used += (size_t)snprintf(missing + used, sizeof missing - used, "value, ");
    if (used == 0)
        return AUTK_OK;
    missing[used - 2] = '\0';
    char have[160];
    size_t len = 0;
    have[0] = '\0';
    for (size_t i = 0; i < h->record.n && len < sizeof have; i++)
        len += (size_t)snprintf(have + len, sizeof have - len, "%s%.*s", i == 0 ? "" : ", ",
                                (int)(h->record.field[i].len < 40 ? h->record.field[i].len : 40),
                                h->record.field[i].text);
    return autki_fail_at(err, AUTK_EPARSE, h->source_name, 1, 1,
                         "expected columns for %s (say which with --map), got %.120s", missing,
                         have);
}

static void source_from_name(autki_plan *plan, const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash != NULL ? slash + 1 : name;
    size_t len = strcspn(base, ".");
    (void)snprintf(plan->source, sizeof plan->source, "%.*s", (int)(len < 90 ? len : 90), base);
}

/* @param rows  what follows the header in the first block */
static autk_status apply_format(autki_plan *plan, header *h, const char *name,
                                const autk_import_opts *opts, autki_span rows, autk_err *err)
{
    autk_status st = AUTK_OK;
    plan->format = opts->map != NULL ? AUTK_IMPORT_CSV
                   : opts->format != AUTK_IMPORT_GUESS && opts->format != AUTK_IMPORT_DTA
                       ? opts->format
                       : guess_format(h);
    source_from_name(plan, name);
    plan->value_unit = plan->quantity_unit = 1;
    plan->side = opts->side;
    plan->valuation = opts->valuation;
    (void)snprintf(plan->currency, sizeof plan->currency, "USD");
    if (plan->format == AUTK_IMPORT_BACI)
        plan_baci(plan, h, name);
    else if (plan->format == AUTK_IMPORT_COMTRADE)
        plan_comtrade(plan, h);
    else if (plan->format == AUTK_IMPORT_EUROSTAT || plan->format == AUTK_IMPORT_COMEXT)
        st = plan_eurostat(plan, h, err);
    else if (opts->map != NULL)
        st = take_map(plan, h, opts->map, err);
    else
        take_names(plan, h, long_names);
    if (plan->format == AUTK_IMPORT_CSV && opts->map == NULL && is_own(h))
        st = plan_own(plan, h, rows.text, rows.len, err);
    return st;
}

static void apply_options(autki_plan *plan, const autk_import_opts *opts)
{
    plan->decimal = opts->decimal != '\0' ? opts->decimal : '.';
    plan->thousands = opts->thousands;
    plan->keep_self = opts->keep_self;
    plan->latin1 = opts->latin1;
    plan->first_year = opts->first_year;
    plan->last_year = opts->last_year;
    if (opts->product_digits > 0)
        plan->product_digits = opts->product_digits;
    if (opts->value_unit > 0)
        plan->value_unit = opts->value_unit;
    if (opts->quantity_unit > 0)
        plan->quantity_unit = opts->quantity_unit;
    if (opts->currency != NULL)
        (void)snprintf(plan->currency, sizeof plan->currency, "%s", opts->currency);
    if (opts->classification != NULL)
        (void)snprintf(plan->classification, sizeof plan->classification, "%s",
                       opts->classification);
    if (opts->source != NULL)
        (void)snprintf(plan->source, sizeof plan->source, "%s", opts->source);
}

autk_status autki_plan_make(autki_plan *out, size_t *header_len, const autki_block *block,
                            const char *name, const autk_import_opts *opts, autk_err *err)
{
    autki_plan plan = {.quotes = true};
    header h = {.source_name = name};
    for (int r = 0; r < AUTKI_ROLE_COUNT; r++)
        plan.column[r] = plan.fallback[r] = AUTKI_NO_COLUMN;
    const char *stop = block->len != 0 ? memchr(block->text, '\n', block->len) : NULL;
    size_t len = stop != NULL ? (size_t)(stop - block->text) + 1 : block->len;
    if (len == 0)
        return autki_fail_at(err, AUTK_EPARSE, name, 1, 1,
                             "expected a header line, got an empty file");
    h.copy = autki_strndup(block->text, len);
    h.record.field = autki_malloc(AUTKI_FIELDS_MAX, sizeof *h.record.field);
    autk_status st = AUTK_OK;
    if (h.copy == NULL || h.record.field == NULL)
        st = autki_no_memory(err, len);
    plan.delimiter = opts->delimiter != '\0' ? opts->delimiter : guess_delimiter(block->text, len);
    if (st == AUTK_OK) {
        autki_record_split(&h.record, h.copy, h.copy + len, plan.delimiter, true);
        if (h.record.problem != NULL)
            st = autki_fail_at(err, AUTK_EPARSE, name, 1, h.record.problem_at - h.copy + 1,
                               "expected %s", h.record.problem);
        plan.n_fields = h.record.n;
    }
    if (st == AUTK_OK)
        st = apply_format(&plan, &h, name, opts,
                          (autki_span){block->text + len, (uint32_t)(block->len - len)}, err);
    if (st == AUTK_OK)
        st = check_roles(&plan, &h, err);
    free(h.copy);
    free(h.record.field);
    if (st != AUTK_OK) {
        autki_plan_deinit(&plan);
        return st;
    }
    apply_options(&plan, opts);
    *out = plan;
    *header_len = len;
    return AUTK_OK;
}
