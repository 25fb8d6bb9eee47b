/**
 * @file chain.h
 * From estimate to simulation in one file: a gravity model is estimated, its coefficients go into a
 * scenario with their error, and the simulation's draws carry that error into welfare.
 *
 * docs/modules/chain.md has the schema. Every error has a line and a column.
 *
 * Threads: a chain is immutable but for autk_chain_apply.
 */
#ifndef AUTARKY_CHAIN_H
#define AUTARKY_CHAIN_H

#include <autarky/gravity.h>
#include <autarky/scenario.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct autk_chain autk_chain;

/** How the error of the estimates is drawn. */
#define AUTK_CHAIN_METHOD_LIST(X)                                                                  \
    X(AUTK_CHAIN_COVARIANCE, "covariance") /* normal, with the covariance that the model has */    \
    X(AUTK_CHAIN_BOOTSTRAP, "bootstrap")   /* Bayesian: clusters weighed anew, all fitted again */
#define AUTK_CHAIN_ENUM(name, text) name,
typedef enum autk_chain_method {
    AUTK_CHAIN_METHOD_LIST(AUTK_CHAIN_ENUM) AUTK_CHAIN_METHOD_COUNT
} autk_chain_method;
/** Total. */
AUTK_API const char *autk_chain_method_text(autk_chain_method method);

/**
 * Read a chain; a scenario that it names by its file is read too.
 *
 * Errors: AUTK_EPARSE (not YAML, unknown key, value of the wrong kind), AUTK_EDATA, AUTK_EIO (the
 * scenario's file), AUTK_ELIMIT (over 1 MiB), AUTK_ENOMEM; with line and column.
 */
AUTK_API autk_status autk_chain_read(autk_chain **out, autk_input *input, autk_err *err)
    AUTK_MUST_CHECK;
AUTK_API void autk_chain_free(autk_chain *chain);

/** Texts are borrowed. */
AUTK_API const char *autk_chain_formula(const autk_chain *chain);
AUTK_API const char *autk_chain_data(const autk_chain *chain);
AUTK_API autk_chain_method autk_chain_get_method(const autk_chain *chain);
/** Draws of the file: its own, else the scenario's, else 200. */
AUTK_API int autk_chain_draws(const autk_chain *chain);
AUTK_API uint64_t autk_chain_seed(const autk_chain *chain);

/** Draw otherwise than the file says: method AUTK_CHAIN_METHOD_COUNT, draws 0, seed 0 = as it says.
 *  Errors: AUTK_EARG (a bootstrap without a cluster in vcov, draws out of range). */
AUTK_API autk_status autk_chain_choose(autk_chain *chain, autk_chain_method method, int draws,
                                       uint64_t seed, autk_err *err) AUTK_MUST_CHECK;

/** The scenario, which autk_chain_apply changes. Borrowed. */
AUTK_API autk_scenario *autk_chain_scenario(autk_chain *chain);

/** The chain in sentences, as it is understood. Appends to out. */
AUTK_API void autk_chain_explain(autk_buf *out, const autk_chain *chain);

/**
 * Estimate the chain's model, with its bootstrap if it wants one.
 *
 * @param world  for data that need it (autk_estimate_uses_world), else NULL
 * Errors: those of autk_estimate_run; a fault in a formula or expression has its place in the file.
 */
AUTK_API autk_status autk_chain_estimate(autk_estimate **out, const autk_chain *chain,
                                         const autk_world *world, int n_threads,
                                         const autk_progress *progress, autk_err *err)
    AUTK_MUST_CHECK;

/** Give the coefficients to the scenario: autk_scenario_use_coefficients. */
AUTK_API autk_status autk_chain_apply(autk_chain *chain, const autk_estimate *estimate,
                                      autk_err *err) AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
