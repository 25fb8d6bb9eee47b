#include "data/import_codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/csv.h"

#define CODES_MAX ((size_t)65535)
#define PRODUCTS_MAX ((size_t)65535) /* of one import: they are held as 16 bits */

void autki_codes_init(autki_codes *c, const autk_import_opts *opts)
{
    *c = (autki_codes){.opts = opts};
    autki_dict_init(&c->countries, CODES_MAX);
    autki_dict_init(&c->product_table, (size_t)1 << 20);
    autki_dict_init(&c->texts, CODES_MAX);
    autki_dict_init(&c->economies, CODES_MAX);
    autki_dict_init(&c->products, PRODUCTS_MAX);
}

void autki_codes_deinit(autki_codes *c)
{
    for (size_t i = 0; i < c->product_table.n; i++)
        free(c->product_name[i]);
    free(c->product_name);
    free(c->country);
    free(c->meaning);
    free(c->economy);
    autki_dict_deinit(&c->countries);
    autki_dict_deinit(&c->product_table);
    autki_dict_deinit(&c->texts);
    autki_dict_deinit(&c->economies);
    autki_dict_deinit(&c->products);
}

void autki_codes_clear(autki_codes *c)
{
    autki_dict_clear(&c->texts);
    autki_dict_clear(&c->economies);
    autki_dict_clear(&c->products);
}

/* ------------------------------------------------------------------ code tables */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

bool autki_is_code_table(const char *name)
{
    const char *base = base_name(name);
    return strncmp(base, "country_codes", 13) == 0 || strncmp(base, "product_codes", 13) == 0;
}

static void copy_field(char *to, size_t size, const autki_field *f)
{
    (void)snprintf(to, size, "%.*s", (int)(f->len < size ? f->len : size - 1), f->text);
}

static autk_status add_country(autki_codes *c, const autki_field *code, const autki_field *iso3,
                               const autki_field *name, autk_err *err)
{
    uint32_t id;
    bool added = false;
    autk_status st = autki_grow(&c->country, &c->country_capacity, c->countries.n + 1,
                                sizeof *c->country, CODES_MAX + 1, err);
    if (st == AUTK_OK)
        st = autki_dict_intern(&id, &c->countries, code->text, code->len, &added, err);
    if (st != AUTK_OK || !added)
        return st;
    autk_resolved *r = &c->country[id];
    *r = (autk_resolved){.kind = AUTK_IS_ECONOMY};
    /* Tables write N/A where ISO has no code. */
    bool known = iso3->len == 3;
    copy_field(r->code, sizeof r->code, known ? iso3 : code);
    copy_field(r->name, sizeof r->name, name);
    return AUTK_OK;
}

static autk_status add_product_name(autki_codes *c, const autki_field *code,
                                    const autki_field *name, autk_err *err)
{
    uint32_t id;
    bool added = false;
    char padded[8];
    autki_field f = *code;
    if (code->len == 5) { /* tables lose the leading zero as easily as the data do */
        (void)snprintf(padded, sizeof padded, "0%.5s", code->text);
        f = (autki_field){.text = padded, .len = 6};
    }
    char *copy = autki_strndup(name->text, name->len);
    autk_status st = copy != NULL ? AUTK_OK : autki_no_memory(err, name->len);
    if (st == AUTK_OK)
        st = autki_grow(&c->product_name, &c->product_capacity, c->product_table.n + 1,
                        sizeof *c->product_name, (size_t)1 << 20, err);
    if (st == AUTK_OK)
        st = autki_dict_intern(&id, &c->product_table, f.text, f.len, &added, err);
    if (st == AUTK_OK && added)
        c->product_name[id] = copy;
    else
        free(copy);
    return st;
}

static autk_status read_countries(autki_codes *c, autki_csv *csv, autk_err *err)
{
    static const char *const names[] = {"country_code", "?country_iso3", "?iso_3digit_alpha",
                                        "?country_name", "?country_name_full"};
    size_t at[5], n = 1;
    autk_status st = autki_csv_header(csv, names, 5, at, err);
    size_t iso3 = at[1] != SIZE_MAX ? at[1] : at[2];
    size_t name = at[3] != SIZE_MAX ? at[3] : at[4];
    if (st == AUTK_OK && iso3 == SIZE_MAX)
        st = autki_fail_at(err, AUTK_EPARSE, "country_codes", 1, 1,
                           "expected a column \"country_iso3\", got a table without it");
    const autki_field *f;
    while (st == AUTK_OK && (st = autki_csv_next(csv, &f, &n, err)) == AUTK_OK && n != 0) {
        if (at[0] >= n || iso3 >= n || (name != SIZE_MAX && name >= n))
            return autki_fail_at(err, AUTK_EPARSE, "country_codes", autki_csv_line(csv), 1,
                                 "expected as many fields as the header has, got %zu", n);
        st = add_country(c, &f[at[0]], &f[iso3], name != SIZE_MAX ? &f[name] : &f[iso3], err);
    }
    return st;
}

