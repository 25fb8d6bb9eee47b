#include "gravity_panel.h"

#include <math.h>

typedef struct rng {
    uint64_t state;
} rng;

static uint64_t next_bits(rng *g)
{
    uint64_t z = g->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static double uniform(rng *g)
{
    return (double)(next_bits(g) >> 11) * 0x1p-53;
}

static double normal(rng *g)
{
    double u = uniform(g), v = uniform(g);
    return sqrt(-2 * log(u + 1e-300)) * cos(6.283185307179586 * v);
}

/* A value that depends on its place alone, so that nothing large need be stored. */
static double normal_at(uint64_t seed, uint64_t a, uint64_t b)
{
    rng g = {seed * 0x9e3779b97f4a7c15u ^ (a << 32 | b)};
    (void)next_bits(&g);
    return normal(&g);
}

typedef struct world {
    int n_countries, n_years;
    uint64_t seed;
} world;

static int agreement(const world *w, int i, int j, int t)
{
    int bloc_i = i % 9, bloc_j = j % 9;
    return bloc_i == bloc_j && t >= w->n_years / 4 + bloc_i * w->n_years / 16;
}

static int sanctioned(const world *w, int i, int j, int t)
{
    rng g = {w->seed ^ (uint64_t)(i * 4001 + j) * 0x2545f4914f6cdd1du};
    if (uniform(&g) > 0.04)
        return 0;
    int from = (int)(uniform(&g) * w->n_years), length = 2 + (int)(uniform(&g) * 8);
    return t >= from && t < from + length;
}

/* One flow: heteroskedastic log-normal error, 30 % zeros, more of them where trade is thin. */
static double flow(rng *g, double eta)
{
    double sigma = 0.5 + 0.5 / (1 + exp(0.5 * eta));
    double mu = exp(eta), error = exp(sigma * normal(g) - 0.5 * sigma * sigma);
    return uniform(g) < 0.47 / (1 + exp(0.45 * (eta - 1.2))) ? 0 : mu * error;
}

void gravity_panel_trade(FILE *out, int n_countries, int n_years, int n_sectors, uint64_t seed)
{
    world country_years = {n_countries, n_years, seed};
    const world *w = &country_years;
    rng g = {w->seed};
    fprintf(out, n_sectors > 1 ? "exporter,importer,industry,year,trade,rta,tariff,sanction\n"
                               : "exporter,importer,year,trade,rta,tariff,sanction\n");
    for (int k = 0; k < n_sectors; k++) {
        uint64_t s = w->seed * 131 + (uint64_t)k;
        for (int i = 0; i < w->n_countries; i++) {
            for (int j = 0; j < w->n_countries; j++) {
                double pair = normal_at(s + 3, (uint64_t)i, (uint64_t)j);
                for (int t = 0; i != j && t < w->n_years; t++) {
                    int rta = agreement(w, i, j, t), sanction = sanctioned(w, i, j, t);
                    double tariff = rta ? 0.01 * uniform(&g) : 0.05 + 0.1 * uniform(&g);
                    double eta = normal_at(s + 1, (uint64_t)i, (uint64_t)t) +
                                 normal_at(s + 2, (uint64_t)j, (uint64_t)t) + 1.3 * pair +
                                 0.4 * rta - 3 * tariff - 1.2 * sanction;
                    fprintf(out, "C%03d,C%03d,", i, j);
                    if (n_sectors > 1)
                        fprintf(out, "%d,", k);
                    fprintf(out, "%d,%.7g,%d,%.6f,%d\n", 1986 + t, flow(&g, eta), rta, tariff,
                            sanction);
                }
            }
        }
    }
}

/* With domestic flows, some twenty times as large, and borders that weigh less from year to year.
 */
void gravity_panel_domestic(FILE *out, int n_countries, int n_years, uint64_t seed)
{
    world country_years = {n_countries, n_years, seed};
    const world *w = &country_years;
    rng g = {seed};
    fprintf(out, "exporter,importer,year,trade,rta,tariff,international\n");
    for (int i = 0; i < n_countries; i++) {
        for (int j = 0; j < n_countries; j++) {
            double pair = normal_at(seed + 3, (uint64_t)i, (uint64_t)j) + (i == j ? 3 : 0);
            for (int t = 0; t < n_years; t++) {
                int border = i != j, rta = border && agreement(w, i, j, t);
                double tariff = !border ? 0 : 0.05 * (rta ? 0.2 : 2) * uniform(&g);
                double eta = normal_at(seed + 1, (uint64_t)i, (uint64_t)t) +
                             normal_at(seed + 2, (uint64_t)j, (uint64_t)t) + pair + 0.4 * rta -
                             3 * tariff + 0.02 * t * border;
                fprintf(out, "C%03d,C%03d,%d,%.7g,%d,%.6f,%d\n", i, j, 1986 + t,
                        border ? flow(&g, eta) : exp(eta + 0.3 * normal(&g)), rta, tariff, border);
            }
        }
    }
}

/* Each region trades with its nearest neighbours; a fifth of the rows is missing. */
void gravity_panel_ring(FILE *out, int n_regions, int reach, int n_years, uint64_t seed)
{
    rng g = {seed};
    fprintf(out, "origin,destination,year,trade,rta,tariff,sanction\n");
    for (int i = 0; i < n_regions; i++) {
        for (int step = -reach; step <= reach; step++) {
            int j = (i + step + n_regions) % n_regions;
            double pair = normal_at(seed + 3, (uint64_t)i, (uint64_t)j);
            for (int t = 0; step != 0 && t < n_years; t++) {
                if (uniform(&g) < 0.2)
                    continue;
                double x = uniform(&g) < 0.3, tariff = 0.1 * uniform(&g),
                       sanction = uniform(&g) < 0.05;
                double eta = normal_at(seed + 1, (uint64_t)i, (uint64_t)t) +
                             normal_at(seed + 2, (uint64_t)j, (uint64_t)t) + pair + 0.4 * x -
                             3 * tariff - 1.2 * sanction;
                fprintf(out, "%d,%d,%d,%.7g,%d,%.6f,%d\n", i, j, 1986 + t, flow(&g, eta), (int)x,
                        tariff, (int)sanction);
            }
        }
    }
}
