/**
 * @file equilibrium/router.h
 * What closed places do to the costs of trade, as a simulation asks for it. This room knows no
 * network: report/closures.c answers.
 */
#ifndef AUTKI_EQUILIBRIUM_ROUTER_H
#define AUTKI_EQUILIBRIUM_ROUTER_H

#include <autarky/base.h>

/** Closing measures are numbered over all steps: a set of them is a word of bits. */
#define AUTKI_MAX_CLOSINGS 64
#define AUTKI_NO_DRAW SIZE_MAX

typedef struct autki_router {
    void *state; /* NULL = the closures are not routed */
    bool ranges; /* has any cost parameter a range to draw from? */
    /**
     * Costs at one draw of their parameters, before any closing.
     *
     * @param origins  [n_regions] 1 = ways from and to here will be asked for
     * @param draw     AUTKI_NO_DRAW = the parameters as they are
     */
    autk_status (*open)(void **at, const void *state, const uint8_t *origins, uint64_t seed,
                        size_t draw, autk_err *err);
    /**
     * Change of the iceberg cost, beyond what is closed in the baseline already.
     *
     * @param d_hat     [out, importer x exporter] INFINITY = no way is left; 1 where neither end is
     *                  an origin
     * @param closings  bits of the closing measures
     */
    autk_status (*change)(double *d_hat, void *at, uint64_t closings, autk_err *err);
    void (*close)(void *at);
    void (*free)(void *state);
} autki_router;

#endif
