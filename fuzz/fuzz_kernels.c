/* Shares, ranks and concentration of any intervals: what is accepted stays in order, in [0, 1], and
 * contains what the points and a corner give. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/depend.h>

#define MAX_VALUES 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static bool near_or_below(double a, double b)
{
    return a <= b + 1e-9 * (1 + fabs(b));
}

/* 16-bit numbers over a wide range of sizes, and now and then something that is no number. */
static double number(const uint8_t *at)
{
    unsigned u = (unsigned)(at[0] | at[1] << 8);
    if (u == 0xffff)
        return NAN;
    if (u == 0xfffe)
        return INFINITY;
    return u == 0 ? 0 : ldexp(1 + (u & 0xff) / 256.0, (int)(u >> 8 & 0x3f) - 20);
}

static void check_order(autk_bounds b)
{
    need(near_or_below(b.low, b.point) && near_or_below(b.point, b.high));
}

static void check(const autk_bounds *value, size_t n, const autk_whole *whole)
{
    static autk_bounds share[MAX_VALUES];
    static autk_rank rank[MAX_VALUES];
    autk_concentration c;
    if (autk_share_bounds(share, NULL, value, n, whole, NULL) != AUTK_OK)
        return;
    double sum = 0, hhi = 0;
    for (size_t i = 0; i < n; i++) {
        check_order(share[i]);
        need(share[i].low >= 0 && share[i].high <= 1);
        sum += share[i].point;
        hhi += share[i].point * share[i].point;
    }
    need(sum <= 1 + 1e-9);
    need(autk_rank_bounds(rank, value, n, whole, NULL) == AUTK_OK);
    for (size_t i = 0; i < n; i++)
        need(1 <= rank[i].best && rank[i].best <= rank[i].point && rank[i].point <= rank[i].worst &&
             rank[i].worst <= (int32_t)n);
    need(autk_concentration_bounds(&c, value, n, whole, NAN, NULL) == AUTK_OK);
    if (isnan(c.hhi.point))
        return;
    check_order(c.hhi);
    need(c.hhi.low >= 0 && c.hhi.high <= 1 + 1e-9);
    need(fabs(c.hhi.point - hhi) <= 1e-6);
    need(near_or_below(c.effective.low, c.effective.point));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static autk_bounds value[MAX_VALUES];
    size_t n = 0;
    if (size < 7)
        return 0;
    autk_whole whole = {.given = (data[0] & 1) != 0,
                        .closed = (data[0] & 4) != 0,
                        .total = {number(data + 1), number(data + 3), number(data + 5)}};
    for (size_t at = 7; at + 6 <= size && n < MAX_VALUES; at += 6)
        value[n++] = (autk_bounds){number(data + at), number(data + at + 2), number(data + at + 4)};
    for (size_t i = 0; i < n && (data[0] & 2) != 0; i++) { /* mostly in order, to get far */
        double a = value[i].low, b = value[i].high;
        value[i].low = a < b ? a : b;
        value[i].high = a < b ? b : a;
        value[i].point = value[i].low;
    }
    check(value, n, &whole);
    return 0;
}
