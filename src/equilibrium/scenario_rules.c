/* The measures of a scenario: what is cut, taxed or freed, from whom, to whom. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "equilibrium/scenario_read.h"

/* Which word makes which measure. */
static const struct word {
    const char *name;
    autk_measure_kind kind;
} words[] = {{"tariff", AUTK_MEASURE_TARIFF_SET},        {"cost", AUTK_MEASURE_COST},
             {"embargo", AUTK_MEASURE_EMBARGO},          {"export_ban", AUTK_MEASURE_EMBARGO},
             {"export_tax", AUTK_MEASURE_EXPORT_TAX},    {"sanction", AUTK_MEASURE_SANCTION},
             {"productivity", AUTK_MEASURE_PRODUCTIVITY}};

static autk_status take_tariff_set(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    (void)name;
    rule->kind = AUTK_MEASURE_TARIFF_SET;
    return autki_yaml_rate(y, &rule->value, v, "a tariff rate such as 25 %");
}

static autk_status take_tariff_add(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    (void)name;
    rule->kind = AUTK_MEASURE_TARIFF_ADD;
    return autki_yaml_rate(y, &rule->value, v, "points to add to the tariff, such as 10 %");
}

static autk_status take_tariff_multiply(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    (void)name;
    rule->kind = AUTK_MEASURE_TARIFF_MULTIPLY;
    autk_status st = autki_yaml_number(y, &rule->value, v, "a factor of at least 0");
    return st == AUTK_OK && !(rule->value >= 0)
               ? autki_yaml_expected(y, v, "a factor of at least 0")
               : st;
}

static autk_status take_tariff_column(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    (void)name;
    rule->kind = AUTK_MEASURE_TARIFF_SET;
    return autki_yaml_text(y, &rule->column, v, "the name of a column of trade.csv");
}

static autk_status take_tariff(autki_yaml *y, yaml_node_t *v, autki_rule *rule)
{
    static const autki_yaml_key keys[] = {{"set", take_tariff_set},
                                          {"add", take_tariff_add},
                                          {"multiply", take_tariff_multiply},
                                          {"column", take_tariff_column}};
    if (v->type == YAML_SCALAR_NODE)
        return take_tariff_set(y, v, "tariff", rule);
    if (v->type == YAML_MAPPING_NODE &&
        v->data.mapping.pairs.top - v->data.mapping.pairs.start != 1)
        return autki_yaml_expected(y, v, "one of set, add, multiply, column");
    return autki_yaml_mapping(y, v, keys, 4, rule, "a tariff (set, add, multiply, column)");
}

static autk_status take_coefficient(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return autki_yaml_number(y, &((autki_rule *)into)->value, v, "a gravity coefficient");
}

static autk_status take_error(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    (void)name;
    autk_status st = autki_yaml_number(y, &rule->error, v, "a standard error of at least 0");
    return st == AUTK_OK && !(rule->error >= 0)
               ? autki_yaml_expected(y, v, "a standard error of at least 0")
               : st;
}

static autk_status take_estimate(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return autki_yaml_text(y, &((autki_rule *)into)->estimate, v, "the name of an estimate");
}

static autk_status take_times(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return autki_yaml_number(y, &((autki_rule *)into)->times, v, "a number such as -1");
}

static autk_status take_sanction(autki_yaml *y, yaml_node_t *v, autki_rule *rule)
{
    static const autki_yaml_key number[] = {{"coefficient", take_coefficient},
                                            {"standard_error", take_error}};
    static const autki_yaml_key estimate[] = {{"estimate", take_estimate}, {"times", take_times}};
    if (v->type == YAML_SCALAR_NODE)
        return take_coefficient(y, v, "sanction", rule);
    rule->times = 1;
    if (!autki_yaml_has(y, v, "estimate"))
        return autki_yaml_has(y, v, "coefficient") || v->type != YAML_MAPPING_NODE
                   ? autki_yaml_mapping(y, v, number, 2, rule,
                                        "a sanction (coefficient, standard_error)")
                   : autki_yaml_expected(y, v, "a coefficient or an estimate");
    return autki_yaml_mapping(y, v, estimate, 2, rule, "an estimated sanction (estimate, times)");
}

static autk_status take_ban(autki_yaml *y, yaml_node_t *v)
{
    bool yes = false;
    autk_status st = autki_yaml_flag(y, &yes, v);
    return st == AUTK_OK && !yes ? autki_yaml_expected(y, v, "true; leave it out otherwise") : st;
}

static autk_status take_measure(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    if (rule->word != NULL)
        return autki_yaml_expected(y, v, "one measure in an item of the list");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].name, name) == 0) {
            rule->word = words[i].name;
            rule->kind = words[i].kind;
        }
    }
    switch (rule->kind) {
    case AUTK_MEASURE_EMBARGO:
        return take_ban(y, v);
    case AUTK_MEASURE_SANCTION:
        return take_sanction(y, v, rule);
    case AUTK_MEASURE_TARIFF_SET:
        return take_tariff(y, v, rule);
    default:
        break;
    }
    autk_status st = autki_yaml_rate(y, &rule->value, v, "a rate such as 25 % or -5 %");
    return st == AUTK_OK && !(rule->value > -1) ? autki_yaml_expected(y, v, "a rate above -100 %")
                                                : st;
}

static autk_status take_from(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return autki_yaml_names(y, &((autki_rule *)into)->from, v, "the name of an economy or a group");
}

