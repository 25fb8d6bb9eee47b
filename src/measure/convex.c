#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "measure/convex.h"

static double square_phi(double x)
{
    return x * x;
}

static double square_objective(double sum, double q)
{
    return sum > 0 ? q / (sum * sum) : 0;
}

static double square_peak(double sum0, double q0, double slope)
{
    return 2 * (slope * sum0 - q0) / slope;
}

static double identity(double x)
{
    return x;
}

static double entropy_phi(double x)
{
    return x > 0 ? x * log(x) : 0;
}

static double entropy_objective(double sum, double q)
{
    return sum > 0 ? q / sum - log(sum) : 0;
}

static double entropy_peak(double sum0, double q0, double slope)
{
    return slope * sum0 - q0;
}

const autki_convex autki_squares = {square_phi, square_objective, square_peak,
                                    identity,   identity,         1};
const autki_convex autki_minus_entropy = {
    entropy_phi, entropy_objective, entropy_peak, log, exp, 0};

/* ------------------------------------------------------------------ least: water-filling */

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double clip(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* sum x (psi(level) - psi(x)) at x = clip(level): falls below 0 while raising the level still
 * lowers the objective. Nondecreasing in the level: each term is. */
static double slope_sign(const autki_convex *form, const autki_convex_problem *p, double level)
{
    double sum = 0, at = form->psi(level);
    for (size_t i = 0; i < p->n; i++) {
        double x = clip(level, p->low[i], p->high[i]);
        if (x > 0 && x != level)
            sum += x * (at - form->psi(x));
    }
    return sum;
}

static double objective_at(const autki_convex *form, const autki_convex_problem *p, double level)
{
    double sum = 0, q = 0;
    for (size_t i = 0; i < p->n; i++) {
        double x = clip(level, p->low[i], p->high[i]);
        sum += x;
        q += form->phi(x);
    }
    return form->objective(sum, q);
}

/* Between two neighbouring ends of intervals the set of those at an end is fixed, and the level at
 * which the sign changes has a closed form: the mean of psi over those, weighted by x. */
static double level_between(const autki_convex *form, const autki_convex_problem *p, double from,
                            double to)
{
    double sum = 0, q = 0;
    for (size_t i = 0; i < p->n; i++) {
        double x = p->low[i] >= to ? p->low[i] : p->high[i] <= from ? p->high[i] : 0;
        if (x > 0) {
            sum += x;
            q += x * form->psi(x);
        }
    }
    return sum > 0 ? clip(form->psi_inverse(q / sum), from, to) : to;
}

static double sum_at(const autki_convex_problem *p, double level)
{
    double sum = 0;
    for (size_t i = 0; i < p->n; i++)
        sum += clip(level, p->low[i], p->high[i]);
    return sum;
}

/* The level at which the values sum to `sum`, between two neighbouring ends of intervals. */
static double level_of_sum(const autki_convex_problem *p, double sum, double from, double to)
{
    double at_from = sum_at(p, from), at_to = sum_at(p, to);
    if (!(at_to > at_from))
        return to;
    return clip(from + (sum - at_from) / (at_to - at_from) * (to - from), from, to);
}

/* The first end, [n] in order, at which test(level) is not below 0; n when there is none. */
typedef double (*level_test)(const autki_convex *form, const autki_convex_problem *p, double level);

static size_t first_end(const double *ends, size_t n, level_test test, const autki_convex *form,
                        const autki_convex_problem *p)
{
    size_t from = 0, to = n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (test(form, p, ends[middle]) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static double above_sum_low(const autki_convex *form, const autki_convex_problem *p, double level)
{
    (void)form;
    return sum_at(p, level) - p->sum_low;
}

static double above_sum_high(const autki_convex *form, const autki_convex_problem *p, double level)
{
    (void)form;
    return sum_at(p, level) - p->sum_high;
}

/* For a fixed sum the least is at a common level too, and along the level the objective falls and
 * then rises: so the best level is the free one, moved to where the sum is admitted. */
static double best_level(const double *ends, size_t n, const autki_convex *form,
                         const autki_convex_problem *p)
{
    size_t at = first_end(ends, n, slope_sign, form, p);
    double level = ends[at < n ? at : n - 1];
    if (at > 0 && at < n)
        level = level_between(form, p, ends[at - 1], ends[at]);
    double sum = sum_at(p, level);
    if (sum >= p->sum_low && sum <= p->sum_high)
        return level;
    bool short_of = sum < p->sum_low;
    at = first_end(ends, n, short_of ? above_sum_low : above_sum_high, form, p);
    if (at == n)
        return ends[n - 1];
    return level_of_sum(p, short_of ? p->sum_low : p->sum_high, at > 0 ? ends[at - 1] : 0,
                        ends[at]);
}

autk_status autki_convex_least(double *out, const autki_convex *form, const autki_convex_problem *p,
                               autk_err *err)
{
    double *ends = autki_malloc(2 * p->n, sizeof *ends);
    if (ends == NULL)
        return autki_no_memory(err, 2 * p->n * sizeof *ends);
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (p->low[i] > 0)
            ends[n++] = p->low[i];
        if (p->high[i] > 0)
            ends[n++] = p->high[i];
    }
    qsort(ends, n, sizeof *ends, by_number);
    *out = objective_at(form, p, n > 0 ? best_level(ends, n, form, p) : 0);
    free(ends);
    return AUTK_OK;
}

/* ------------------------------------------------------------------ largest: branch and bound */

#define MAX_NODES 4000
#define TOLERANCE 1e-10

/* A node is its parent with the interval of one value cut; what follows from the cut by dominance
 * is worked out on the way. */
typedef struct node {
    int32_t parent; /* -1: the root */
    int32_t item;   /* whose interval was cut */
    double low, high;
    double bound;
} node;

typedef struct item {
    double slope; /* of the chord of phi over the interval */
    size_t index;
} item;

typedef struct search {
    const autki_convex *form;
    const autki_convex_problem *p;
    double *low, *high; /* [n] of the node at hand */
    item *order;        /* [n] those with an open interval, steepest chord first */
    node *nodes;
    size_t n_nodes, capacity;
    int32_t *heap; /* open nodes, largest bound first */
    size_t n_heap;
    double best; /* largest feasible */
} search;

static int by_slope_falling(const void *a, const void *b)
{
    const item *x = a, *y = b;
    if (x->slope != y->slope)
        return x->slope > y->slope ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Does i stand above j in both ends (ties by order)? Then some best x raises j above its low only
 * when i is at its high: shifting from j to i, or swapping the two, never lowers sum phi. */
static bool dominates(const autki_convex_problem *p, size_t i, size_t j)
{
    if (p->low[i] == p->low[j] && p->high[i] == p->high[j])
        return i < j;
    return p->low[i] >= p->low[j] && p->high[i] >= p->high[j];
}

/* False when the cuts on the way to a node exclude each other. */
static bool apply_cut(search *s, const node *cut)
{
    size_t f = (size_t)cut->item;
    const autki_convex_problem *p = s->p;
    s->low[f] = s->low[f] > cut->low ? s->low[f] : cut->low;
    s->high[f] = s->high[f] < cut->high ? s->high[f] : cut->high;
    bool not_full = cut->high<p->high[f], raised = cut->low> p->low[f];
    for (size_t j = 0; j < p->n; j++) {
        if (j == f)
            continue;
        if (not_full && dominates(p, f, j))
            s->high[j] = p->low[j];
        if (raised && dominates(p, j, f))
            s->low[j] = p->high[j];
        if (s->low[j] > s->high[j])
            return false;
    }
    return s->low[f] <= s->high[f];
}

static bool load_node(search *s, int32_t at)
{
    for (size_t i = 0; i < s->p->n; i++) {
        s->low[i] = s->p->low[i];
        s->high[i] = s->p->high[i];
    }
    for (; at >= 0 && s->nodes[at].item >= 0; at = s->nodes[at].parent) {
        if (!apply_cut(s, &s->nodes[at]))
            return false;
    }
    return true;
}

static size_t sort_open(search *s, double *sum, double *q)
{
    size_t n = 0;
    *sum = *q = 0;
    for (size_t i = 0; i < s->p->n; i++) {
        double l = s->low[i], u = s->high[i];
        *sum += l;
        *q += s->form->phi(l);
        if (u > l)
            s->order[n++] = (item){(s->form->phi(u) - s->form->phi(l)) / (u - l), i};
    }
    qsort(s->order, n, sizeof *s->order, by_slope_falling);
    return n;
}

/* What the relaxation (chords in place of phi) found best. */
typedef struct relaxed {
    double bound, feasible;
    int32_t item; /* the value that is inside its interval, -1 = none: then bound is exact */
    double at;    /* where */
} relaxed;

static void consider(relaxed *r, const search *s, double sum, double q, const item *open,
                     double step)
{
    /* Near a sum of zero a chord promises more than any x can give. */
    double bound = s->form->objective(sum, q);
    if (bound > s->form->ceiling)
        bound = s->form->ceiling;
    if (!(bound > r->bound))
        return;
    r->bound = r->feasible = bound;
    r->item = -1;
    if (open == NULL)
        return;
    double l = s->low[open->index], u = s->high[open->index], x = l + step;
    if (!(x > l && x < u))
        return;
    r->item = (int32_t)open->index;
    r->at = x;
    double chord = s->form->phi(l) + open->slope * step;
    r->feasible = s->form->objective(sum, q - chord + s->form->phi(x));
}

/* Raise the values one after the other, steepest chord first: the concave envelope of sum phi over
 * sum x. The best point of each piece that the condition on the sum admits. */
static relaxed relax(search *s)
{
    double sum, q;
    size_t n = sort_open(s, &sum, &q);
    double from = s->p->sum_low, to = s->p->sum_high;
    relaxed r = {.bound = -INFINITY, .feasible = -INFINITY, .item = -1};
    double slack = 1e-12 * (isfinite(to) ? to : 1);
    if (sum >= from - slack && sum <= to + slack)
        consider(&r, s, sum, q, NULL, 0);
    for (size_t k = 0; k < n && sum < to; k++) {
        const item *o = &s->order[k];
        double width = s->high[o->index] - s->low[o->index];
        double a = from > sum ? from - sum : 0, b = to < sum + width ? to - sum : width;
        if (a <= b) {
            double peak = s->form->peak(sum, q, o->slope) - sum;
            consider(&r, s, sum + a, q + o->slope * a, o, a);
            consider(&r, s, sum + b, q + o->slope * b, o, b);
            if (peak > a && peak < b)
                consider(&r, s, sum + peak, q + o->slope * peak, o, peak);
        }
        q += o->slope * width;
        sum += width;
    }
    if (!isfinite(r.bound) && sum >= from - slack && sum <= to + slack)
        consider(&r, s, sum, q, NULL, 0);
    return r;
}

static void heap_up(search *s, size_t at)
{
    int32_t moved = s->heap[at];
    while (at > 0) {
        size_t above = (at - 1) / 2;
        if (s->nodes[s->heap[above]].bound >= s->nodes[moved].bound)
            break;
        s->heap[at] = s->heap[above];
        at = above;
    }
    s->heap[at] = moved;
}

static int32_t heap_pop(search *s)
{
    int32_t top = s->heap[0], moved = s->heap[--s->n_heap];
    size_t at = 0;
    for (;;) {
        size_t below = 2 * at + 1;
        if (below >= s->n_heap)
            break;
        if (below + 1 < s->n_heap &&
            s->nodes[s->heap[below + 1]].bound > s->nodes[s->heap[below]].bound)
            below++;
        if (s->nodes[s->heap[below]].bound <= s->nodes[moved].bound)
            break;
        s->heap[at] = s->heap[below];
        at = below;
    }
    s->heap[at] = moved;
    return top;
}

static void push_node(search *s, int32_t parent, int32_t cut_item, double low, double high,
                      double bound)
{
    int32_t at = (int32_t)s->n_nodes++;
    s->nodes[at] = (node){parent, cut_item, low, high, bound};
    s->heap[s->n_heap] = at;
    heap_up(s, s->n_heap++);
}

/* Open nodes in order of their bound until none can beat what was found. */
static double run_search(search *s)
{
    double sum = 0;
    for (size_t i = 0; i < s->p->n; i++)
        sum += s->p->low[i];
    if (!(sum > 0) && !(s->p->sum_low > 0))
        return s->form->ceiling; /* one value may stand alone */
    push_node(s, -1, -1, 0, 0, INFINITY);
    while (s->n_heap > 0) {
        int32_t at = heap_pop(s);
        double parent_bound = s->nodes[at].bound;
        if (parent_bound <= s->best + TOLERANCE)
            break;
        if (s->n_nodes + 2 > MAX_NODES)
            return parent_bound;
        if (!load_node(s, at))
            continue;
        relaxed r = relax(s);
        if (r.feasible > s->best)
            s->best = r.feasible;
        if (r.item < 0 || r.bound <= s->best + TOLERANCE)
            continue;
        double l = s->low[r.item], u = s->high[r.item];
        push_node(s, at, r.item, l, r.at, r.bound);
        push_node(s, at, r.item, r.at, u, r.bound);
    }
    return s->best;
}

autk_status autki_convex_largest(double *out, const autki_convex *form,
                                 const autki_convex_problem *p, autk_err *err)
{
    search s = {.form = form, .p = p, .best = -INFINITY};
    s.low = autki_malloc(p->n, sizeof *s.low);
    s.high = autki_malloc(p->n, sizeof *s.high);
    s.order = autki_malloc(p->n, sizeof *s.order);
    s.nodes = autki_malloc(MAX_NODES, sizeof *s.nodes);
    s.heap = autki_malloc(MAX_NODES, sizeof *s.heap);
    autk_status st = AUTK_OK;
    if (s.low == NULL || s.high == NULL || s.order == NULL || s.nodes == NULL || s.heap == NULL)
        st = autki_no_memory(err, MAX_NODES * sizeof *s.nodes);
    else
        *out = run_search(&s);
    free(s.heap);
    free(s.nodes);
    free(s.order);
    free(s.high);
    free(s.low);
    return st;
}
