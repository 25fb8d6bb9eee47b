/* A scenario once it is read: what it says of itself, and its end. */
#include "equilibrium/scenario.h"

#include <stdlib.h>

void autki_name_list_deinit(autki_name_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->names[i].text);
    free(list->names);
}

static void free_step(autki_step *step)
{
    free(step->name.text);
    for (size_t i = 0; i < step->n; i++) {
        free(step->rules[i].column);
        free(step->rules[i].estimate);
        autki_name_list_deinit(&step->rules[i].from);
        autki_name_list_deinit(&step->rules[i].to);
        autki_name_list_deinit(&step->rules[i].sectors);
        autki_name_list_deinit(&step->rules[i].closes);
    }
    free(step->rules);
}

void autk_scenario_free(autk_scenario *s)
{
    if (s == NULL)
        return;
    free(s->source);
    free(s->name);
    free(s->description);
    free(s->economy);
    for (size_t i = 0; i < s->n_groups; i++) {
        free(s->groups[i].name.text);
        autki_name_list_deinit(&s->groups[i].members);
    }
    free(s->groups);
    autki_name_list_deinit(&s->coalition);
    autki_name_list_deinit(&s->show);
    for (size_t i = 0; i < s->n_steps; i++)
        free_step(&s->steps[i]);
    free(s->steps);
    free(s->factor);
    free(s->replicates);
    free(s->coefficients.text);
    free(s->theta_file.text);
    autki_theta_draws_deinit(&s->theta_draws);
    autki_name_list_deinit(&s->transport);
    if (s->router.state != NULL)
        s->router.free(s->router.state);
    free(s);
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

const char *autk_scenario_name(const autk_scenario *scenario)
{
    return or_empty(scenario->name);
}

const char *autk_scenario_economy(const autk_scenario *scenario)
{
    return or_empty(scenario->economy);
}

size_t autk_scenario_n_steps(const autk_scenario *scenario)
{
    return scenario->n_steps;
}

const char *autk_scenario_step(const autk_scenario *scenario, size_t step)
{
    return step < scenario->n_steps ? or_empty(scenario->steps[step].name.text) : "";
}

bool autk_scenario_has_closures(const autk_scenario *s)
{
    for (size_t i = 0; i < s->n_steps; i++) {
        for (size_t k = 0; k < s->steps[i].n; k++) {
            if (autki_rule_closes(&s->steps[i].rules[k]))
                return true;
        }
    }
    return false;
}
