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
 * Give the scenario's `close` and `transit_ban` measures their routes, for autk_simulate. Does
 * nothing where the scenario has none.
 *
 * Costs are those of the cheapest routes, at the dataset's parameters or those that the scenario
 * sets (`transport`). A flow's cost is that of all closures that concern it: they add up within a
 * step, and over the steps of a cumulative scenario; a pair that loses its last route is embargoed
 * exactly. Regions of the economy that the network does not know keep their costs. What was closed
 * at the end of the baseline's year (autk_economy_year) is in its trade already: closing it again
 * changes nothing. Draws take the parameters from their ranges (autk_costs_draw).
 *
 * @param world    borrowed until the scenario is freed, routed again or unrouted
 * @param economy  the one that will be simulated; it may go before the scenario
 * Errors: AUTK_ENOTFOUND (no such place or economy, with the nearest names), AUTK_EDATA (a city
 *         cannot be closed; a mode that a place has not; a cost of transport that there is not; a
 *         day that the dataset does not cover) with the scenario's line; AUTK_ENOMEM.
 * Cost:   20 ms; autk_simulate then takes 0.3 ms for each economy whose trade is concerned (all:
 *         60 ms) and half of it for each set of closures; each draw as much again.
 */
AUTK_API autk_status autk_scenario_route(autk_scenario *scenario, const autk_world *world,
                                         const autk_economy *economy, autk_err *err)
    AUTK_MUST_CHECK;

/** Forget the routes, and with them the world dataset. */
AUTK_API void autk_scenario_unroute(autk_scenario *scenario);

/** Costs of transport as the scenario has them; NULL before autk_scenario_route. Borrowed. */
AUTK_API const autk_costs *autk_scenario_transport(const autk_scenario *scenario);

#ifdef __cplusplus
}
#endif
#endif
