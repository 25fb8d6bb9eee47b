/**
 * @file brief.h
 * What the pieces of the brief share: numbers (brief.c), the sentences on them (brief_words.c), the
 * tables (brief_table.c), claims (brief_claim.c); and the renderers, which add no number and no
 * sentence of their own: brief_text.c, brief_html.c, brief_json.c.
 */
#ifndef AUTKI_REPORT_BRIEF_H
#define AUTKI_REPORT_BRIEF_H

#include <autarky/brief.h>
#include <autarky/claim.h>
#include <autarky/dataset.h>
#include <autarky/turns.h>

#define AUTKI_BRIEF_BLOCS 3
#define AUTKI_BRIEF_PAST 5
#define AUTKI_BRIEF_DRAWS 16 /* at most */

/** Lines of text, each the list's own. */
typedef struct autki_lines {
    char **line; /* [n] */
    size_t n, capacity;
} autki_lines;

/** The parts of the page, in their order. */
#define AUTKI_BRIEF_SECTIONS(X)                                                                    \
    X(AUTKI_PARTNERS, "partners", "Main partners")                                                 \
    X(AUTKI_SERIES, "series", "How it came about")                                                 \
    X(AUTKI_BLOCS, "blocs", "Blocs")                                                               \
    X(AUTKI_BOTH_WAYS, "both-ways", "Both directions")                                             \
    X(AUTKI_PRODUCTS, "products", "Products")                                                      \
    X(AUTKI_LOSS, "loss", "What losing the partner would cost")                                    \
    X(AUTKI_RELIEF, "relief", "What lifting the sanctions would give")                             \
    X(AUTKI_CORRIDORS, "corridors", "Routes to the markets")                                       \
    X(AUTKI_ISOLATION, "isolation", "Isolation")                                                   \
    X(AUTKI_STRUCTURE, "structure", "Place in the wider structure")                                \
    X(AUTKI_UNKNOWN, "unknown", "What is not known, and why")                                      \
    X(AUTKI_CLAIMS, "claims", "Claims checked")                                                    \
    X(AUTKI_SOURCES, "sources", "Sources")
#define AUTKI_SECTION_ENUM(name, id, title) name,
typedef enum autki_section {
    AUTKI_BRIEF_SECTIONS(AUTKI_SECTION_ENUM) AUTKI_SECTION_COUNT
} autki_section;

/** A bloc's share in every year. */
typedef struct autki_bloc {
    int32_t party;
    autk_dependence_year *series; /* [n] */
    size_t n;
} autki_bloc;

/** A sentence that somebody wrote, and what the figures say of it. */
typedef struct autki_checked {
    const char *quote; /* borrowed from the world */
    int32_t source;
    autk_verdict verdict;
    bool reached;  /* false: these measures say nothing of it */
    char *finding; /* in words */
} autki_checked;

struct autk_brief {
    const autk_world *world; /* borrowed */
    int32_t economy, on, n_partners, n_draws;
    int year, first_year;
    autk_evidence *evidence;
    autk_dependence *flows[AUTK_DIRECTION_COUNT]; /* of the year; trade looks from both sides */
    autk_dependence *on_only;                     /* trade, the entry of `on` alone */
    autk_dependence_year *series[AUTK_DIRECTION_COUNT]; /* of `on` */
    size_t n_series[AUTK_DIRECTION_COUNT];
    autki_bloc blocs[AUTKI_BRIEF_BLOCS];
    size_t n_blocs;
    autk_dependence *past[AUTKI_BRIEF_PAST]; /* trade in years to compare with, oldest first */
    size_t n_past;
    autk_turns *turns; /* of the share of `on` in trade; NULL where none can be dated */
    size_t *events;    /* [n_events] for autk_world_event, in order of date */
    size_t n_events, n_more_events;
    autki_checked *claims; /* [n_claims] */
    size_t n_claims;
    int32_t *sources; /* [n_sources] ascending */
    size_t n_sources;
    struct autki_loss *loss;           /* of the partner: brief_loss.h */
    struct autki_products *products;   /* NULL = no dataset was given: brief_products.h */
    struct autki_corridors *corridors; /* routes to the markets: brief_corridors.h */
    struct autki_structure *structure; /* bloc and layers of the tie: brief_structure.h */
    /* words */
    char *headline;
    autki_lines lede;
    autki_lines sentences[AUTKI_SECTION_COUNT]; /* above each section's table */
    autki_lines key;                            /* below the table of partners: its words */
};

