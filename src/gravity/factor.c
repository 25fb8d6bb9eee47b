#include "gravity/factor.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/random.h"

#define BUCKETS 1024 /* degrees from here on share the last bucket */
#define ENTRIES_MAX (SIZE_MAX / 64)

typedef struct half {
    int32_t to, next; /* next half-edge of the same vertex, -1 = last */
    double weight;
} half;

typedef struct neighbour {
    int32_t vertex, edges; /* how many parallel edges it stands for */
    double weight;
} neighbour;

typedef struct elimination {
    autki_factor_ldl *f;
    half *halves;
    size_t n_halves, halves_capacity;
    int32_t free_half;                        /* list of halves to use again, -1 = none */
    int32_t *first;                           /* [n] half-edges of each vertex */
    int32_t *degree;                          /* [n] with parallel edges; -1 = eliminated */
    int32_t *before, *after, bucket[BUCKETS]; /* doubly linked lists by degree */
    int32_t *place; /* [n] in `near` while a vertex is eliminated, else -1 */
    neighbour *near;
    size_t near_capacity;
    uint64_t random;
} elimination;

void autki_factor_ldl_deinit(autki_factor_ldl *f)
{
    free(f->vertex);
    free(f->order);
    free(f->begin);
    free(f->row);
    free(f->value);
    free(f->inverse);
    memset(f, 0, sizeof *f);
}

static int32_t bucket_of(int32_t degree)
{
    return degree < BUCKETS ? degree : BUCKETS - 1;
}

static void unlink_vertex(elimination *e, int32_t v)
{
    if (e->before[v] >= 0)
        e->after[e->before[v]] = e->after[v];
    else
        e->bucket[bucket_of(e->degree[v])] = e->after[v];
    if (e->after[v] >= 0)
        e->before[e->after[v]] = e->before[v];
}

static void link_vertex(elimination *e, int32_t v)
{
    int32_t *head = &e->bucket[bucket_of(e->degree[v])];
    e->before[v] = -1;
    e->after[v] = *head;
    if (*head >= 0)
        e->before[*head] = v;
    *head = v;
}

static void change_degree(elimination *e, int32_t v, int32_t by)
{
    if (bucket_of(e->degree[v]) == bucket_of(e->degree[v] + by)) {
        e->degree[v] += by;
        return;
    }
    unlink_vertex(e, v);
    e->degree[v] += by;
    link_vertex(e, v);
}

static autk_status add_half(elimination *e, int32_t from, int32_t to, double weight, autk_err *err)
{
    int32_t at = e->free_half;
    if (at >= 0) {
        e->free_half = e->halves[at].next;
    } else {
        autk_status st = autki_grow(&e->halves, &e->halves_capacity, e->n_halves + 1,
                                    sizeof *e->halves, INT32_MAX, err);
        if (st != AUTK_OK)
            return st;
        at = (int32_t)e->n_halves++;
    }
    e->halves[at] = (half){.to = to, .next = e->first[from], .weight = weight};
    e->first[from] = at;
    return AUTK_OK;
}

/* Living neighbours of v, parallel edges added up; v's half-edges are given back. */
static autk_status gather(elimination *e, int32_t v, size_t *n, autk_err *err)
{
    *n = 0;
    for (int32_t at = e->first[v]; at >= 0;) {
        half h = e->halves[at];
        e->halves[at].next = e->free_half;
        e->free_half = at;
        at = h.next;
        if (e->degree[h.to] < 0)
            continue;
        if (e->place[h.to] < 0) {
            autk_status st =
                autki_grow(&e->near, &e->near_capacity, *n + 1, sizeof *e->near, ENTRIES_MAX, err);
            if (st != AUTK_OK)
                return st;
            e->place[h.to] = (int32_t)*n;
            e->near[(*n)++] = (neighbour){.vertex = h.to};
        }
        neighbour *to = &e->near[e->place[h.to]];
        to->weight += h.weight;
        to->edges++;
    }
    e->first[v] = -1;
    for (size_t i = 0; i < *n; i++)
        e->place[e->near[i].vertex] = -1;
    return AUTK_OK;
}

static int by_weight(const void *a, const void *b)
{
    const neighbour *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? -1 : 1;
    return x->vertex < y->vertex ? -1 : x->vertex > y->vertex;
}

static void sort_by_weight(neighbour *near, size_t n)
{
    if (n > 24) {
        qsort(near, n, sizeof *near, by_weight);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        neighbour x = near[i];
        size_t j = i;
        for (; j > 0 && by_weight(&x, &near[j - 1]) < 0; j--)
            near[j] = near[j - 1];
        near[j] = x;
    }
}

static autk_status push_column(elimination *e, size_t column, size_t n, double total, autk_err *err)
{
    autki_factor_ldl *f = e->f;
    autk_status st =
        autki_grow(&f->row, &f->row_capacity, f->n_entries + n, sizeof *f->row, ENTRIES_MAX, err);
    if (st == AUTK_OK)
        st = autki_grow(&f->value, &f->value_capacity, f->n_entries + n, sizeof *f->value,
                        ENTRIES_MAX, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < n; i++) {
        f->row[f->n_entries] = e->near[i].vertex;
        f->value[f->n_entries++] = e->near[i].weight / total;
    }
    f->inverse[column] = n > 0 && total > 0 ? 1 / total : 0;
    f->begin[column + 1] = f->n_entries;
    return AUTK_OK;
}

/* The clique that eliminating v leaves has weights w_i w_k / total. Neighbour i, taken in the order
 * of weight, is joined to one k behind it, drawn with probability w_k / s_i, by an edge of weight
 * w_i s_i / total, s_i the sum of the weights behind i: right in expectation, and a tree. */
