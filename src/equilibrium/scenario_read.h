/** @file scenario_read.h The parts of a scenario's reader. */
#ifndef AUTKI_EQUILIBRIUM_SCENARIO_READ_H
#define AUTKI_EQUILIBRIUM_SCENARIO_READ_H

#include "equilibrium/yaml_nodes.h"

/** Append a measure to an autki_step. */
autk_status autki_rule_take(autki_yaml *y, yaml_node_t *node, const char *what, void *step)
    AUTK_MUST_CHECK;

/** Read a scenario that is a node of a larger document. Errors: as autk_scenario_read. */
autk_status autki_scenario_of_node(autk_scenario **out, autki_yaml *y, yaml_node_t *node)
    AUTK_MUST_CHECK;

#endif
