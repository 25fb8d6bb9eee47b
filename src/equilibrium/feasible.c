/*
 * What has no solution, told before any iteration: an economy without a source for what it needs,
 * a deficit that nobody is left to finance.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/reach.h"
#include "equilibrium/system.h"

static bool can_buy(const autki_model *m, int32_t j, int32_t n)
{
    const autki_calibration *cal = m->cal;
    const bool *dead = m->dead + (size_t)j * cal->stride;
    if (m->home[autki_at(cal->economy, j, n)] > 0 && !dead[n])
        return true;
    if (!cal->traded[j])
        return false;
    const double *share = m->share + cal->offset[j] + (size_t)n * cal->stride;
    for (int32_t i = 0; i < cal->n; i++) {
        if (share[i] > 0 && !dead[i])
            return true;
    }
    return false;
}

/* Does a cut-off input stop producers of the economy? Marks them; true when any is new. */
static bool stop_users(autki_model *m, int32_t input, int32_t n)
{
    const autki_calibration *cal = m->cal;
    bool any = false;
    for (int32_t j = 0; j < cal->s; j++) {
        bool *dead = &m->dead[autki_at(cal->economy, j, n)];
        if (!*dead && cal->input_share[autki_use_at(cal->economy, j, input, n)] != 0) {
            *dead = true;
            any = true;
        }
    }
    return any;
}

static bool is_needed(const autki_model *m, int32_t j, int32_t n)
{
    const autki_calibration *cal = m->cal;
    if (cal->final_share[autki_at(cal->economy, j, n)] != 0)
        return true;
    for (int32_t k = 0; k < cal->s; k++) {
        if (cal->input_share[autki_use_at(cal->economy, k, j, n)] != 0 &&
            !m->dead[autki_at(cal->economy, k, n)])
            return true;
    }
    return false;
}

static autk_status check_needs(autki_model *m, autk_err *err)
{
    const autki_calibration *cal = m->cal;
    const autk_economy *e = cal->economy;
    for (int32_t n = 0; n < cal->n; n++) {
        bool works = false;
        for (int32_t j = 0; j < cal->s; j++) {
            bool needed = is_needed(m, j, n);
            m->unused[autki_at(e, j, n)] = !needed;
            if (needed && !can_buy(m, j, n))
                return autki_fail(err, AUTK_ENOANSWER,
                                  "no equilibrium exists: %s needs %s and has no source left, at "
                                  "home or abroad; its loss is not finite",
                                  e->regions.name[n], e->sectors.name[j]);
            works = works ||
                    (!m->dead[autki_at(e, j, n)] && cal->value_added_share[autki_at(e, j, n)] > 0);
        }
        if (!works)
            return autki_fail(err, AUTK_ENOANSWER,
                              "no equilibrium exists: every producer of %s lacks an input that is "
                              "cut off",
                              e->regions.name[n]);
    }
    return AUTK_OK;
}

/* sells[i * n + m]: does i still sell anything to m? */
static void who_sells(bool *sells, const autki_model *m)
{
    const autki_calibration *cal = m->cal;
    size_t regions = (size_t)cal->n;
    for (int32_t j = 0; j < cal->s; j++) {
        for (size_t n = 0; cal->traded[j] && n < regions; n++) {
            const double *share = m->share + cal->offset[j] + n * cal->stride;
            const bool *dead = m->dead + (size_t)j * cal->stride;
            for (size_t i = 0; i < regions; i++)
                sells[i * regions + n] = sells[i * regions + n] || (share[i] > 0 && !dead[i]);
        }
    }
}

/* Rule SURVIVING: in each bloc, deficits stay but for what they must give, in proportion to income,
 * to sum to 0. An economy that is alone has none. */
static void balance_bloc(autki_model *m, const int32_t *members, size_t n_members)
{
    const autki_calibration *cal = m->cal;
    double deficit = 0, income = 0;
    for (size_t k = 0; k < n_members; k++) {
        deficit += cal->deficit[members[k]];
        income += cal->income[members[k]];
    }
    for (size_t k = 0; k < n_members; k++) {
        int32_t i = members[k];
        m->deficit[i] = cal->deficit[i] - deficit * (cal->income[i] / income);
    }
    if (n_members == 1)
        m->deficit[members[0]] = 0; /* exactly */
}

/* Blocs: economies that still trade with each other, directly or through others. */
static void find_blocs(autki_model *m, bool *in, int32_t *queue, const bool *sells, bool *done)
{
    size_t n = (size_t)m->cal->n;
    for (size_t start = 0; start < n; start++) {
        if (done[start])
            continue;
        size_t members = autki_reach(in, queue, sells, n, start, AUTKI_EITHER);
        for (size_t k = 0; k < members; k++) {
            done[queue[k]] = true;
            m->bloc[queue[k]] = (int32_t)start;
        }
        if (m->deficits == AUTK_DEFICITS_SURVIVING)
            balance_bloc(m, queue, members);
    }
}

