/* Rows that carry no information: groups of zeros, groups of one row. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/fail.h"
#include "base/parallel.h"
#include "gravity/panel_internal.h"

typedef struct counting {
    const autki_panel *panel;
    const double *response;
    int32_t *rows[AUTKI_KEYS_MAX];     /* [levels] rows still used */
    int32_t *positive[AUTKI_KEYS_MAX]; /* [levels] of them with a positive response */
} counting;

static autk_status count_effect(size_t k, void *ctx, autk_err *err)
{
    (void)err;
    counting *c = ctx;
    const autki_panel *p = c->panel;
    size_t bytes = (size_t)p->n_frame_ids[k] * sizeof(int32_t);
    memset(c->rows[k], 0, bytes);
    memset(c->positive[k], 0, bytes);
    for (size_t r = 0; r < p->frame->n_rows; r++) {
        if (p->state[r] != AUTKI_ROW_USED)
            continue;
        int32_t id = p->frame_id[k][r];
        c->rows[k][id]++;
        c->positive[k][id] += c->response[r] > 0;
    }
    return AUTK_OK;
}

static bool any_level(const counting *c, bool zero_only, bool singletons)
{
    for (int32_t k = 0; k < c->panel->n_effects; k++) {
        for (int32_t l = 0; l < c->panel->n_frame_ids[k]; l++) {
            if (c->rows[k][l] != 0 &&
                ((zero_only && c->positive[k][l] == 0) || (singletons && c->rows[k][l] == 1)))
                return true;
        }
    }
    return false;
}

static void mark(const counting *c, autki_panel *p, bool zero_only, bool singletons)
{
    for (size_t r = 0; r < p->frame->n_rows; r++) {
        if (p->state[r] != AUTKI_ROW_USED)
            continue;
        bool zero = false, single = false;
        for (int32_t k = 0; k < p->n_effects; k++) {
            int32_t id = p->frame_id[k][r];
            zero |= zero_only && c->positive[k][id] == 0;
            single |= singletons && c->rows[k][id] == 1;
        }
        if (zero) {
            p->state[r] = AUTKI_ROW_ZERO_ONLY;
            p->drops.zero_only++;
        } else if (single) {
            p->state[r] = AUTKI_ROW_SINGLETON;
            p->drops.singleton++;
        }
    }
}

autk_status autki_drop_groups(autki_panel *panel, const double *response, bool zero_only,
                              bool singletons, int n_threads, autk_err *err)
{
    counting c = {.panel = panel, .response = response};
    autk_status st = AUTK_OK;
    for (int32_t k = 0; k < panel->n_effects; k++) {
        c.rows[k] = autki_malloc((size_t)panel->n_frame_ids[k], sizeof(int32_t));
        c.positive[k] = autki_malloc((size_t)panel->n_frame_ids[k], sizeof(int32_t));
        if (c.rows[k] == NULL || c.positive[k] == NULL)
            st = autki_no_memory(err, (size_t)panel->n_frame_ids[k] * sizeof(int32_t));
    }
    while (st == AUTK_OK) {
        st = autki_parallel_for((size_t)panel->n_effects, n_threads, count_effect, &c, err);
        if (st != AUTK_OK || !any_level(&c, zero_only, singletons))
            break;
        mark(&c, panel, zero_only, singletons);
    }
    for (int32_t k = 0; k < panel->n_effects; k++) {
        free(c.rows[k]);
        free(c.positive[k]);
    }
    return st;
}
