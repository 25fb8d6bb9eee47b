/**
 * @file panel.h
 * A country-year seen in one direction: the partners whose value is known, their shares under both
 * readings, and what a party (one of them, or a group) has of it.
 */
#ifndef AUTKI_MEASURE_PANEL_H
#define AUTKI_MEASURE_PANEL_H

#include <autarky/depend.h>

typedef struct autki_panel {
    const autk_country_year *country;
    autk_direction direction;
    const autk_partner **partner; /* [n] those with a known value */
    autk_bounds *value;           /* [n] */
    autk_bounds *share;           /* [AUTK_READING_COUNT * n] by reading; NaN: no such reading */
    size_t n;
    autk_whole whole[AUTK_READING_COUNT];
    bool has[AUTK_READING_COUNT];
} autki_panel;

/** Errors: AUTK_ENOMEM; nothing to free then. */
autk_status autki_panel_init(autki_panel *panel, const autk_country_year *country,
                             autk_direction direction, autk_err *err) AUTK_MUST_CHECK;
void autki_panel_deinit(autki_panel *panel);

/** The reading that points are taken from. */
autk_reading autki_panel_reading(const autki_panel *panel);

/** The hull of both readings; the point is that of `reading`. */
autk_bounds autki_hull_of_readings(const autk_bounds *by_reading, autk_reading reading);

/** The day on which membership of a year is looked up. */
int32_t autki_membership_date(int year);

/** Where a partner stands, SIZE_MAX when its value is not known. Cost: O(log n). */
size_t autki_panel_place(const autki_panel *panel, int32_t partner);

/** The i-th partner's share: the hull of the readings. */
autk_bounds autki_panel_share(const autki_panel *panel, size_t i);

/** share, by_reading, value, evidence, gap, disagreement, sources, n_members of a party. */
autk_status autki_panel_entry(autk_dependence_entry *out, const autki_panel *panel,
                              const autk_world *world, int32_t party, autk_err *err)
    AUTK_MUST_CHECK;

/** What the economy is to the party: its share in the party's trade in the opposite direction.
 *  Unknown where the party has no figure. */
autk_status autki_reverse_share(autk_bounds *out, const autk_evidence *evidence, int year,
                                autk_direction direction, int32_t party, autk_err *err)
    AUTK_MUST_CHECK;

/** Openness, partners, what was lost. Reads the ten years before. */
autk_status autki_isolation(autk_isolation *out, const autk_evidence *evidence,
                            const autk_country_year *country, double gdp_usd, autk_err *err)
    AUTK_MUST_CHECK;

#endif