/* Nobody outside the set `in` sells into it. Then it imports nothing, and what it exports must be
 * its trade surplus: above 0 when it still sells outside, 0 when it does not. */
static autk_status check_closed_set(const autki_model *m, const bool *in, const bool *sells,
                                    size_t at, autk_err *err)
{
    const autki_calibration *cal = m->cal;
    size_t n = (size_t)cal->n;
    double deficit = 0, income = 0;
    bool exports = false, shares_in = false, shares_out = false;
    for (size_t i = 0; i < n; i++) {
        bool shares = m->coalition != NULL && m->coalition[i];
        shares_in = shares_in || (shares && in[i]);
        shares_out = shares_out || (shares && !in[i]);
        if (!in[i])
            continue;
        income += cal->income[i];
        if (m->deficits != AUTK_DEFICITS_ZERO)
            deficit += m->deficits == AUTK_DEFICITS_OUTPUT ? cal->deficit[i] : m->deficit[i];
        for (size_t k = 0; k < n; k++)
            exports = exports || (!in[k] && sells[i * n + k]);
    }
    if (shares_in && shares_out)
        return autki_fail(err, AUTK_ENOANSWER,
                          "no equilibrium exists: %s and those that sell to it can buy from nobody "
                          "else, so nothing that others of the coalition transfer can reach them",
                          cal->economy->regions.name[at]);
    if (exports ? deficit < -1e-12 * income : fabs(deficit) <= 1e-9 * income)
        return AUTK_OK;
    const char *name = cal->economy->regions.name[at];
    if (exports)
        return autki_fail(err, AUTK_ENOANSWER,
                          "no equilibrium exists: %s and those that sell to it can buy from nobody "
                          "else, but sell to others; with deficits: %s their exports cannot be "
                          "paid (cut both directions, or ask for deficits: surviving)",
                          name, autk_deficits_text(m->deficits));
    return autki_fail(err, AUTK_ENOANSWER,
                      "no equilibrium exists: %s and those it still trades with keep a trade "
                      "deficit of %.6g that nobody finances; ask for deficits: surviving or zero",
                      name, deficit);
}

static autk_status check_deficits(autki_model *m, autk_err *err)
{
    size_t n = (size_t)m->cal->n;
    bool *sells = autki_calloc(n * n + 2 * n, sizeof *sells);
    int32_t *queue = autki_malloc(n, sizeof *queue);
    autk_status st = AUTK_OK;
    if (sells == NULL || queue == NULL) {
        free(sells);
        free(queue);
        return autki_no_memory(err, n * n + n * sizeof *queue);
    }
    bool *in = sells + n * n;
    who_sells(sells, m);
    find_blocs(m, in, queue, sells, in + n);
    /* All sell to the first, and it to all: one world, whose deficits sum to 0. */
    bool connected = autki_reach(in, queue, sells, n, 0, AUTKI_SELLERS) == n &&
                     autki_reach(in, queue, sells, n, 0, AUTKI_BUYERS) == n;
    for (size_t i = 0; st == AUTK_OK && !connected && i < n; i++) {
        if (autki_reach(in, queue, sells, n, i, AUTKI_SELLERS) < n)
            st = check_closed_set(m, in, sells, i, err);
    }
    free(sells);
    free(queue);
    return st;
}

autk_status autki_model_feasible(autki_model *m, autk_err *err)
{
    const autki_calibration *cal = m->cal;
    for (bool again = true; again;) {
        again = false;
        for (int32_t n = 0; n < cal->n; n++) {
            for (int32_t j = 0; j < cal->s; j++) {
                /* Needed at all in the accounts? Else its lack stops nobody. */
                if (!can_buy(m, j, n) && stop_users(m, j, n))
                    again = true;
            }
        }
    }
    autk_status st = check_needs(m, err);
    if (st != AUTK_OK)
        return st;
    for (int32_t j = 0; j < cal->s; j++) {
        for (int32_t n = 0; cal->traded[j] && n < cal->n; n++) {
            size_t row = cal->offset[j] + (size_t)n * cal->stride;
            for (int32_t i = 0; i < cal->n; i++) {
                if (m->dead[autki_at(cal->economy, j, i)])
                    m->share[row + (size_t)i] = m->customs[row + (size_t)i] =
                        m->factory[row + (size_t)i] = 0;
            }
        }
    }
    return check_deficits(m, err);
}
