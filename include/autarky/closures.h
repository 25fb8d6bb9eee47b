/**
 * @file closures.h
 * Closures in scenarios: from places that close to costs of trade. Where the transport network
 * (corridor.h) and general equilibrium (scenario.h) meet.
 */
#ifndef AUTARKY_CLOSURES_H
#define AUTARKY_CLOSURES_H

#include <autarky/corridor.h>
#include <autarky/scenario.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Work out what the scenario's `close` and `transit_ban` measures do to the cost of trade between
 * the economies, for autk_simulate. Does nothing where the scenario has none.
 *
 * Costs are those of the cheapest routes. Closures add up within a step, and over the steps of a
 * cumulative scenario; a pair that loses its last route is embargoed exactly. Regions of the
 * economy that the network does not know keep their costs. What was closed at the end of the
 * baseline's year (autk_economy_year) is in its trade already: closing it again changes nothing.
 *
 * Errors: AUTK_ENOTFOUND, AUTK_EDATA (no such place or economy, one twice) with the scenario's
 * line; AUTK_ENOMEM. Cost:   about 0.3 s for the network and its routes, 50 ms for each measure.
 */
AUTK_API autk_status autk_scenario_route(autk_scenario *scenario, const autk_world *world,
                                         const autk_economy *economy, autk_err *err)
    AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
