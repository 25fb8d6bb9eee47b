#include "gravity/eval.h"

#include <autarky/table.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"

autk_status autki_want(autki_wants *wants, const char *name, autki_kind kind, autk_err *err)
{
    for (size_t i = 0; i < wants->n; i++) {
        if (strcmp(wants->items[i].name, name) == 0) {
            if (kind == AUTKI_FACTOR)
                wants->items[i].kind = kind;
            return AUTK_OK;
        }
    }
    autk_status st =
        autki_grow(&wants->items, &wants->capacity, wants->n + 1, sizeof *wants->items, 4096, err);
    if (st == AUTK_OK)
        wants->items[wants->n++] = (autki_wanted){.name = name, .kind = kind};
    return st;
}

static bool is_equality(const autki_node *node)
{
    return node->op == AUTKI_OP_EQUAL || node->op == AUTKI_OP_NOT_EQUAL;
}

/* == and != compare texts when one side is a text, or when both are columns. */
static bool compares_texts(const autki_formula *f, const autki_node *node)
{
    if (!is_equality(node))
        return false;
    autki_op a = f->nodes[node->left].op, b = f->nodes[node->right].op;
    return a == AUTKI_OP_TEXT || b == AUTKI_OP_TEXT || (a == AUTKI_OP_NAME && b == AUTKI_OP_NAME);
}

autk_status autki_want_node(autki_wants *wants, const autki_formula *f, int32_t at, autk_err *err)
{
    const autki_node *node = &f->nodes[at];
    autk_status st = AUTK_OK;
    if (node->op == AUTKI_OP_NAME)
        return autki_want(wants, autki_formula_text(f, node->text), AUTKI_NUMBER, err);
    bool texts = compares_texts(f, node);
    const int32_t sides[2] = {node->left, node->right};
    for (int k = 0; st == AUTK_OK && k < 2; k++) {
        if (sides[k] < 0)
            continue;
        const autki_node *side = &f->nodes[sides[k]];
        if (texts && side->op == AUTKI_OP_NAME)
            st = autki_want(wants, autki_formula_text(f, side->text), AUTKI_FACTOR, err);
        else if (!texts || side->op != AUTKI_OP_TEXT)
            st = autki_want_node(wants, f, sides[k], err);
    }
    return st;
}

autk_status autki_want_keys(autki_wants *wants, const autki_formula *f, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t k = 0; st == AUTK_OK && k < f->n_effects; k++) {
        for (int32_t i = 0; st == AUTK_OK && i < f->effects[k].n_names; i++)
            st =
                autki_want(wants, autki_formula_text(f, f->effects[k].names[i]), AUTKI_FACTOR, err);
    }
    return st;
}

/* ---- binding ---- */

static autk_status text_as_number(const autki_frame *frame, size_t k, int32_t code, autk_err *err)
{
    const autki_frame_column *c = &frame->columns[k];
    int64_t line = 0;
    for (size_t r = 0; r < frame->n_rows && line == 0 && frame->row_is_line; r++)
        line = c->code[r] == code ? (int64_t)r + 2 : 0;
    return autki_fail_at(err, AUTK_EPARSE, frame->source, line, 0,
                         "expected %s as a finite number, got \"%.60s\"; i(%s) makes dummies",
                         c->name, autki_dictionary_text(&c->levels, code), c->name);
}

/* Numbers of a factor's levels, once. */
static autk_status number_levels(autki_eval *e, size_t k, autk_err *err)
{
    const autki_frame_column *c = &e->frame->columns[k];
    if (c->kind == AUTKI_NUMBER || e->level_value[k] != NULL)
        return AUTK_OK;
    double *value = autki_malloc((size_t)c->levels.n_levels, sizeof *value);
    if (value == NULL)
        return autki_no_memory(err, (size_t)c->levels.n_levels * sizeof *value);
    e->level_value[k] = value;
    for (int32_t code = 0; code < c->levels.n_levels; code++) {
        const char *text = autki_dictionary_text(&c->levels, code);
        value[code] = NAN;
        if (!autki_parse_double(text, strlen(text), &value[code]) && strcmp(text, "NA") != 0 &&
            strcmp(text, "NaN") != 0 && strcmp(text, ".") != 0)
            return text_as_number(e->frame, k, code, err);
    }
    return AUTK_OK;
}

