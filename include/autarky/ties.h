/**
 * @file ties.h
 * The layers of the tie between two economies, side by side over the years: trade with its bounds,
 * votes in the UN General Assembly, shared memberships, sanctions; the turns of each layer, and
 * which moved first.
 */
#ifndef AUTARKY_TIES_H
#define AUTARKY_TIES_H

#include <autarky/turns.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AUTK_TIE_LIST(X)                                                                           \
    X(AUTK_TIE_TRADE_A, "trade of the first")  /* the second's share in the first's trade */       \
    X(AUTK_TIE_TRADE_B, "trade of the second") /* the first's share in the second's trade */       \
    X(AUTK_TIE_VOTES, "votes")                 /* distance of ideal points */                      \
    X(AUTK_TIE_MEMBERSHIPS, "memberships")     /* groups that both are members of */               \
    X(AUTK_TIE_SANCTIONS, "sanctions")         /* sanction events between the two */
typedef enum autk_tie_layer { AUTK_TIE_LIST(AUTK_WORLD_ENUM) AUTK_TIE_COUNT } autk_tie_layer;
/** Total. */
AUTK_API const char *autk_tie_layer_text(autk_tie_layer layer);

#define AUTK_MAX_SHARED_GROUPS 24

typedef struct autk_tie_year {
    int year;
    autk_bounds share_a, share_b; /**< of the other in its trade; NaN = unknown, no figure */
    bool gap;                     /**< their trade is reported by neither */
    double votes_distance; /**< |difference of ideal points|; NaN when one did not vote or none is
                                known; a distance of 1 is about one standard deviation */
    int32_t groups[AUTK_MAX_SHARED_GROUPS]; /**< [n_groups] shared on 1 July */
    int32_t n_groups;
    int32_t n_sanctions; /**< events of type "sanction" dated in the year between the two: an
                              event's first party stands against all others */
} autk_tie_year;

typedef struct autk_tie_turn {
    autk_tie_layer layer;
    int year, low, high;  /**< first year at the new level and its interval */
    double before, after; /**< share, distance, number of groups; sanctions: 0 and 1 */
} autk_tie_turn;

typedef struct autk_ties {
    int32_t a, b;
    autk_tie_year *years; /**< [n_years] */
    size_t n_years;
    autk_tie_turn *turns; /**< [n_turns] in order of year; ties of date in order of layer */
    size_t n_turns;
} autk_ties;

/**
 * The tie between two economies from `first` to `last` (0, 0 = all years with trade figures).
 *
 * Turns: of trade autk_turns_find (Bai & Perron, with the bounds); of votes Bai & Perron, number by
 * BIC, a late one by the end-of-sample test of Andrews (2003), 95 % intervals by Bai (1997); of
 * memberships each year in which their number changes; of sanctions the first year of a run of
 * years with any. Sources: Bailey, Strezhnev & Voeten (2017) for ideal points; the dataset's groups
 * and events.
 *
 * Errors:  AUTK_EARG (a is b, first > last), AUTK_ENOTFOUND (years before the first votes, 1946, or
 * after the last that anything is recorded of), AUTK_EDATA (damaged dataset), AUTK_EIO,
 * AUTK_ENOMEM. Cost: about 0.1 s. Threads: reentrant.
 */
AUTK_API autk_status autk_ties_find(autk_ties **out, const autk_world *world, int32_t a, int32_t b,
                                    int first, int last, autk_err *err) AUTK_MUST_CHECK;

/** The second's share in the first's trade, measured before. Borrowed for the call. */
typedef struct autk_tie_trade {
    const autk_dependence_year *series; /**< [n] */
    size_t n;
    const autk_turns *turns; /**< of it; NULL = none */
} autk_tie_trade;

/**
 * The same around a trade layer that is known already; the other side's trade is left unknown.
 *
 * @param trade  NULL: measure both, as autk_ties_find
 * Cost:  about 5 ms.
 */
AUTK_API autk_status autk_ties_beside(autk_ties **out, const autk_world *world, int32_t a,
                                      int32_t b, int first, int last, const autk_tie_trade *trade,
                                      autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_ties_free(autk_ties *ties);

#ifdef __cplusplus
}
#endif
#endif
