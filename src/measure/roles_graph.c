#include "measure/roles_graph.h"

#include <igraph.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"

/* igraph keeps one generator of random numbers, and its lists of what to free on failure, for the
 * whole process where it was built without thread-local storage, as Debian's is. */
static pthread_mutex_t igraph_lock = PTHREAD_MUTEX_INITIALIZER;

#define LEIDEN_BETA 0.01   /* randomness of the refinement: its authors' value */
#define LEIDEN_ROUNDS (-1) /* until nothing changes */
#define DAMPING 0.85
#define LEAST_LENGTH 1e-6 /* of a tie */

static autk_status igraph_failed(igraph_error_t code, autk_err *err)
{
    if (code == IGRAPH_ENOMEM)
        return autki_fail(err, AUTK_ENOMEM, "out of memory in igraph");
    return autki_fail(err, AUTK_EINTERNAL, "igraph: %s", igraph_strerror(code));
}

/* A graph with weights on its edges. */
typedef struct weighted {
    igraph_t graph;
    igraph_vector_int_t ends;
    igraph_vector_t weights;
    igraph_error_t code;
    bool made;
} weighted;

static void begin(weighted *g)
{
    g->made = false;
    g->code = igraph_vector_int_init(&g->ends, 0);
    if (g->code == IGRAPH_SUCCESS) {
        g->code = igraph_vector_init(&g->weights, 0);
        if (g->code != IGRAPH_SUCCESS)
            igraph_vector_int_destroy(&g->ends);
    }
}

static void edge(weighted *g, size_t from, size_t to, double weight)
{
    if (g->code == IGRAPH_SUCCESS)
        g->code = igraph_vector_int_push_back(&g->ends, (igraph_integer_t)from);
    if (g->code == IGRAPH_SUCCESS)
        g->code = igraph_vector_int_push_back(&g->ends, (igraph_integer_t)to);
    if (g->code == IGRAPH_SUCCESS)
        g->code = igraph_vector_push_back(&g->weights, weight);
}

static void make(weighted *g, size_t n, bool directed)
{
    if (g->code == IGRAPH_SUCCESS)
        g->code = igraph_create(&g->graph, &g->ends, (igraph_integer_t)n, directed);
    g->made = g->code == IGRAPH_SUCCESS;
}

static void end(weighted *g)
{
    if (g->made)
        igraph_destroy(&g->graph);
    igraph_vector_int_destroy(&g->ends);
    igraph_vector_destroy(&g->weights);
}

/* The library neither prints nor aborts: igraph must only return its codes. */
typedef struct handlers {
    igraph_error_handler_t *error;
    igraph_warning_handler_t *warning;
} handlers;

static handlers enter(void)
{
    pthread_mutex_lock(&igraph_lock);
    return (handlers){.error = igraph_set_error_handler(igraph_error_handler_ignore),
                      .warning = igraph_set_warning_handler(igraph_warning_handler_ignore)};
}

static void leave(handlers before)
{
    (void)igraph_set_error_handler(before.error);
    (void)igraph_set_warning_handler(before.warning);
    pthread_mutex_unlock(&igraph_lock);
}

static igraph_error_t leiden(const weighted *g, igraph_vector_int_t *member, double *quality,
                             double resolution, size_t n)
{
    igraph_vector_t strength;
    igraph_integer_t n_clusters;
    igraph_error_t code = igraph_vector_init(&strength, (igraph_integer_t)n);
    if (code != IGRAPH_SUCCESS)
        return code;
    code = igraph_strength(&g->graph, &strength, igraph_vss_all(), IGRAPH_ALL, IGRAPH_NO_LOOPS,
                           &g->weights);
    /* Modularity is the constant Potts model with strengths as node weights and resolution / 2m. */
    double twice = code == IGRAPH_SUCCESS ? igraph_vector_sum(&strength) : 0;
    if (code == IGRAPH_SUCCESS && twice > 0)
        code = igraph_community_leiden(&g->graph, &g->weights, &strength, resolution / twice,
                                       LEIDEN_BETA, false, LEIDEN_ROUNDS, member, &n_clusters,
                                       quality);
    igraph_vector_destroy(&strength);
    return code;
}

autk_status autki_communities(int32_t *community, double *modularity, const double *flow, size_t n,
                              double resolution, uint64_t seed, autk_err *err)
{
    weighted g;
    igraph_vector_int_t member;
    igraph_real_t quality = NAN;
    handlers before = enter();
    begin(&g);
    if (g.code != IGRAPH_SUCCESS) {
        leave(before);
        return igraph_failed(g.code, err);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            double both = flow[i * n + j] + flow[j * n + i];
            if (both > 0)
                edge(&g, i, j, both);
        }
    }
    make(&g, n, false);
    igraph_error_t code = g.code;
    if (code == IGRAPH_SUCCESS)
        code = igraph_vector_int_init(&member, (igraph_integer_t)n);
    if (code == IGRAPH_SUCCESS) {
        igraph_rng_seed(igraph_rng_default(), (igraph_uint_t)(seed & 0x7fffffff));
        code = leiden(&g, &member, &quality, resolution, n);
        for (size_t i = 0; i < n && code == IGRAPH_SUCCESS; i++)
            community[i] = (int32_t)VECTOR(member)[i];
        igraph_vector_int_destroy(&member);
    }
    *modularity = quality;
    end(&g);
    leave(before);
    return code == IGRAPH_SUCCESS ? AUTK_OK : igraph_failed(code, err);
}

