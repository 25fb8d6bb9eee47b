/* Any figures of one flow: what the rules make of them is in order, and says where it came from. */
#include <math.h>
#include <stdlib.h>

#include "evidence/rules.h"

#define MAX_OBSERVATIONS 12

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static double number(const uint8_t *at)
{
    unsigned u = (unsigned)(at[0] | at[1] << 8);
    return u == 0 ? 0 : ldexp(1 + (u & 0xff) / 256.0, (int)(u >> 8 & 0x3f) - 10);
}

static autk_observation observation(const uint8_t *at)
{
    double value = number(at);
    autk_observation o = {.quantity = (autk_quantity)(at[2] % AUTK_QUANTITY_COUNT),
                          .scope = (autk_scope)(at[3] % AUTK_SCOPE_COUNT),
                          .valuation = (autk_valuation)(at[4] % AUTK_VALUATION_COUNT),
                          .kind = (autk_kind)(at[5] % AUTK_KIND_COUNT),
                          .value = value,
                          .low = value * (at[6] / 255.0),
                          .high = value * (1 + at[7] / 16.0),
                          .source = at[8] % 5,
                          .confidence = 'M',
                          .note = ""};
    return o;
}

static void need_order(autk_bounds b)
{
    need((isnan(b.low) && isnan(b.point) && isnan(b.high)) || (b.low >= 0 && autk_bounds_known(b)));
}

static void check_neighbours(const uint8_t *at)
{
    autki_neighbour n = {(at[4] & 1) != 0 ? NAN : number(at),
                         (at[4] & 2) != 0 ? NAN : number(at + 2), 1 + at[5] % 12, 1 + at[6] % 12};
    need_order(autki_bound_by_neighbours(&n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    autk_observation obs[MAX_OBSERVATIONS];
    autk_bounds own[AUTK_DIRECTION_COUNT];
    size_t n = 0;
    if (size < 9)
        return 0;
    for (size_t at = 9; at + 9 <= size && n < MAX_OBSERVATIONS; at += 9)
        obs[n++] = observation(data + at);
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++)
        own[d] =
            (data[7] & 1 << d) != 0 ? autk_bounds_exact(number(data + d)) : autk_bounds_unknown();
    autk_evidence_opts opts = autk_evidence_opts_default();
    autk_flow flow = {.scope = AUTK_SCOPE_GOODS};
    if (autki_flow_from_statistics(&flow, obs, n, (data[8] & 1) != 0, &opts)) {
        need(autk_bounds_known(flow.value_usd) && flow.value_usd.low >= 0);
        need(flow.sources.n > 0 && flow.disagreement >= 1);
    }
    autki_stated stated;
    size_t outward = n / 2;
    autki_collect_stated(&stated, obs, outward, obs + outward, n - outward, AUTK_SCOPE_GOODS, own);
    need_order(stated.exports);
    need_order(stated.imports);
    need_order(stated.turnover);
    check_neighbours(data);
    return 0;
}
