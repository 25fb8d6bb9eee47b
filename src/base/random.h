/**
 * @file random.h
 * Draws that are the same on every machine: SplitMix64 (Steele, Lea & Flood 2014, fig. 17). The
 * caller owns the state; any value is a seed. The state walks by a constant, so n x that constant
 * ahead is the state after n draws. O(1) each; no two threads may share a state.
 */
#ifndef AUTKI_BASE_RANDOM_H
#define AUTKI_BASE_RANDOM_H

#include <stdint.h>

#define AUTKI_RANDOM_STEP 0x9e3779b97f4a7c15u

/** 64 independent bits. */
uint64_t autki_random_bits(uint64_t *state);

/** The state that stream number `stream` of a seed begins with: a stream owes nothing to how many
 *  numbers others use up. */
uint64_t autki_random_stream(uint64_t seed, uint64_t stream);

/** Uniform in (0, 1): neither end is ever drawn. */
double autki_random_uniform(uint64_t *state);

/** Standard normal (Box & Muller 1958; one of the pair). */
double autki_random_normal(uint64_t *state);

/** Exponential with mean one. */
double autki_random_exponential(uint64_t *state);

/** Quantile u of the triangular distribution on [low, high] with its peak at mode; mode where the
 *  interval is empty. */
double autki_triangular(double low, double mode, double high, double u);

#endif