static autk_status bind_name(autki_eval *e, int32_t at, bool as_number, autk_err *err)
{
    const char *name = autki_formula_text(e->f, e->f->nodes[at].text);
    size_t k = autki_frame_find(e->frame, name);
    if (k == SIZE_MAX)
        return autki_fail(err, AUTK_EINTERNAL, "column %s was not read", name);
    e->column[at] = (int32_t)k;
    return as_number ? number_levels(e, k, err) : AUTK_OK;
}

static autk_status bind_text(autki_eval *e, int32_t name, int32_t text, autk_err *err)
{
    const autki_node *node = &e->f->nodes[text];
    if (e->f->nodes[name].op != AUTKI_OP_NAME)
        return autki_fail_at(err, AUTK_EARG, "formula", 1, node->column,
                             "expected a column beside a text");
    const autki_frame_column *c = &e->frame->columns[e->column[name]];
    const char *want = autki_formula_text(e->f, node->text);
    e->code[text] = autki_dictionary_find(&c->levels, want, strlen(want));
    if (e->code[text] < 0)
        return autki_fail_at(err, AUTK_ENOTFOUND, e->frame->source, 0, 0,
                             "expected a level of %s, got \"%s\", which no row has", c->name, want);
    return AUTK_OK;
}

static autk_status match_codes(autki_eval *e, int32_t at, autk_err *err)
{
    const autki_node *node = &e->f->nodes[at];
    const autki_dictionary *left = &e->frame->columns[e->column[node->left]].levels;
    const autki_dictionary *right = &e->frame->columns[e->column[node->right]].levels;
    int32_t *match = autki_malloc((size_t)right->n_levels, sizeof *match);
    autki_dictionary copy = {0};
    if (match == NULL)
        return autki_no_memory(err, (size_t)right->n_levels * sizeof *match);
    e->match[at] = match;
    autk_status st = AUTK_OK;
    int32_t code;
    /* A dictionary of the left's texts, in their order, answers each of the right's at once. */
    for (int32_t c = 0; st == AUTK_OK && c < left->n_levels; c++) {
        const char *text = autki_dictionary_text(left, c);
        st = autki_dictionary_code(&copy, text, strlen(text), &code, err);
    }
    for (int32_t c = 0; st == AUTK_OK && c < right->n_levels; c++) {
        const char *text = autki_dictionary_text(right, c);
        st = autki_dictionary_code(&copy, text, strlen(text), &match[c], err);
    }
    autki_dictionary_deinit(&copy);
    return st;
}

static autk_status bind_node(autki_eval *e, int32_t at, autk_err *err)
{
    const autki_formula *f = e->f;
    const autki_node *node = &f->nodes[at];
    if (node->op == AUTKI_OP_NAME)
        return bind_name(e, at, true, err);
    if (node->op == AUTKI_OP_TEXT)
        return autki_fail_at(err, AUTK_EARG, "formula", 1, node->column,
                             "expected a number or a column, got a text");
    autk_status st = AUTK_OK;
    if (!compares_texts(f, node)) {
        if (node->left >= 0)
            st = bind_node(e, node->left, err);
        if (st == AUTK_OK && node->right >= 0)
            st = bind_node(e, node->right, err);
        return st;
    }
    bool left_text = f->nodes[node->left].op == AUTKI_OP_TEXT;
    bool right_text = f->nodes[node->right].op == AUTKI_OP_TEXT;
    if (f->nodes[node->left].op == AUTKI_OP_NAME)
        st = bind_name(e, node->left, false, err);
    if (st == AUTK_OK && f->nodes[node->right].op == AUTKI_OP_NAME)
        st = bind_name(e, node->right, false, err);
    if (st == AUTK_OK && left_text)
        return bind_text(e, node->right, node->left, err);
    if (st == AUTK_OK && right_text)
        return bind_text(e, node->left, node->right, err);
    return st == AUTK_OK ? match_codes(e, at, err) : st;
}

