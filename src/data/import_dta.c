#include "data/import_dta.h"

#include <autarky/table.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/import_stream.h"

#define ROWS_A_PIECE 16384
#define PIECE_BYTES_MAX ((size_t)1 << 28)

typedef struct dta_source {
    FILE *file;
    char *name;
    autk_buf *text; /* CSV to hand out, borrowed */
    long next_row, n_rows;
    int n_variables;
    bool started;
} dta_source;

static int take_metadata(readstat_metadata_t *metadata, void *ctx)
{
    dta_source *s = ctx;
    s->n_variables = readstat_get_var_count(metadata);
    /* With an offset and a limit, ReadStat tells the rows of the piece. */
    if (!s->started)
        s->n_rows = readstat_get_row_count(metadata);
    return READSTAT_HANDLER_OK;
}

static int take_variable(int index, readstat_variable_t *variable, const char *labels, void *ctx)
{
    dta_source *s = ctx;
    (void)labels;
    if (s->started)
        return READSTAT_HANDLER_OK;
    if (index > 0)
        autk_buf_putc(s->text, ',');
    autk_format_csv_text(s->text, autki_dta_name(variable));
    if (index + 1 == s->n_variables)
        autk_buf_putc(s->text, '\n');
    return READSTAT_HANDLER_OK;
}

static int take_value(int row, readstat_variable_t *variable, readstat_value_t value, void *ctx)
{
    dta_source *s = ctx;
    int index = readstat_variable_get_index(variable);
    (void)row;
    if (index > 0)
        autk_buf_putc(s->text, ',');
    if (!readstat_value_is_missing(value, variable)) {
        if (readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING) {
            const char *text = readstat_string_value(value);
            autk_format_csv_text(s->text, text != NULL ? text : "");
        } else {
            autk_format_double(s->text, readstat_double_value(value));
        }
    }
    if (index + 1 == s->n_variables)
        autk_buf_putc(s->text, '\n');
    bool good = s->text->status == AUTK_OK && s->text->len <= PIECE_BYTES_MAX;
    return good ? READSTAT_HANDLER_OK : READSTAT_HANDLER_ABORT;
}

static autk_status parse(dta_source *s, autk_err *err)
{
    readstat_parser_t *parser = autki_dta_parser(s->file);
    if (parser == NULL)
        return autki_no_memory(err, 1);
    readstat_set_metadata_handler(parser, take_metadata);
    readstat_set_variable_handler(parser, take_variable);
    if (s->started) {
        readstat_set_value_handler(parser, take_value);
        readstat_set_row_offset(parser, s->next_row);
        readstat_set_row_limit(parser, ROWS_A_PIECE);
    }
    readstat_error_t code = readstat_parse_dta(parser, s->name, s);
    readstat_parser_free(parser);
    autk_status st = autk_buf_check(s->text, err);
    if (st == AUTK_OK && s->text->len > PIECE_BYTES_MAX)
        return autki_fail_at(err, AUTK_ELIMIT, s->name, 0, 0,
                             "expected %d rows of at most %zu bytes, got more", ROWS_A_PIECE,
                             PIECE_BYTES_MAX);
    return st == AUTK_OK && code != READSTAT_OK ? autki_dta_failed(code, s->name, err) : st;
}

/* Header and row count first, then piece after piece. */
static autk_status produce(void *user, autk_buf *text, bool *done, autk_err *err)
{
    dta_source *s = user;
    s->text = text;
    autk_status st = parse(s, err);
    if (s->started)
        s->next_row += ROWS_A_PIECE;
    s->started = true;
    *done = s->next_row >= s->n_rows;
    return st;
}

static void close_dta(void *user)
{
    dta_source *s = user;
    (void)fclose(s->file);
    free(s->name);
    free(s);
}

autk_status autki_dta_as_csv(autk_input **out, FILE *file, const char *name, autk_err *err)
{
    dta_source *s = autki_calloc(1, sizeof *s);
    if (s == NULL) {
        (void)fclose(file);
        return autki_no_memory(err, sizeof *s);
    }
    s->file = file;
    s->name = autki_strdup(name);
    autk_status st = s->name != NULL ? AUTK_OK : autki_no_memory(err, strlen(name));
    if (st == AUTK_OK)
        st = autki_stream_create(out, name, produce, close_dta, s, err);
    if (st != AUTK_OK)
        close_dta(s);
    return st;
}
