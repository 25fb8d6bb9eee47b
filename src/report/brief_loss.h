/**
 * @file brief_loss.h
 * What losing the partner would cost: an exact embargo both ways on the world baseline, solved in
 * general equilibrium for two horizons and for a few draws of what is uncertain.
 */
#ifndef AUTKI_REPORT_BRIEF_LOSS_H
#define AUTKI_REPORT_BRIEF_LOSS_H

#include "report/brief.h"

typedef enum autki_horizon { AUTKI_SHORT, AUTKI_LONG, AUTKI_HORIZONS } autki_horizon;
typedef enum autki_side { AUTKI_ECONOMY, AUTKI_PARTNER, AUTKI_SIDES } autki_side;

typedef struct autki_loss {
    int year; /* of the baseline */
    double theta[AUTKI_HORIZONS];
    /* Real income lost, as a fraction; below 0 = won. */
    autk_bounds lost[AUTKI_HORIZONS][AUTKI_SIDES];
    /* The economy's loss over the partner's; NaN where one of them does not lose. */
    autk_bounds ratio[AUTKI_HORIZONS];
    autk_bounds gains; /* from trade: real wage lost in autarky, long run */
    int n_draws, n_failed;
    size_t n_gaps;               /* flows that draws move within their bounds */
    size_t n_unknown;            /* flows between the sides that the baseline has to leave out */
    bool assumed[AUTKI_SIDES];   /* what the side sells at home does not follow from its GDP */
    struct autki_relief *relief; /* what lifting sanctions would give; NULL = there are none, or no
                                    answer */
    char *why_not;               /* no answer, in one sentence; NULL = there is one */
} autki_loss;

void autki_loss_free(autki_loss *loss);

/** "8.1 % (6.5–10.2 %)" of a loss or, below 0, of a gain; without the sign. */
void autki_loss_say_amount(autk_buf *t, autk_bounds lost);

const char *autki_horizon_text(autki_horizon horizon);

/** Append the section to each format. */
autk_status autki_loss_table(autk_table **out, const autk_brief *brief, autk_err *err)
    AUTK_MUST_CHECK;
autk_status autki_loss_chart(autk_buf *out, const autk_brief *brief, autk_err *err) AUTK_MUST_CHECK;
void autki_loss_json(autk_buf *out, const autk_brief *brief);
void autki_loss_csv(autk_buf *out, const autk_brief *brief);

#endif