static autk_status read_products(autki_codes *c, autki_csv *csv, autk_err *err)
{
    static const char *const names[] = {"code", "description"};
    size_t at[2], n = 1;
    autk_status st = autki_csv_header(csv, names, 2, at, err);
    const autki_field *f;
    while (st == AUTK_OK && (st = autki_csv_next(csv, &f, &n, err)) == AUTK_OK && n != 0) {
        if (at[0] >= n || at[1] >= n)
            return autki_fail_at(err, AUTK_EPARSE, "product_codes", autki_csv_line(csv), 1,
                                 "expected as many fields as the header has, got %zu", n);
        st = add_product_name(c, &f[at[0]], &f[at[1]], err);
    }
    return st;
}

autk_status autki_codes_read_table(autki_codes *c, autk_input *input, autk_err *err)
{
    autki_csv *csv = NULL;
    autk_status st = autki_csv_create(&csv, input, NULL, err);
    if (st != AUTK_OK)
        return st;
    bool countries = strncmp(base_name(autk_input_name(input)), "country", 7) == 0;
    st = countries ? read_countries(c, csv, err) : read_products(c, csv, err);
    autki_csv_free(csv);
    return st;
}

/* ------------------------------------------------------------------ economies */

/* What is no economy, whatever the source. */
static autk_economy_kind kind_of(const char *text)
{
    static const char *const world[] = {"WLD", "W00", "World", "WORLD", "0", NULL};
    static const char *const unspecified[] = {
        "_X", "X1", "XX", "Areas, nes", "Bunkers", "Free Zones", "899", "837", "838", "839", NULL};
    for (const char *const *w = world; *w != NULL; w++) {
        if (strcmp(*w, text) == 0)
            return AUTK_IS_WORLD;
    }
    for (const char *const *u = unspecified; *u != NULL; u++) {
        if (strcmp(*u, text) == 0)
            return AUTK_IS_UNSPECIFIED;
    }
    if (strcmp(text, "ROW") == 0 || strcmp(text, "RoW") == 0)
        return AUTK_IS_GROUP;
    /* EU27_2020, EXT_EU27_2020, EA20; QP … QZ are Eurostat's unspecified areas. */
    if (strncmp(text, "EXT_", 4) == 0 || strncmp(text, "INT_", 4) == 0 ||
        strncmp(text, "EU27", 4) == 0 || strncmp(text, "EU28", 4) == 0 ||
        strncmp(text, "EA1", 3) == 0 || strncmp(text, "EA2", 3) == 0)
        return AUTK_IS_GROUP;
    if (strlen(text) == 2 && text[0] == 'Q' && text[1] >= 'P' && text[1] <= 'Z')
        return AUTK_IS_UNSPECIFIED;
    return AUTK_IS_ECONOMY;
}

bool autki_codes_resolve(autk_resolved *out, const autki_codes *c, const char *text, int year)
{
    *out = (autk_resolved){.kind = kind_of(text)};
    (void)snprintf(out->code, sizeof out->code, "%s", text);
    (void)snprintf(out->name, sizeof out->name, "%s", text);
    if (out->kind == AUTK_IS_WORLD) {
        (void)snprintf(out->code, sizeof out->code, "WLD");
        (void)snprintf(out->name, sizeof out->name, "World");
    }
    if (out->kind != AUTK_IS_ECONOMY)
        return true;
    uint32_t id;
    bool in_table = autki_dict_find(&id, &c->countries, text, strlen(text));
    if (in_table)
        *out = c->country[id];
    autk_resolved by_caller = {.kind = AUTK_IS_ECONOMY};
    if (c->opts->resolve != NULL) {
        if (c->opts->resolve(&by_caller, c->opts->resolve_user, in_table ? out->code : text, year))
            *out = by_caller;
        else if (!in_table)
            return false;
    } else if (strlen(text) >= sizeof out->code && !in_table) {
        return false; /* a name, and nobody to ask what it means */
    }
    return true;
}

static autk_status enter_resolved(uint32_t *economy, autki_codes *c, const autk_resolved *r,
                                  autk_err *err)
{
    bool added = false;
    autk_status st = autki_grow(&c->economy, &c->economy_capacity, c->economies.n + 1,
                                sizeof *c->economy, CODES_MAX + 1, err);
    if (st == AUTK_OK)
        st = autki_dict_intern(economy, &c->economies, r->code, strlen(r->code), &added, err);
    if (st == AUTK_OK && added)
        c->economy[*economy] = *r;
    return st;
}

autk_status autki_codes_economy(uint32_t *economy, autki_codes *c, const char *text, int32_t period,
                                autk_err *err)
{
    uint32_t id;
    bool added = false;
    autk_status st = autki_grow(&c->meaning, &c->meaning_capacity, c->texts.n + 1,
                                sizeof *c->meaning, CODES_MAX + 1, err);
    if (st == AUTK_OK)
        st = autki_dict_intern(&id, &c->texts, text, strlen(text), &added, err);
    if (st != AUTK_OK)
        return st;
    if (added) {
        autk_resolved r;
        c->meaning[id] = AUTKI_NO_ECONOMY;
        if (autki_codes_resolve(&r, c, text, period > 9999 ? period / 100 : period))
            st = enter_resolved(&c->meaning[id], c, &r, err);
        if (st != AUTK_OK)
            return st;
    }
    *economy = c->meaning[id];
    return AUTK_OK;
}

