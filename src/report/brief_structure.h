/**
 * @file brief_structure.h
 * The economy's place in the wider structure: the bloc it leans to, the community it trades in, and
 * the layers of its tie with the partner.
 */
#ifndef AUTKI_REPORT_BRIEF_STRUCTURE_H
#define AUTKI_REPORT_BRIEF_STRUCTURE_H

#include <autarky/ties.h>

#include "report/brief.h"

typedef struct autki_structure {
    /* Of b->blocs, by share of trade in the year: the largest best estimate; SIZE_MAX = none. */
    size_t lean;
    bool lean_claimed;        /* its least is above the most of every other */
    int lean_since;           /* first year of the last run of years with that lean */
    size_t lean_before;       /* the lean in the year before; SIZE_MAX = none */
    autk_ties *ties;          /* NULL: the page is about a group */
    int32_t n_open, n_closed; /* crossings between the two at the year's end */
} autki_structure;

void autki_structure_free(autki_structure *structure);

autk_status autki_structure_table(autk_table **out, const autk_brief *brief, autk_err *err)
    AUTK_MUST_CHECK;
void autki_structure_json(autk_buf *out, const autk_brief *brief);
void autki_structure_csv(autk_buf *out, const autk_brief *brief);

#endif