const char *autki_section_id(autki_section section);
const char *autki_section_title(autki_section section);

/** The entry of `on` in the year; never NULL. */
const autk_dependence_entry *autki_brief_entry(const autk_brief *brief);

/** "supported", "contradicted" … with a capital, or "Not reached by these measures". */
const char *autki_brief_verdict(const autki_checked *claim);
/** Publisher, title, edition, terms and coverage of the i-th source, in one line, without its url.
 */
void autki_brief_source(autk_buf *out, const autk_brief *brief, size_t i);

/** Append what `text` holds as a line and clear it; an empty text adds nothing. */
autk_status autki_lines_take(autki_lines *lines, autk_buf *text, autk_err *err) AUTK_MUST_CHECK;
void autki_lines_deinit(autki_lines *lines);

/** Fill the headline, the lede and the sentences. */
autk_status autki_brief_word(autk_brief *brief, autk_err *err) AUTK_MUST_CHECK;

/** The sentences on the turns, behind those of the series. */
autk_status autki_brief_say_turns(autk_brief *brief, autk_buf *t, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_brief_say_products(autk_brief *brief, autk_buf *t, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_brief_say_loss(autk_brief *brief, autk_buf *t, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_brief_say_relief(autk_brief *brief, autk_buf *t, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_brief_say_corridors(autk_brief *brief, autk_buf *t, autk_err *err)
    AUTK_MUST_CHECK;
/** Has the section anything to show? table: the section's own, or NULL. */
bool autki_brief_has(const autk_brief *brief, autki_section section, const autk_table *table);

/** A text cut to fit a column of the terminal's table. */
void autki_table_cut(autk_table *table, const char *text, size_t max_columns);

/**
 * The table of a section; *out stays NULL where the section has none. The caller's to free.
 * @param whole  the last column's texts as they are, for a page that breaks lines; else cut
 */
autk_status autki_brief_table(autk_table **out, const autk_brief *brief, autki_section section,
                              bool whole, autk_err *err) AUTK_MUST_CHECK;

/** Turns, events, the loss, routes, claims and sources: after the numbers, before the words. */
autk_status autki_brief_add_products(autk_brief *brief, autk_dataset *dataset, autk_err *err)
    AUTK_MUST_CHECK;
autk_status autki_brief_add_corridors(autk_brief *brief, autk_err *err) AUTK_MUST_CHECK;
/** Behind the turns and the corridors. */
autk_status autki_brief_add_structure(autk_brief *brief, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_brief_say_structure(autk_brief *brief, autk_buf *t, autk_err *err)
    AUTK_MUST_CHECK;
autk_status autki_brief_add_loss(autk_brief *brief, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_brief_add_turns(autk_brief *brief, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_brief_add_claims(autk_brief *brief, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_brief_add_sources(autk_brief *brief, autk_err *err) AUTK_MUST_CHECK;

/** A row of the brief's long table. Texts are borrowed. */
typedef struct autki_brief_csv_row {
    const char *section, *item, *measure;
    int year;
    autk_bounds value;
    const char *unit, *evidence;
} autki_brief_csv_row;
void autki_brief_put_csv_row(autk_buf *out, const autki_brief_csv_row *row);

autk_status autki_brief_text(autk_buf *out, const autk_brief *brief, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_brief_json(autk_buf *out, const autk_brief *brief, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_brief_csv(autk_buf *out, const autk_brief *brief, autk_err *err) AUTK_MUST_CHECK;

#endif