autk_status autki_codes_product(uint32_t *product, autki_codes *c, const char *text, autk_err *err)
{
    bool added;
    return autki_dict_intern(product, &c->products, text, strlen(text), &added, err);
}

/* ------------------------------------------------------------------ into the dataset */

typedef struct named {
    const char *code;
    uint32_t number;
} named;

static int by_code(const void *a, const void *b)
{
    return strcmp(((const named *)a)->code, ((const named *)b)->code);
}

static autk_status sorted(named **out, const autki_dict *dict, autk_err *err)
{
    named *list = autki_malloc(dict->n, sizeof *list);
    if (list == NULL)
        return autki_no_memory(err, dict->n * sizeof *list);
    for (size_t i = 0; i < dict->n; i++)
        list[i] = (named){autki_dict_text(dict, i), (uint32_t)i};
    qsort(list, dict->n, sizeof *list, by_code);
    *out = list;
    return AUTK_OK;
}

static autk_status enter_economies(uint32_t *ids, autki_codes *c, autk_dataset *d, autk_err *err)
{
    named *list = NULL;
    autk_status st = sorted(&list, &c->economies, err);
    for (size_t i = 0; st == AUTK_OK && i < c->economies.n; i++) {
        const autk_resolved *r = &c->economy[list[i].number];
        st = autki_dataset_intern_economy(&ids[list[i].number], d, r->code, r->name, r->kind, err);
    }
    free(list);
    return st;
}

static const char *name_of_product(const autki_codes *c, const char *code)
{
    uint32_t id;
    return autki_dict_find(&id, &c->product_table, code, strlen(code)) ? c->product_name[id] : "";
}

const char *autki_product_code(const char *kept)
{
    const char *end = strchr(kept, AUTKI_CLASS_END);
    return end != NULL ? end + 1 : kept;
}

autk_status autki_intern_product(uint32_t *id, bool *added, autki_dict *dict,
                                 const char *classification, const char *code, autk_err *err)
{
    autk_buf key;
    autk_buf_init(&key);
    autk_buf_printf(&key, "%s%c%s", classification, AUTKI_CLASS_END, code);
    autk_status st = autk_buf_check(&key, err);
    if (st == AUTK_OK)
        st = autki_dict_intern(id, dict, key.text, key.len, added, err);
    autk_buf_deinit(&key);
    return st;
}

/* The id of a product of the import; `known` has the dataset's products, position for id. */
static autk_status enter_product(uint32_t *id, autki_dict *known, const autki_codes *c,
                                 autk_dataset *d, const char *kept, const char *classification,
                                 autk_err *err)
{
    char own[AUTKI_CLASSIFICATION_BYTES + 1];
    const char *code = autki_product_code(kept);
    uint32_t added_id;
    bool added = false;
    if (code != kept) {
        (void)snprintf(own, sizeof own, "%.*s", (int)(code - kept - 1), kept);
        classification = own;
    }
    autk_status st = autki_intern_product(id, &added, known, classification, code, err);
    if (st == AUTK_OK && added)
        st = autki_dataset_add_product(&added_id, d, classification, code, name_of_product(c, code),
                                       err);
    return st;
}

static autk_status enter_products(uint32_t *ids, autki_codes *c, autk_dataset *d,
                                  const char *classification, autk_err *err)
{
    autki_dict known;
    named *list = NULL;
    uint32_t id;
    bool added;
    autki_dict_init(&known, (size_t)1 << 20);
    autk_status st = sorted(&list, &c->products, err);
    for (size_t i = 0; st == AUTK_OK && i < d->n_products; i++)
        st = autki_intern_product(&id, &added, &known, d->products[i].classification,
                                  d->products[i].code, err);
    for (size_t i = 0; st == AUTK_OK && i < c->products.n; i++)
        st = enter_product(&ids[list[i].number], &known, c, d, list[i].code, classification, err);
    free(list);
    autki_dict_deinit(&known);
    return st;
}

autk_status autki_codes_enter(uint32_t **economy_ids, uint32_t **product_ids, autki_codes *c,
                              autk_dataset *d, const char *classification, autk_err *err)
{
    uint32_t *economies = autki_malloc(c->economies.n, sizeof *economies);
    uint32_t *products = autki_malloc(c->products.n, sizeof *products);
    autk_status st = AUTK_OK;
    if (economies == NULL || products == NULL)
        st = autki_no_memory(err, c->economies.n * sizeof *economies);
    if (st == AUTK_OK)
        st = enter_economies(economies, c, d, err);
    if (st == AUTK_OK)
        st = enter_products(products, c, d, classification, err);
    if (st != AUTK_OK) {
        free(economies);
        free(products);
        return st;
    }
    *economy_ids = economies;
    *product_ids = products;
    return AUTK_OK;
}
