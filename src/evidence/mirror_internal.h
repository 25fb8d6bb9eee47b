/** @file mirror_internal.h What the mirror's files share. */
#ifndef AUTKI_EVIDENCE_MIRROR_INTERNAL_H
#define AUTKI_EVIDENCE_MIRROR_INTERNAL_H

#include <autarky/mirror.h>

/* ln(CIF/FOB) of each flow, clipped; fills the margin's part of fit. */
autk_status autki_mirror_margins(double *margin, autk_mirror_fit *fit, const autk_two_sides *flows,
                                 size_t n, autk_geography_fn geography, void *user,
                                 const autk_mirror_opts *opts, autk_err *err) AUTK_MUST_CHECK;

/* Variances of exporters and importers from gap[k] = ln X - ln M_fob, NaN where a side is silent.
 */
autk_status autki_mirror_reliability(autk_mirror_fit *fit, const autk_two_sides *flows,
                                     const double *gap, size_t n, int32_t n_economies,
                                     const autk_mirror_opts *opts, autk_err *err) AUTK_MUST_CHECK;

#endif
