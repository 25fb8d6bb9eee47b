/**
 * @file formula.h
 * The formula language: `y ~ x + log(d) + i(s, ref = none) + a:b + l(z, 1:3) | f^t + g^t + f^g`,
 * and the expressions on columns that it shares with --subset. The language is that of R's fixest,
 * with one difference: a text column is never turned into dummies unasked; i() asks.
 */
#ifndef AUTKI_GRAVITY_FORMULA_H
#define AUTKI_GRAVITY_FORMULA_H

#include <autarky/base.h>

typedef enum autki_op {
    AUTKI_OP_NUMBER,
    AUTKI_OP_TEXT, /* a quoted text, or a bare word beside a comparison with one */
    AUTKI_OP_NAME, /* a column */
    AUTKI_OP_CALL, /* function of the left operand */
    AUTKI_OP_LAG,  /* value of the left operand `number` periods before (negative: after) */
    AUTKI_OP_NEGATE,
    AUTKI_OP_NOT,
    AUTKI_OP_ADD,
    AUTKI_OP_SUBTRACT,
    AUTKI_OP_MULTIPLY,
    AUTKI_OP_DIVIDE,
    AUTKI_OP_POWER,
    AUTKI_OP_LESS,
    AUTKI_OP_LESS_EQUAL,
    AUTKI_OP_GREATER,
    AUTKI_OP_GREATER_EQUAL,
    AUTKI_OP_EQUAL,
    AUTKI_OP_NOT_EQUAL,
    AUTKI_OP_AND,
    AUTKI_OP_OR
} autki_op;

#define AUTKI_FUNCTION_LIST(X)                                                                     \
    X(LOG, "log")                                                                                  \
    X(LOG1P, "log1p")                                                                              \
    X(EXP, "exp")                                                                                  \
    X(SQRT, "sqrt")                                                                                \
    X(ABS, "abs")                                                                                  \
    X(ASINH, "asinh")
#define AUTKI_FUNCTION_ENUM(name, text) AUTKI_FUNCTION_##name,
typedef enum autki_function {
    AUTKI_FUNCTION_LIST(AUTKI_FUNCTION_ENUM) AUTKI_FUNCTION_COUNT
} autki_function;

typedef struct autki_node {
    autki_op op;
    autki_function function;
    int32_t left, right; /* nodes, -1 = none */
    int32_t text;        /* offset into the formula's texts: name or text */
    double number;
    int32_t column; /* 1-based place in the source */
    int32_t height; /* of the tree below, at most AUTKI_HEIGHT_MAX: evaluation recurses */
} autki_node;

#define AUTKI_HEIGHT_MAX 200

/** One factor of a term. */
typedef struct autki_factor {
    int32_t node;    /* an expression; for dummies the name of their column */
    bool dummies;    /* i(): one column for each level */
    int32_t refs[8]; /* texts of the reference levels */
    int32_t n_refs;
} autki_factor;

#define AUTKI_TERM_FACTORS 4

/** A product of factors: one regressor, or several when a factor has dummies. */
typedef struct autki_term {
    autki_factor factors[AUTKI_TERM_FACTORS];
    int32_t n_factors;
    int32_t text;   /* as written, without blanks */
    int32_t column; /* place in the source */
} autki_term;

#define AUTKI_KEY_NAMES 6

/** Columns combined with ^: an effect or a cluster. */
typedef struct autki_key {
    int32_t names[AUTKI_KEY_NAMES]; /* texts */
    int32_t n_names;
    int32_t text; /* as written, without blanks */
} autki_key;

#define AUTKI_KEYS_MAX 8

typedef struct autki_formula {
    char *source;
    char *texts;
    size_t texts_len, texts_capacity;
    autki_node *nodes;
    size_t n_nodes, nodes_capacity;
    autki_term *terms;
    size_t n_terms, terms_capacity;
    autki_key effects[AUTKI_KEYS_MAX];
    size_t n_effects;
    int32_t response;  /* a node, -1 in a lone expression */
    bool no_intercept; /* "- 1" or "+ 0" */
} autki_formula;

/**
 * Parse a formula.
 * Errors: AUTK_EPARSE with source "formula", line 1 and the column; AUTK_ENOMEM, AUTK_ELIMIT.
 */
autk_status autki_formula_parse(autki_formula **out, const char *text, autk_err *err)
    AUTK_MUST_CHECK;

/** Parse a lone expression; its node is the last one. `source` stands in messages. */
autk_status autki_expression_parse(autki_formula **out, const char *text, const char *source,
                                   autk_err *err) AUTK_MUST_CHECK;

/** Parse keys such as "exporter^importer" separated by `separator`: at most AUTKI_KEYS_MAX, into
 *  the effects of a formula without terms. */
autk_status autki_keys_parse(autki_formula **out, const char *text, char separator,
                             const char *source, autk_err *err) AUTK_MUST_CHECK;

void autki_formula_free(autki_formula *f);

static inline const char *autki_formula_text(const autki_formula *f, int32_t text)
{
    return f->texts + text;
}

const char *autki_function_name(autki_function function);

#endif
