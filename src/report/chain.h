/** @file chain.h A chain as read. */
#ifndef AUTKI_REPORT_CHAIN_H
#define AUTKI_REPORT_CHAIN_H

#include <autarky/chain.h>

/** A text of the file and where it stands, for faults that a parser finds inside. */
typedef struct autki_chain_text {
    char *text; /* NULL = not given */
    int64_t line, column;
    bool one_line; /* written so that column + n is its n-th byte */
} autki_chain_text;

struct autk_chain {
    char *source, *name;
    autki_chain_text formula, data, vcov, weights, offset, subset, panel;
    autk_estimate_opts estimate; /* without the texts */
    autk_chain_method method;
    int draws;     /* 0 = as in the scenario */
    uint64_t seed; /* 0 = as in the scenario */
    char *scenario_path;
    autk_scenario *scenario;
};

#define AUTKI_CHAIN_DRAWS 200 /* where nobody says */

#endif
