#include "baci_like.h"

#include <math.h>

#define N_ECONOMIES 226
#define N_PRODUCTS 5018

static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

static double uniform(uint64_t *state)
{
    return ((double)(next(state) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t *state)
{
    return sqrt(-2 * log(uniform(state))) * cos(6.283185307179586 * uniform(state));
}

/* Share of products that a pair trades: sizes fall off like a Pareto, capped at nearly all. */
static double density(int i, int j, double scale)
{
    double d = scale / (pow(1 + i, 0.9) * pow(1 + j, 0.7));
    return d < 0.93 ? d : 0.93;
}

static double scale_for(uint64_t n_rows)
{
    double low = 0, high = 1e9;
    for (int k = 0; k < 100; k++) {
        double mid = sqrt((low + 1e-9) * high), sum = 0;
        for (int i = 0; i < N_ECONOMIES; i++)
            for (int j = 0; j < N_ECONOMIES; j++)
                sum += i != j ? N_PRODUCTS * density(i, j, mid) : 0;
        if (sum < (double)n_rows)
            low = mid;
        else
            high = mid;
    }
    return high;
}

/* Codes of economies rise as in BACI; which is large has nothing to do with its code. */
static int code_of(int position)
{
    return 4 + position * 4 - position % 3;
}

static uint64_t write_pair(FILE *to, int year, int i, int j, double share, uint64_t *state)
{
    uint64_t n = 0;
    double pair_size = 1.6 + 1.2 * normal(state);
    for (int k = 0; k < N_PRODUCTS; k++) {
        if (uniform(state) >= share)
            continue;
        int code = 10121 + k / 52 * 10000 + k % 52 * 173;
        double v = exp(pair_size + 2.4 * normal(state));
        double q = v / exp(1.5 + 1.2 * normal(state));
        if (v < 0.001)
            v = 0.001;
        if (next(state) % 50 == 0)
            fprintf(to, "%d,%d,%d,%06d,%.3f,NA\n", year, code_of(i), code_of(j), code, v);
        else
            fprintf(to, "%d,%d,%d,%06d,%.3f,%.3f\n", year, code_of(i), code_of(j), code, v, q);
        n++;
    }
    return n;
}

uint64_t baci_like_write(FILE *to, int year, uint64_t n_rows, uint64_t seed)
{
    uint64_t n = 0, state = seed;
    double scale = scale_for(n_rows);
    int rank[N_ECONOMIES];
    for (int i = 0; i < N_ECONOMIES; i++)
        rank[i] = (i * 131 + 17) % N_ECONOMIES;
    fputs("t,i,j,k,v,q\n", to);
    for (int i = 0; i < N_ECONOMIES; i++) {
        for (int j = 0; j < N_ECONOMIES; j++) {
            if (i != j)
                n += write_pair(to, year, i, j, density(rank[i], rank[j], scale), &state);
        }
    }
    return n;
}
