/** @file panel_internal.h What the files that build a panel share. */
#ifndef AUTKI_GRAVITY_PANEL_INTERNAL_H
#define AUTKI_GRAVITY_PANEL_INTERNAL_H

#include "gravity/panel.h"

#define AUTKI_SCAN_ROWS ((size_t)1 << 15)

/** Everything bound to one frame while a panel is built. */
typedef struct autki_builder {
    autki_panel *panel;
    const autki_frame *frame;
    const autki_panel_spec *spec;
    autki_eval terms, subset, weights, offset; /* unused ones have f = NULL */
    autki_lag_index lags[64];
    size_t n_lags;
    double *response; /* [frame rows] until values are filled in */
} autki_builder;

/** The columns that the terms stand for, named. */
autk_status autki_expand_terms(autki_panel *panel, const autki_formula *f, const autki_frame *frame,
                               autk_err *err) AUTK_MUST_CHECK;

/** Rows of the same unit some periods away. */
autk_status autki_build_lags(autki_builder *b, autk_err *err) AUTK_MUST_CHECK;

/** Drop zero-only groups and singletons until none is left. */
autk_status autki_drop_groups(autki_panel *panel, const double *response, bool zero_only,
                              bool singletons, int n_threads, autk_err *err) AUTK_MUST_CHECK;

#endif
