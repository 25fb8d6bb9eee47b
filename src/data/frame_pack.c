/* Number columns of small whole numbers in a byte a cell. */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "data/frame.h"

/* A byte holds it and gives it back as it was: not minus zero. */
static bool is_small(double v)
{
    return isnan(v) || (v >= -127 && v <= 127 && v == (double)(int)v && !(v == 0 && signbit(v)));
}

static autk_status pack_column(size_t k, void *ctx, autk_err *err)
{
    autki_frame *f = ctx;
    autki_frame_column *c = &f->columns[k];
    if (c->kind != AUTKI_NUMBER || c->number == NULL)
        return AUTK_OK;
    for (size_t r = 0; r < f->n_rows; r++) {
        if (!is_small(c->number[r]))
            return AUTK_OK;
    }
    int8_t *small = autki_malloc(f->n_rows, sizeof *small);
    if (small == NULL)
        return autki_no_memory(err, f->n_rows);
    for (size_t r = 0; r < f->n_rows; r++)
        small[r] = isnan(c->number[r]) ? INT8_MIN : (int8_t)c->number[r];
    free(c->number);
    c->number = NULL;
    c->small = small;
    return AUTK_OK;
}

autk_status autki_frame_pack(autki_frame *frame, int n_threads, autk_err *err)
{
    return autki_parallel_for(frame->n_columns, n_threads, pack_column, frame, err);
}
