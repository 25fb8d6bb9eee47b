/** @file roles_graph.h What igraph computes on a matrix of flows [n x n], row exporter. */
#ifndef AUTKI_MEASURE_ROLES_GRAPH_H
#define AUTKI_MEASURE_ROLES_GRAPH_H

#include <autarky/roles.h>

/** Communities [n] of turnovers by modularity (Leiden), and the modularity reached. */
autk_status autki_communities(int32_t *community, double *modularity, const double *flow, size_t n,
                              double resolution, uint64_t seed, autk_err *err) AUTK_MUST_CHECK;

/** PageRank [n], importer -> exporter. */
autk_status autki_page_rank(double *rank, const double *flow, size_t n, autk_err *err)
    AUTK_MUST_CHECK;

/** Fill betweenness, coreness and core of roles [n]. */
autk_status autki_between_and_core(autk_role *roles, const double *flow, size_t n, double min_tie,
                                   autk_err *err) AUTK_MUST_CHECK;

#endif
