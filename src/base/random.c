#include "base/random.h"

#include <math.h>

#define TWO_PI 6.283185307179586

uint64_t autki_random_bits(uint64_t *state)
{
    uint64_t z = (*state += AUTKI_RANDOM_STEP);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t autki_random_stream(uint64_t seed, uint64_t stream)
{
    return seed + 0x632be59bd9b4e019u * (stream + 1);
}

double autki_random_uniform(uint64_t *state)
{
    return ((double)(autki_random_bits(state) >> 11) + 0.5) * 0x1p-53;
}

double autki_random_normal(uint64_t *state)
{
    double u = autki_random_uniform(state), v = autki_random_uniform(state);
    return sqrt(-2 * log(u)) * cos(TWO_PI * v);
}

double autki_random_exponential(uint64_t *state)
{
    return -log(autki_random_uniform(state));
}

double autki_triangular(double low, double mode, double high, double u)
{
    double width = high - low, left = mode - low;
    if (!(width > 0))
        return mode;
    return u < left / width ? low + sqrt(u * width * left)
                            : high - sqrt((1 - u) * width * (high - mode));
}
