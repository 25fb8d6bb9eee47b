/* Stata's .dta through ReadStat. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/dta_file.h"
#include "data/frame_internal.h"

typedef struct reading {
    autki_frame *frame; /* NULL when only the names are wanted */
    int32_t *slot;      /* [n_names] wanted column of a variable, -1 = none */
    char **names;       /* [n_names] each owned */
    size_t n_names, names_capacity, slot_capacity, rows_capacity;
    const char *path;
    autk_status status;
    autk_err err;
    char text[40];
} reading;

static int keep_status(reading *r, autk_status st)
{
    r->status = st;
    return st == AUTK_OK ? READSTAT_HANDLER_OK : READSTAT_HANDLER_ABORT;
}

static int take_variable(int index, readstat_variable_t *variable, const char *labels, void *ctx)
{
    reading *r = ctx;
    (void)labels;
    const char *name = autki_dta_name(variable);
    autk_status st = autki_grow(&r->names, &r->names_capacity, (size_t)index + 1, sizeof *r->names,
                                65536, &r->err);
    if (st == AUTK_OK)
        st = autki_grow(&r->slot, &r->slot_capacity, (size_t)index + 1, sizeof *r->slot, 65536,
                        &r->err);
    if (st != AUTK_OK)
        return keep_status(r, st);
    r->names[index] = autki_strdup(name);
    if (r->names[index] == NULL)
        return keep_status(r, autki_no_memory(&r->err, strlen(name)));
    r->n_names = (size_t)index + 1;
    size_t k = r->frame != NULL ? autki_frame_find(r->frame, name) : SIZE_MAX;
    r->slot[index] = k == SIZE_MAX ? -1 : (int32_t)k;
    if (k == SIZE_MAX)
        return READSTAT_HANDLER_SKIP_VARIABLE;
    if (r->frame->columns[k].kind == AUTKI_NUMBER &&
        readstat_variable_get_type_class(variable) != READSTAT_TYPE_CLASS_NUMERIC)
        return keep_status(r, autki_fail_at(&r->err, AUTK_EPARSE, r->path, 0, 0,
                                            "expected numbers in %s, got text", name));
    return READSTAT_HANDLER_OK;
}

/* A number as the text that a factor level has. */
static const char *number_text(reading *r, double v)
{
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(r->text, sizeof r->text, "%.*g", digits, v);
        if (strtod(r->text, NULL) == v)
            break;
    }
    return r->text;
}

static int take_value(int row, readstat_variable_t *variable, readstat_value_t value, void *ctx)
{
    reading *r = ctx;
    int32_t k = r->slot[readstat_variable_get_index(variable)];
    if (k < 0)
        return READSTAT_HANDLER_OK;
    size_t at = (size_t)row;
    autk_status st = autki_frame_reserve(r->frame, &r->rows_capacity, at + 1, &r->err);
    if (st != AUTK_OK)
        return keep_status(r, st);
    if (r->frame->n_rows < at + 1)
        r->frame->n_rows = at + 1;
    autki_frame_column *c = &r->frame->columns[k];
    bool missing = readstat_value_is_missing(value, variable) != 0;
    bool text = readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING;
    if (c->kind == AUTKI_NUMBER) {
        c->number[at] = missing || text ? NAN : readstat_double_value(value);
        return READSTAT_HANDLER_OK;
    }
    c->code[at] = -1;
    const char *level = missing ? NULL
                        : text  ? readstat_string_value(value)
                                : number_text(r, readstat_double_value(value));
    if (level != NULL && level[0] != '\0')
        st = autki_dictionary_code(&c->levels, level, strlen(level), &c->code[at], &r->err);
    return keep_status(r, st);
}

static autk_status parse_file(reading *r, FILE *file, bool values, autk_err *err)
{
    readstat_parser_t *parser = autki_dta_parser(file);
    if (parser == NULL)
        return autki_fail(err, AUTK_ENOMEM, "out of memory for the reader of Stata files");
    readstat_set_variable_handler(parser, take_variable);
    if (values)
        readstat_set_value_handler(parser, take_value);
    readstat_error_t code = readstat_parse_dta(parser, r->path, r);
    readstat_parser_free(parser);
    if (r->status != AUTK_OK) {
        if (err != NULL)
            *err = r->err;
        return r->status;
    }
    return code == READSTAT_OK ? AUTK_OK : autki_dta_failed(code, r->path, err);
}

static autk_status parse(reading *r, bool values, autk_err *err)
{
    autk_input *input = NULL;
    FILE *file = NULL;
    autk_status st = autk_input_open(&input, r->path, err);
    if (st == AUTK_OK)
        st = autki_dta_open(&file, r->path, input, "/tmp", err);
    autk_input_free(input);
    if (st != AUTK_OK)
        return st;
    st = parse_file(r, file, values, err);
    (void)fclose(file);
    return st;
}

static void deinit(reading *r)
{
    for (size_t i = 0; i < r->n_names; i++)
        free(r->names[i]);
    free(r->names);
    free(r->slot);
}

/* Every wanted column that no variable filled is missing. */
static autk_status check_columns(const reading *r, autk_err *err)
{
    for (size_t k = 0; k < r->frame->n_columns; k++) {
        size_t i = 0;
        while (i < r->n_names && r->slot[i] != (int32_t)k)
            i++;
        if (i == r->n_names)
            return autki_frame_no_column(r->path, r->frame->columns[k].name,
                                         (const char *const *)r->names, r->n_names, err);
    }
    return AUTK_OK;
}

autk_status autki_frame_read_dta(autki_frame **out, const char *path, const autki_wanted *wanted,
                                 size_t n_wanted, autk_err *err)
{
    reading r = {.path = path};
    autk_status st = autki_frame_create(&r.frame, path, wanted, n_wanted, err);
    if (st != AUTK_OK)
        return st;
    st = parse(&r, true, err);
    if (st == AUTK_OK)
        st = check_columns(&r, err);
    deinit(&r);
    if (st == AUTK_OK)
        *out = r.frame;
    else
        autki_frame_free(r.frame);
    return st;
}

autk_status autki_frame_names_dta(char ***names, size_t *n_names, const char *path, autk_err *err)
{
    reading r = {.path = path};
    autk_status st = parse(&r, false, err);
    if (st == AUTK_OK)
        st = autki_pack_names(names, (const char *const *)r.names, r.n_names, err);
    if (st == AUTK_OK)
        *n_names = r.n_names;
    deinit(&r);
    return st;
}