static autk_status take_to(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return autki_yaml_names(y, &((autki_rule *)into)->to, v, "the name of an economy or a group");
}

/* Everyone of the list with everyone else of it. */
static autk_status take_between(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    if (rule->from.n != 0 || rule->to.n != 0)
        return autki_yaml_expected(y, v, "either between, or from and to");
    autk_status st = take_from(y, v, name, into);
    return st == AUTK_OK ? take_to(y, v, name, into) : st;
}

static autk_status take_sectors(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return autki_yaml_names(y, &((autki_rule *)into)->sectors, v, "the name of a sector");
}

static autk_status take_both(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return autki_yaml_flag(y, &((autki_rule *)into)->both, v);
}

/* Goods that go by lorry, or by train, and cannot change. */
static autk_status take_by(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    static const char *const carriages[] = {"road", "rail"};
    autki_rule *rule = into;
    int at = 0;
    (void)name;
    autk_status st = autki_yaml_word(y, &at, v, carriages, 2);
    rule->by = at == 0 ? AUTKI_BY_ROAD : AUTKI_BY_RAIL;
    return st;
}

static bool is_day(int64_t date)
{
    int64_t year = date / 10000, month = date / 100 % 100, day = date % 100;
    static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (leap && month == 2);
}

/* YYYY-MM-DD to yyyymmdd. */
static autk_status take_day(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    const char *text = v->type == YAML_SCALAR_NODE ? (const char *)v->data.scalar.value : "";
    char digits[9] = "";
    int64_t date = 0;
    (void)name;
    if (strlen(text) == 10 && text[4] == '-' && text[7] == '-') {
        memcpy(digits, text, 4);
        memcpy(digits + 4, text + 5, 2);
        memcpy(digits + 6, text + 8, 2);
    }
    if (strlen(digits) != 8 || strspn(digits, "0123456789") != 8 ||
        !autki_parse_int64(digits, 8, &date) || !is_day(date))
        return autki_yaml_expected(y, v, "a day as YYYY-MM-DD");
    rule->in_force = (int32_t)date;
    rule->at_in_force = autki_yaml_place(v);
    return AUTK_OK;
}

/* Of the goods, that a closure concerns: what goes by lorry, say. */
static autk_status take_part(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    (void)name;
    autk_status st = autki_yaml_rate(y, &rule->part, v, "a part of the goods such as 40 %");
    return st == AUTK_OK && !(rule->part > 0 && rule->part <= 1)
               ? autki_yaml_expected(y, v, "a part of the goods above 0 and up to 100 %")
               : st;
}

/* Places that close, or economies that let no goods pass. */
static autk_status take_close(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    static const autki_yaml_key in_force[] = {{"in_force", take_day}};
    autki_rule *rule = into;
    if (rule->word != NULL)
        return autki_yaml_expected(y, v, "one measure in an item of the list");
    rule->bans_transit = strcmp(name, "transit_ban") == 0;
    rule->word = rule->bans_transit ? "transit_ban" : "close";
    rule->kind = AUTK_MEASURE_COST;
    if (!rule->bans_transit && autki_yaml_has(y, v, "in_force"))
        return autki_yaml_mapping(y, v, in_force, 1, rule, "closures (in_force)");
    autk_status st =
        autki_yaml_names(y, &rule->closes, v, "the name of a place, border or economy");
    return st == AUTK_OK && (rule->closes.n == 0 || rule->closes.except)
               ? autki_yaml_expected(y, v, "names, not all or except")
               : st;
}

autk_status autki_rule_take(autki_yaml *y, yaml_node_t *node, const char *what, void *into)
{
    autki_step *step = into;
    static const autki_yaml_key keys[] = {{"tariff", take_measure},
                                          {"cost", take_measure},
                                          {"embargo", take_measure},
                                          {"export_ban", take_measure},
                                          {"export_tax", take_measure},
                                          {"sanction", take_measure},
                                          {"productivity", take_measure},
                                          {"from", take_from},
                                          {"to", take_to},
                                          {"between", take_between},
                                          {"sectors", take_sectors},
                                          {"both", take_both},
                                          {"close", take_close},
                                          {"transit_ban", take_close},
                                          {"part", take_part},
                                          {"by", take_by}};
    autk_status st = autki_grow(&step->rules, &step->capacity, step->n + 1, sizeof *step->rules,
                                AUTKI_MAX_RULES, y->err);
    if (st != AUTK_OK)
        return st;
    autki_rule *rule = &step->rules[step->n++];
    *rule = (autki_rule){.at = autki_yaml_place(node)};
    st = autki_yaml_mapping(y, node, keys, sizeof keys / sizeof *keys, rule, what);
    if (st == AUTK_OK && rule->word == NULL)
        st = autki_yaml_expected(y, node,
                                 "one of tariff, cost, embargo, export_ban, export_tax, sanction, "
                                 "productivity, close, transit_ban");
    if (st == AUTK_OK && (rule->part > 0 || rule->by != AUTKI_BY_ANY) && !autki_rule_closes(rule))
        st = autki_yaml_expected(y, node, "part and by beside close or transit_ban alone");
    if (st == AUTK_OK && rule->kind == AUTK_MEASURE_PRODUCTIVITY && (rule->to.n || rule->both))
        st = autki_yaml_expected(y, node, "productivity of `from`, without to, between or both");
    return st;
}