static autk_status sample_clique(elimination *e, size_t n, double total, autk_err *err)
{
    double behind = total;
    for (size_t i = 0; i + 1 < n; i++) {
        double w = e->near[i].weight;
        behind -= w;
        double target = autki_random_uniform(&e->random) * behind, sum = 0;
        size_t k = i + 1;
        for (; k + 1 < n; k++) {
            sum += e->near[k].weight;
            if (sum > target)
                break;
        }
        int32_t a = e->near[i].vertex, b = e->near[k].vertex;
        double weight = w * behind / total;
        if (!(weight > 0))
            continue; /* underflow: the edge is nothing */
        autk_status st = add_half(e, a, b, weight, err);
        if (st == AUTK_OK)
            st = add_half(e, b, a, weight, err);
        if (st != AUTK_OK)
            return st;
        change_degree(e, a, 1);
        change_degree(e, b, 1);
    }
    return AUTK_OK;
}

static autk_status eliminate(elimination *e, int32_t v, size_t column, autk_err *err)
{
    size_t n = 0;
    unlink_vertex(e, v);
    e->degree[v] = -1;
    e->f->order[column] = v;
    autk_status st = gather(e, v, &n, err);
    if (st != AUTK_OK)
        return st;
    sort_by_weight(e->near, n);
    double total = 0;
    for (size_t i = 0; i < n; i++)
        total += e->near[i].weight;
    st = push_column(e, column, n, total, err);
    for (size_t i = 0; i < n; i++)
        change_degree(e, e->near[i].vertex, -e->near[i].edges);
    return st == AUTK_OK ? sample_clique(e, n, total, err) : st;
}

static autk_status begin(elimination *e, const autki_edge *edges, size_t n_edges, autk_err *err)
{
    size_t n = e->f->n;
    e->first = autki_malloc(n, sizeof *e->first);
    e->degree = autki_calloc(n, sizeof *e->degree);
    e->before = autki_malloc(n, sizeof *e->before);
    e->after = autki_malloc(n, sizeof *e->after);
    e->place = autki_malloc(n, sizeof *e->place);
    if (e->first == NULL || e->degree == NULL || e->before == NULL || e->after == NULL ||
        e->place == NULL)
        return autki_no_memory(err, n * sizeof *e->first);
    memset(e->first, 0xff, n * sizeof *e->first);
    memset(e->place, 0xff, n * sizeof *e->place);
    memset(e->bucket, 0xff, sizeof e->bucket);
    e->free_half = -1;
    autk_status st =
        autki_grow(&e->halves, &e->halves_capacity, 2 * n_edges, sizeof *e->halves, INT32_MAX, err);
    for (size_t i = 0; st == AUTK_OK && i < n_edges; i++) {
        st = add_half(e, edges[i].a, edges[i].b, edges[i].weight, err);
        if (st == AUTK_OK)
            st = add_half(e, edges[i].b, edges[i].a, edges[i].weight, err);
        e->degree[edges[i].a]++;
        e->degree[edges[i].b]++;
    }
    for (size_t v = n; v-- > 0 && st == AUTK_OK;)
        link_vertex(e, (int32_t)v);
    return st;
}

static autk_status reserve_factor(autki_factor_ldl *f, autk_err *err)
{
    f->n_entries = 0;
    if (f->order == NULL)
        f->order = autki_malloc(f->n, sizeof *f->order);
    if (f->begin == NULL)
        f->begin = autki_malloc(f->n + 1, sizeof *f->begin);
    if (f->inverse == NULL)
        f->inverse = autki_malloc(f->n, sizeof *f->inverse);
    if (f->order == NULL || f->begin == NULL || f->inverse == NULL)
        return autki_no_memory(err, f->n * sizeof *f->begin);
    f->begin[0] = 0;
    return AUTK_OK;
}

autk_status autki_factor_ldl_compute(autki_factor_ldl *factor, const autki_edge *edges,
                                     size_t n_edges, uint64_t seed, autk_err *err)
{
    elimination e = {.f = factor, .random = seed};
    autk_status st = reserve_factor(factor, err);
    if (st == AUTK_OK)
        st = begin(&e, edges, n_edges, err);
    for (size_t c = 0; st == AUTK_OK && c < factor->n; c++) {
        int32_t lowest = 0;
        while (e.bucket[lowest] < 0)
            lowest++;
        st = eliminate(&e, e.bucket[lowest], c, err);
    }
    free(e.halves);
    free(e.first);
    free(e.degree);
    free(e.before);
    free(e.after);
    free(e.place);
    free(e.near);
    return st;
}

static inline void solve(const autki_factor_ldl *f, double *y, size_t q)
{
    for (size_t c = 0; c < f->n; c++) {
        double *v = y + (size_t)f->order[c] * q;
        for (size_t i = f->begin[c]; i < f->begin[c + 1]; i++) {
            double *to = y + (size_t)f->row[i] * q;
            for (size_t j = 0; j < q; j++)
                to[j] += f->value[i] * v[j];
        }
        for (size_t j = 0; j < q; j++)
            v[j] *= f->inverse[c];
    }
    for (size_t c = f->n; c-- > 0;) {
        double *v = y + (size_t)f->order[c] * q;
        for (size_t i = f->begin[c]; i < f->begin[c + 1]; i++) {
            const double *from = y + (size_t)f->row[i] * q;
            for (size_t j = 0; j < q; j++)
                v[j] += f->value[i] * from[j];
        }
    }
}

void autki_factor_ldl_solve(const autki_factor_ldl *factor, double *y, size_t width)
{
    if (width == 1)
        solve(factor, y, 1);
    else
        solve(factor, y, width);
}