static autk_status bind_terms(autki_eval *e, autk_err *err)
{
    const autki_formula *f = e->f;
    for (size_t t = 0; t < f->n_terms; t++) {
        for (int32_t q = 0; q < f->terms[t].n_factors; q++) {
            const autki_factor *factor = &f->terms[t].factors[q];
            autk_status st = factor->dummies ? bind_name(e, factor->node, false, err)
                                             : bind_node(e, factor->node, err);
            if (st != AUTK_OK)
                return st;
        }
    }
    return AUTK_OK;
}

autk_status autki_eval_bind(autki_eval *e, const autki_formula *f, const autki_frame *frame,
                            autk_err *err)
{
    size_t n = f->n_nodes;
    *e = (autki_eval){.f = f, .frame = frame};
    e->column = autki_malloc(n, sizeof *e->column);
    e->code = autki_malloc(n, sizeof *e->code);
    e->match = autki_calloc(n, sizeof *e->match);
    e->level_value = autki_calloc(frame->n_columns, sizeof *e->level_value);
    autk_status st = AUTK_OK;
    if (e->column == NULL || e->code == NULL || e->match == NULL || e->level_value == NULL)
        st = autki_no_memory(err, n * sizeof *e->match);
    for (size_t i = 0; st == AUTK_OK && i < n; i++)
        e->column[i] = e->code[i] = -1;
    if (st == AUTK_OK && f->response >= 0)
        st = bind_node(e, f->response, err);
    if (st == AUTK_OK)
        st = bind_terms(e, err);
    if (st == AUTK_OK && f->response < 0 && f->n_terms == 0 && n > 0)
        st = bind_node(e, (int32_t)n - 1, err);
    if (st != AUTK_OK)
        autki_eval_deinit(e);
    return st;
}

void autki_eval_deinit(autki_eval *e)
{
    for (size_t i = 0; e->match != NULL && i < e->f->n_nodes; i++)
        free(e->match[i]);
    for (size_t k = 0; e->level_value != NULL && k < e->frame->n_columns; k++)
        free(e->level_value[k]);
    free(e->column);
    free(e->code);
    free(e->match);
    free(e->level_value);
    memset(e, 0, sizeof *e);
}

/* ---- evaluation ---- */

static void eval_name(const autki_eval *e, int32_t at, const int32_t *rows, size_t n, double *out)
{
    size_t k = (size_t)e->column[at];
    const autki_frame_column *c = &e->frame->columns[k];
    if (c->kind == AUTKI_NUMBER) {
        for (size_t i = 0; i < n; i++)
            out[i] = rows[i] < 0 ? NAN : autki_frame_number(c, (size_t)rows[i]);
        return;
    }
    const double *value = e->level_value[k];
    for (size_t i = 0; i < n; i++) {
        int32_t code = rows[i] < 0 ? -1 : c->code[rows[i]];
        out[i] = code < 0 ? NAN : value[code];
    }
}

