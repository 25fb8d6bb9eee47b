/** @file mirror_internal.h What the mirror's files share. */
#ifndef AUTKI_EVIDENCE_MIRROR_INTERNAL_H
#define AUTKI_EVIDENCE_MIRROR_INTERNAL_H

#include <autarky/mirror.h>

/* ln(CIF/FOB) of each flow, clipped; fills the margin's part of fit. */
autk_status autki_mirror_margins(double *margin, autk_mirror_fit *fit, const autk_two_sides *flows,
                                 size_t n, autk_geography_fn geography, void *user,
                                 const autk_mirror_opts *opts, autk_err *err) AUTK_MUST_CHECK;
/* The same for any pair, once fitted. */
double autki_mirror_margin(const autk_mirror_fit *fit, int32_t exporter, int32_t importer,
                           autk_geography_fn geography, void *user, const autk_mirror_opts *opts);

/* Gaps ln X - ln M_fob of a pair that are of about one size. */
typedef struct autki_gap {
    int32_t exporter, importer;
    double square, count; /* the gap's, and how many there are */
} autki_gap;

/* Half the median square of the gaps as a variance: what a typical report is wrong by. Orders the
 * gaps by size. 0.02 without any. */
double autki_mirror_typical_variance(autki_gap *gaps, size_t n);

/* Variances of exporters and importers from the gaps; fills fit's sd_* and iterations. */
autk_status autki_mirror_reliability(autk_mirror_fit *fit, const autki_gap *gaps, size_t n,
                                     double typical_variance, int32_t n_economies,
                                     const autk_mirror_opts *opts, autk_err *err) AUTK_MUST_CHECK;

/* The variances of the two reports of a flow, and what is taken off the importer's. */
typedef struct autki_report_errors {
    double exporter, importer, margin;
} autki_report_errors;

/* The figure that two reports make, or one of them with the gap that is usual for the pair:
 * the silent side's figure is thought to be the other's with that gap. */
void autki_mirror_weigh(autk_reconciled *out, double exporter_says, double importer_says,
                        const autki_report_errors *errors, double usual_gap);

#endif