autk_status autki_page_rank(double *rank, const double *flow, size_t n, autk_err *err)
{
    weighted g;
    igraph_vector_t result;
    handlers before = enter();
    begin(&g);
    if (g.code != IGRAPH_SUCCESS) {
        leave(before);
        return igraph_failed(g.code, err);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            if (i != j && flow[i * n + j] > 0)
                edge(&g, j, i, flow[i * n + j]);
        }
    }
    make(&g, n, true);
    igraph_error_t code = g.code;
    if (code == IGRAPH_SUCCESS)
        code = igraph_vector_init(&result, 0);
    if (code == IGRAPH_SUCCESS) {
        code = igraph_pagerank(&g.graph, IGRAPH_PAGERANK_ALGO_PRPACK, &result, NULL,
                               igraph_vss_all(), true, DAMPING, &g.weights, NULL);
        for (size_t i = 0; i < n && code == IGRAPH_SUCCESS; i++)
            rank[i] = VECTOR(result)[i];
        igraph_vector_destroy(&result);
    }
    end(&g);
    leave(before);
    return code == IGRAPH_SUCCESS ? AUTK_OK : igraph_failed(code, err);
}

/* ------------------------------------------------------------------ between and core */

static double row_sum(const double *flow, size_t n, size_t i)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++)
        sum += j != i ? flow[i * n + j] : 0;
    return sum;
}

static double strength_of(const double *flow, size_t n, size_t i)
{
    double sum = row_sum(flow, n, i);
    for (size_t j = 0; j < n; j++)
        sum += j != i ? flow[j * n + i] : 0;
    return sum;
}

static igraph_error_t betweenness(autk_role *roles, const double *flow, size_t n)
{
    weighted g;
    igraph_vector_t result;
    begin(&g);
    if (g.code != IGRAPH_SUCCESS)
        return g.code;
    for (size_t i = 0; i < n; i++) {
        double exports = row_sum(flow, n, i);
        for (size_t j = 0; j < n; j++) {
            double share = i != j && exports > 0 ? flow[i * n + j] / exports : 0;
            if (share > 0) /* an only market would have length 0, which igraph does not take */
                edge(&g, i, j, (share < 1 ? -log(share) : 0) + LEAST_LENGTH);
        }
    }
    make(&g, n, true);
    igraph_error_t code = g.code;
    if (code == IGRAPH_SUCCESS)
        code = igraph_vector_init(&result, 0);
    if (code == IGRAPH_SUCCESS) {
        code = igraph_betweenness(&g.graph, &result, igraph_vss_all(), true, &g.weights);
        double pairs = (double)(n - 1) * (double)(n > 2 ? n - 2 : 1);
        for (size_t i = 0; i < n && code == IGRAPH_SUCCESS; i++)
            roles[i].betweenness = VECTOR(result)[i] / pairs;
        igraph_vector_destroy(&result);
    }
    end(&g);
    return code;
}

static igraph_error_t coreness(autk_role *roles, const double *flow, size_t n, double min_tie,
                               const double *strength)
{
    weighted g;
    igraph_vector_int_t result;
    int32_t most = 0;
    begin(&g);
    if (g.code != IGRAPH_SUCCESS)
        return g.code;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            double both = flow[i * n + j] + flow[j * n + i];
            if (both > 0 && (both >= min_tie * strength[i] && both >= min_tie * strength[j]))
                edge(&g, i, j, both);
        }
    }
    make(&g, n, false);
    igraph_error_t code = g.code;
    if (code == IGRAPH_SUCCESS)
        code = igraph_vector_int_init(&result, 0);
    if (code == IGRAPH_SUCCESS) {
        code = igraph_coreness(&g.graph, &result, IGRAPH_ALL);
        for (size_t i = 0; i < n && code == IGRAPH_SUCCESS; i++) {
            roles[i].coreness = (int32_t)VECTOR(result)[i];
            most = roles[i].coreness > most ? roles[i].coreness : most;
        }
        igraph_vector_int_destroy(&result);
    }
    for (size_t i = 0; i < n; i++)
        roles[i].core = most > 0 && roles[i].coreness == most;
    end(&g);
    return code;
}

autk_status autki_between_and_core(autk_role *roles, const double *flow, size_t n, double min_tie,
                                   autk_err *err)
{
    double *strength = autki_calloc(n, sizeof *strength);
    if (strength == NULL)
        return autki_no_memory(err, n * sizeof *strength);
    for (size_t i = 0; i < n; i++)
        strength[i] = strength_of(flow, n, i);
    handlers before = enter();
    igraph_error_t code = betweenness(roles, flow, n);
    if (code == IGRAPH_SUCCESS)
        code = coreness(roles, flow, n, min_tie, strength);
    leave(before);
    free(strength);
    return code == IGRAPH_SUCCESS ? AUTK_OK : igraph_failed(code, err);
}
