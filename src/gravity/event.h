/**
 * @file event.h
 * Event studies: a dummy for each period before and after the first period in which a unit has an
 * event, the last one before it left out, the ends pooled.
 */
#ifndef AUTKI_GRAVITY_EVENT_H
#define AUTKI_GRAVITY_EVENT_H

#include "data/frame.h"
#include "gravity/estimate.h"

/** The formula with the event's dummies among its terms; free() it. The dummies' column is called
 *  "EVENT event". Errors: AUTK_EPARSE (no "~"), AUTK_ENOMEM. */
autk_status autki_event_formula(char **out, const char *formula, const char *event, autk_err *err)
    AUTK_MUST_CHECK;

/** Name of the dummies' column; free() it. NULL when memory is out. */
char *autki_event_column_name(const char *event);

/**
 * Add that column to a frame: periods since the unit's first event as a factor, "none" for units
 * that never have one, missing for units that have it when they are first seen: when theirs began
 * is not known. The ends are pooled: -before means that or earlier, after that or later.
 *
 * @param panel  keys of the unit and the time
 * @param event  a column of the frame that is not zero in the periods of the event
 */
autk_status autki_event_add_column(autki_frame *frame, const autki_formula *panel,
                                   const char *event, int before, int after, autk_err *err)
    AUTK_MUST_CHECK;

/** Fill the estimate's event effects and the joint test of those before. */
autk_status autki_event_summarise(autk_estimate *e, const char *event, int before, int after,
                                  autk_err *err) AUTK_MUST_CHECK;

#endif
