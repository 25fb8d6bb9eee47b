#include <math.h>

#include <autarky/claim.h>

#define AS_TEXT(name, text) text,
/* Parts of the bounds that must fit for "supported" and, below which nothing is left of a claim
 * whose best estimate does not fit, for "possible": bounds are as soft as their sources. */
#define MOST 0.5
#define LITTLE 0.05

const char *autk_verdict_text(autk_verdict verdict)
{
    static const char *const texts[] = {AUTK_VERDICT_LIST(AS_TEXT)};
    return (unsigned)verdict < AUTK_VERDICT_COUNT ? texts[verdict] : "unknown";
}

static bool fits(const autk_quantity_said *said, double share)
{
    bool above = said->above_low ? share > said->low : share >= said->low;
    bool below = said->below_high ? share < said->high : share <= said->high;
    return above && below;
}

/* Part of [low, high] that the claim's range covers; 1 or 0 for a point. */
static double covered(const autk_quantity_said *said, autk_bounds share)
{
    if (!(share.high > share.low))
        return fits(said, share.point) ? 1.0 : 0.0;
    double low = share.low > said->low ? share.low : said->low;
    double high = share.high < said->high ? share.high : said->high;
    return high > low ? (high - low) / (share.high - share.low) : 0.0;
}

autk_verdict autk_claim_judge(const autk_quantity_said *said, autk_bounds share)
{
    if (isnan(share.low) || isnan(share.point) || isnan(share.high))
        return AUTK_VERDICT_UNDECIDABLE;
    double part = covered(said, share);
    bool point_fits = fits(said, share.point);
    if (point_fits && part >= MOST)
        return AUTK_VERDICT_SUPPORTED;
    if (point_fits || part >= LITTLE)
        return AUTK_VERDICT_POSSIBLE;
    return AUTK_VERDICT_CONTRADICTED;
}
