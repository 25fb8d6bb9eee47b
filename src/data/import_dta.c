#include "data/import_dta.h"

#include <autarky/table.h>
#include <readstat.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

#define ROWS_A_PIECE 16384

typedef struct dta_source {
    char *path;
    autk_buf text;
    size_t given;
    long next_row, n_rows;
    int n_variables;
    bool started;
} dta_source;

bool autki_is_dta(const char *path, const char *head, size_t len)
{
    size_t n = strlen(path);
    return (n > 4 && strcmp(path + n - 4, ".dta") == 0) ||
           (len >= 11 && memcmp(head, "<stata_dta>", 11) == 0);
}

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
        autk_buf_putc(&s->text, ',');
    autk_format_csv_text(&s->text, readstat_variable_get_name(variable));
    if (index + 1 == s->n_variables)
        autk_buf_putc(&s->text, '\n');
    return READSTAT_HANDLER_OK;
}

static int take_value(int row, readstat_variable_t *variable, readstat_value_t value, void *ctx)
{
    dta_source *s = ctx;
    int index = readstat_variable_get_index(variable);
    (void)row;
    if (index > 0)
        autk_buf_putc(&s->text, ',');
    if (!readstat_value_is_missing(value, variable)) {
        if (readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING) {
            const char *text = readstat_string_value(value);
            autk_format_csv_text(&s->text, text != NULL ? text : "");
        } else {
            autk_format_double(&s->text, readstat_double_value(value));
        }
    }
    if (index + 1 == s->n_variables)
        autk_buf_putc(&s->text, '\n');
    return s->text.status == AUTK_OK ? READSTAT_HANDLER_OK : READSTAT_HANDLER_ABORT;
}

static void be_silent(const char *message, void *ctx)
{
    (void)message;
    (void)ctx;
}

/* Header and row count first, then piece after piece. */
static autk_status read_piece(dta_source *s, autk_err *err)
{
    autk_buf_clear(&s->text);
    s->given = 0;
    readstat_parser_t *parser = readstat_parser_init();
    if (parser == NULL)
        return autki_no_memory(err, 1);
    readstat_set_error_handler(parser, be_silent);
    readstat_set_metadata_handler(parser, take_metadata);
    readstat_set_variable_handler(parser, take_variable);
    if (s->started) {
        readstat_set_value_handler(parser, take_value);
        readstat_set_row_offset(parser, s->next_row);
        readstat_set_row_limit(parser, ROWS_A_PIECE);
    }
    readstat_error_t code = readstat_parse_dta(parser, s->path, s);
    readstat_parser_free(parser);
    autk_status st = autk_buf_check(&s->text, err);
    if (st == AUTK_OK && code != READSTAT_OK)
        st = autki_fail_at(err,
                           code == READSTAT_ERROR_MALLOC ? AUTK_ENOMEM
                           : code == READSTAT_ERROR_OPEN ? AUTK_EIO
                                                         : AUTK_EPARSE,
                           s->path, 0, 0, "cannot be read as a Stata file: %s",
                           readstat_error_message(code));
    if (s->started)
        s->next_row += ROWS_A_PIECE;
    s->started = true;
    return st;
}

static autk_status read_dta(void *user, char *bytes, size_t size, size_t *got, autk_err *err)
{
    dta_source *s = user;
    while (s->given == s->text.len && (!s->started || s->next_row < s->n_rows)) {
        autk_status st = read_piece(s, err);
        if (st != AUTK_OK)
            return st;
    }
    size_t left = s->text.len - s->given;
    *got = left < size ? left : size;
    if (*got != 0)
        memcpy(bytes, s->text.text + s->given, *got);
    s->given += *got;
    return AUTK_OK;
}

static void close_dta(void *user)
{
    dta_source *s = user;
    autk_buf_deinit(&s->text);
    free(s->path);
    free(s);
}

autk_status autki_dta_as_csv(autk_input **out, const char *path, autk_err *err)
{
    dta_source *s = autki_calloc(1, sizeof *s);
    if (s == NULL)
        return autki_no_memory(err, sizeof *s);
    s->path = autki_strdup(path);
    autk_status st = s->path != NULL ? AUTK_OK : autki_no_memory(err, strlen(path));
    if (st == AUTK_OK)
        st = autk_input_custom(out, path, read_dta, close_dta, s, err);
    if (st != AUTK_OK)
        close_dta(s);
    return st;
}