static void eval_texts(const autki_eval *e, int32_t at, const int32_t *rows, size_t n, double *out)
{
    const autki_node *node = &e->f->nodes[at];
    double yes = node->op == AUTKI_OP_EQUAL ? 1.0 : 0.0;
    int32_t name = e->f->nodes[node->left].op == AUTKI_OP_NAME ? node->left : node->right;
    int32_t text = name == node->left ? node->right : node->left;
    const int32_t *a = e->frame->columns[e->column[name]].code, *match = e->match[at];
    const int32_t *b = match != NULL ? e->frame->columns[e->column[text]].code : NULL;
    for (size_t i = 0; i < n; i++) {
        int32_t x = rows[i] < 0 ? -1 : a[rows[i]];
        int32_t y = b == NULL ? e->code[text] : rows[i] < 0 ? -1 : b[rows[i]];
        if (b != NULL && y >= 0)
            y = match[y];
        out[i] = x < 0 || y < 0 ? NAN : x == y ? yes : 1.0 - yes;
    }
}

static void eval_lag(const autki_eval *e, const autki_node *node, const int32_t *rows, size_t n,
                     double *out)
{
    int32_t before[AUTKI_EVAL_BLOCK];
    const autki_lag_index *lag = NULL;
    for (size_t k = 0; k < e->n_lags; k++) {
        if (e->lags[k].periods == (int)node->number)
            lag = &e->lags[k];
    }
    for (size_t i = 0; i < n; i++)
        before[i] = lag == NULL || rows[i] < 0 ? -1 : lag->row[rows[i]];
    autki_eval_block(e, node->left, before, n, out);
}

static void apply_function(autki_function function, size_t n, double *v)
{
    for (size_t i = 0; i < n; i++) {
        switch (function) {
        case AUTKI_FUNCTION_LOG:
            v[i] = v[i] > 0 ? log(v[i]) : NAN; /* log 0 is missing: such a row cannot be used */
            break;
        case AUTKI_FUNCTION_LOG1P:
            v[i] = v[i] > -1 ? log1p(v[i]) : NAN;
            break;
        case AUTKI_FUNCTION_EXP:
            v[i] = exp(v[i]);
            break;
        case AUTKI_FUNCTION_SQRT:
            v[i] = v[i] >= 0 ? sqrt(v[i]) : NAN;
            break;
        case AUTKI_FUNCTION_ABS:
            v[i] = fabs(v[i]);
            break;
        case AUTKI_FUNCTION_ASINH:
            v[i] = asinh(v[i]);
            break;
        case AUTKI_FUNCTION_COUNT:
            break;
        }
    }
}

/* A missing side makes a comparison missing, so that `year > 1990` never counts a row without. */
static double combine(autki_op op, double a, double b)
{
    switch (op) {
    case AUTKI_OP_ADD:
        return a + b;
    case AUTKI_OP_SUBTRACT:
        return a - b;
    case AUTKI_OP_MULTIPLY:
        return a * b;
    case AUTKI_OP_DIVIDE:
        return b != 0 ? a / b : NAN;
    case AUTKI_OP_POWER:
        return pow(a, b);
    case AUTKI_OP_AND:
        return a == 0 || b == 0 ? 0 : isnan(a) || isnan(b) ? NAN : 1;
    case AUTKI_OP_OR:
        return (!isnan(a) && a != 0) || (!isnan(b) && b != 0) ? 1 : isnan(a) || isnan(b) ? NAN : 0;
    default:
        break;
    }
    if (isnan(a) || isnan(b))
        return NAN;
    switch (op) {
    case AUTKI_OP_LESS:
        return a < b;
    case AUTKI_OP_LESS_EQUAL:
        return a <= b;
    case AUTKI_OP_GREATER:
        return a > b;
    case AUTKI_OP_GREATER_EQUAL:
        return a >= b;
    case AUTKI_OP_EQUAL:
        return a == b;
    case AUTKI_OP_NOT_EQUAL:
        return a != b;
    default:
        return NAN;
    }
}

static void eval_binary(const autki_eval *e, const autki_node *node, const int32_t *rows, size_t n,
                        double *out)
{
    double right[AUTKI_EVAL_BLOCK];
    autki_eval_block(e, node->left, rows, n, out);
    autki_eval_block(e, node->right, rows, n, right);
    for (size_t i = 0; i < n; i++)
        out[i] = combine(node->op, out[i], right[i]);
}

