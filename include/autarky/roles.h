/**
 * @file roles.h
 * Where each economy stands in the trade of the world: its bloc (community of the trade network),
 * the bloc it leans to, its weight (PageRank), its place between others (betweenness), core or
 * periphery; each with what the bounds of the flows leave open.
 *
 * docs/modules/roles.md has the definitions.
 */
#ifndef AUTARKY_ROLES_H
#define AUTARKY_ROLES_H

#include <autarky/evidence.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Flows of one year between n economies. */
typedef struct autk_trade_matrix {
    size_t n;
    int year;
    double *low, *point, *high; /**< [n x n] row exporter; 0 = none recorded, NaN = unknown */
    size_t n_unknown;           /**< flows of which nothing is known */
} autk_trade_matrix;

/**
 * What is known of all flows of a year: for each pair what the exporter's evidence says.
 *
 * @param matrix  [out] free with autk_trade_matrix_deinit
 * Errors: AUTK_ENOANSWER (no figure at all that year), AUTK_EIO, AUTK_EDATA, AUTK_ENOMEM.
 * Cost:   about 0.5 s: one read for each economy.
 */
AUTK_API autk_status autk_trade_matrix_read(autk_trade_matrix *matrix, const autk_world *world,
                                            int year, autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_trade_matrix_deinit(autk_trade_matrix *matrix);

typedef struct autk_roles_opts {
    double resolution; /**< of modularity; 1 = the usual one, more = smaller blocs */
    size_t n_draws;    /**< of the flows inside their bounds; at most 10,000 */
    uint64_t seed;
    double min_stability; /**< part of the draws that a claim needs */
    double min_tie;       /**< least share in either side's trade for a tie to count in the core */
} autk_roles_opts;

/** 1, 40, 1, 0.95, 0.01. */
AUTK_API autk_roles_opts autk_roles_opts_default(void);

/** One economy's place. Economies without any trade have bloc -1. */
typedef struct autk_role {
    int32_t bloc;      /**< index into the blocs; -1 = none */
    double stability;  /**< part of the draws in which it is in one bloc with its bloc's centre */
    bool bloc_claimed; /**< the stability is enough */
    int32_t lean;      /**< bloc with the largest share of its trade */
    autk_bounds lean_share; /**< exact over the bounds of its flows, without unknown ones */
    bool lean_claimed;      /**< no choice inside the bounds gives another bloc as much */
    size_t n_unknown;       /**< flows with partners of which nothing is known, so that they are in
                                 no number here */
    double page_rank, page_rank_low, page_rank_high; /**< 5 and 95 % of the draws */
    double betweenness; /**< share of the shortest ways between others that pass it */
    int32_t coreness;   /**< Seidman (1983): largest k such that it is in the k-core */
    bool core;          /**< in the innermost core */
} autk_role;

typedef struct autk_bloc {
    int32_t centre; /**< the economy with the most trade in it */
    size_t n_members;
    double inside; /**< share of its members' trade that stays inside */
    double world;  /**< its members' share of the world's trade */
} autk_bloc;

typedef struct autk_roles {
    autk_role *roles; /**< [n_economies] */
    size_t n_economies;
    autk_bloc *blocs; /**< [n_blocs] largest first */
    size_t n_blocs;
    double modularity;
} autk_roles;

/**
 * Roles of all economies in one year's trade.
 *
 * Blocs: communities that maximise modularity of turnovers, Leiden algorithm (Traag, Waltman & van
 * Eck 2019), by igraph. PageRank: importer -> exporter, by share in imports, damping 0.85.
 * Betweenness: directed, length of a tie -ln(share in the exporter's exports). Draws: each flow
 * triangular inside its bounds.
 *
 * Errors:  AUTK_EARG (options), AUTK_ENOANSWER (no trade), AUTK_ENOMEM, AUTK_EINTERNAL (igraph).
 * Cost:    about 30 ms for each draw with 230 economies.
 * Threads: calls wait for each other: igraph's generator of random numbers is one for the process.
 */
AUTK_API autk_status autk_roles_find(autk_roles **out, const autk_trade_matrix *matrix,
                                     const autk_roles_opts *opts, autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_roles_free(autk_roles *roles);

#ifdef __cplusplus
}
#endif
#endif
