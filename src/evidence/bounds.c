#include <math.h>

#include <autarky/evidence.h>

#define AS_TEXT(name, text) text,
static const char *const kind_texts[] = {AUTK_EVIDENCE_LIST(AS_TEXT)};
static const char *const rule_texts[] = {AUTK_RULE_LIST(AS_TEXT)};
static const char *const direction_texts[] = {AUTK_DIRECTION_LIST(AS_TEXT)};
static const char *const reading_texts[] = {AUTK_READING_LIST(AS_TEXT)};
#undef AS_TEXT

const char *autk_evidence_kind_text(autk_evidence_kind kind)
{
    return (unsigned)kind < AUTK_EVIDENCE_COUNT ? kind_texts[kind] : "unknown";
}

const char *autk_rule_text(autk_rule rule)
{
    return (unsigned)rule < AUTK_RULE_COUNT ? rule_texts[rule] : "unknown";
}

const char *autk_direction_text(autk_direction direction)
{
    return (unsigned)direction < AUTK_DIRECTION_COUNT ? direction_texts[direction] : "unknown";
}

const char *autk_reading_text(autk_reading reading)
{
    return (unsigned)reading < AUTK_READING_COUNT ? reading_texts[reading] : "unknown";
}

autk_bounds autk_bounds_unknown(void)
{
    return (autk_bounds){NAN, NAN, NAN};
}

autk_bounds autk_bounds_exact(double value)
{
    return (autk_bounds){value, value, value};
}

bool autk_bounds_known(autk_bounds b)
{
    return b.low <= b.point && b.point <= b.high;
}

autk_bounds autk_bounds_add(autk_bounds a, autk_bounds b)
{
    return (autk_bounds){a.low + b.low, a.point + b.point, a.high + b.high};
}

autk_bounds autk_bounds_hull(autk_bounds a, autk_bounds b)
{
    if (!autk_bounds_known(a))
        return b;
    if (!autk_bounds_known(b))
        return a;
    return (autk_bounds){a.low < b.low ? a.low : b.low, a.point, a.high > b.high ? a.high : b.high};
}

autk_bounds autk_bounds_ratio(autk_bounds numerator, autk_bounds denominator)
{
    if (!autk_bounds_known(numerator) || !autk_bounds_known(denominator) ||
        !(denominator.low > 0) || !(numerator.low >= 0))
        return autk_bounds_unknown();
    return (autk_bounds){numerator.low / denominator.high, numerator.point / denominator.point,
                         numerator.high / denominator.low};
}

autk_evidence_opts autk_evidence_opts_default(void)
{
    return (autk_evidence_opts){
        .scope = AUTK_SCOPE_GOODS, .cif_fob = 1.06, .cif_fob_low = 1.0, .cif_fob_high = 1.12};
}