void autki_eval_block(const autki_eval *e, int32_t at, const int32_t *rows, size_t n, double *out)
{
    const autki_node *node = &e->f->nodes[at];
    switch (node->op) {
    case AUTKI_OP_NUMBER:
        for (size_t i = 0; i < n; i++)
            out[i] = node->number;
        return;
    case AUTKI_OP_NAME:
        eval_name(e, at, rows, n, out);
        return;
    case AUTKI_OP_LAG:
        eval_lag(e, node, rows, n, out);
        return;
    case AUTKI_OP_CALL:
        autki_eval_block(e, node->left, rows, n, out);
        apply_function(node->function, n, out);
        return;
    case AUTKI_OP_NEGATE:
    case AUTKI_OP_NOT:
        autki_eval_block(e, node->left, rows, n, out);
        for (size_t i = 0; i < n; i++)
            out[i] = node->op == AUTKI_OP_NEGATE ? -out[i] : isnan(out[i]) ? NAN : out[i] == 0;
        return;
    default:
        if (e->match[at] != NULL || compares_texts(e->f, node))
            eval_texts(e, at, rows, n, out);
        else
            eval_binary(e, node, rows, n, out);
    }
}

size_t autki_eval_lag_periods(const autki_formula *f, int *periods)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n_nodes; i++) {
        if (f->nodes[i].op != AUTKI_OP_LAG)
            continue;
        int k = (int)f->nodes[i].number;
        size_t j = 0;
        while (j < n && periods[j] != k)
            j++;
        if (j == n && n < 64)
            periods[n++] = k;
    }
    return n;
}

static const char *operator_text(autki_op op)
{
    static const char *const texts[] = {
        [AUTKI_OP_ADD] = "+",         [AUTKI_OP_SUBTRACT] = "-",   [AUTKI_OP_MULTIPLY] = "*",
        [AUTKI_OP_DIVIDE] = "/",      [AUTKI_OP_POWER] = "^",      [AUTKI_OP_LESS] = "<",
        [AUTKI_OP_LESS_EQUAL] = "<=", [AUTKI_OP_GREATER] = ">",    [AUTKI_OP_GREATER_EQUAL] = ">=",
        [AUTKI_OP_EQUAL] = "==",      [AUTKI_OP_NOT_EQUAL] = "!=", [AUTKI_OP_AND] = "&",
        [AUTKI_OP_OR] = "|"};
    return texts[op];
}

void autki_eval_render(autk_buf *out, const autki_formula *f, int32_t at)
{
    const autki_node *node = &f->nodes[at];
    switch (node->op) {
    case AUTKI_OP_NUMBER:
        autk_format_double(out, node->number);
        return;
    case AUTKI_OP_TEXT:
    case AUTKI_OP_NAME:
        autk_buf_puts(out, autki_formula_text(f, node->text));
        return;
    case AUTKI_OP_CALL:
        autk_buf_printf(out, "%s(", autki_function_name(node->function));
        autki_eval_render(out, f, node->left);
        autk_buf_putc(out, ')');
        return;
    case AUTKI_OP_LAG:
        autk_buf_puts(out, node->number < 0 ? "f(" : "l(");
        autki_eval_render(out, f, node->left);
        autk_buf_printf(out, ",%d)", abs((int)node->number));
        return;
    case AUTKI_OP_NEGATE:
    case AUTKI_OP_NOT:
        autk_buf_putc(out, node->op == AUTKI_OP_NEGATE ? '-' : '!');
        autki_eval_render(out, f, node->left);
        return;
    default:
        autk_buf_putc(out, '(');
        autki_eval_render(out, f, node->left);
        autk_buf_puts(out, operator_text(node->op));
        autki_eval_render(out, f, node->right);
        autk_buf_putc(out, ')');
    }
}
