/**
 * @file products.h
 * Dependence product by product from a dataset: how concentrated the suppliers are, in the country
 * and in the world, whether own exports could replace imports, and whether that lasts.
 *
 * What nobody reported is not in the sums, and no zero: it widens the bounds of shares. A product
 * without reported imports has no row.
 */
#ifndef AUTARKY_PRODUCTS_H
#define AUTARKY_PRODUCTS_H

#include <autarky/base.h>
#include <autarky/dataset.h>
#include <autarky/depend.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AUTK_PRODUCT_SECTIONS 1 /**< as `digits`: the 21 sections of the HS */
#define AUTK_RATIO_NO_EXPORTS 9999.0

typedef struct autk_products_opts {
    int digits;       /**< 6, 4, 2 or AUTK_PRODUCT_SECTIONS; at most the layer's level */
    int64_t layer;    /**< -1 = the best there is for that year, see autk_products_layer */
    bool exports;     /**< dependence on buyers instead of on suppliers: all sides change places */
    double hhi_min;   /**< partners' concentration above which a product depends (.4) */
    double world_min; /**< world's concentration above which there is nowhere to turn (.4) */
    double ratio_min; /**< imports / exports above which own goods cannot replace them (1) */
    double outside_min; /**< share from outside the bloc, second EU indicator (.5) */
    bool all_exports;   /**< imports are compared with exports to members too, not only outside */
    int n_years;        /**< years looked at, the last included (3) */
    int n_years_min;    /**< in how many of them the criteria must hold (2) */
    /** Tells which flows nobody reports, and at most how much they are. NULL = only the dataset's
     *  own layers tell who reported. Borrowed. */
    const autk_world *world;
} autk_products_opts;
AUTK_API autk_products_opts autk_products_opts_default(void);

/** One product. Values in the layer's currency. */
typedef struct autk_product_row {
    char code[16];              /**< "310420", "3104", "31", "VI" */
    char name[96];              /**< "" where the import brought none */
    double imports, exports;    /**< of the economy or bloc, across its border */
    double hhi;                 /**< Σ s², shares of partners outside */
    int32_t top_partner;        /**< economy of the dataset */
    double top_share, at_stake; /**< of the largest partner; its value */
    double world_hhi;           /**< Σ s², shares of exporters in world exports */
    double ratio;               /**< imports / exports, AUTK_RATIO_NO_EXPORTS without exports */
    double outside_share;       /**< of all imports of members; 1 for a single economy */
    bool eu[3];                 /**< SWD(2021) 352: hhi, outside_share, ratio above their limits */
    bool eu_dependent;          /**< all three */
    bool geodep;                /**< CEPII GeoDep: hhi, world_hhi, ratio above their limits */
    int years_geodep;           /**< in how many of the years looked at */
    int years_seen;             /**< years with reported imports of the product */
    bool persistent;            /**< years_geodep >= n_years_min */
    /* What nobody reported may be this product. Figures above are of what is reported; these say
     * how far they may be off, as far as silent partners have bounds (autk_products_silent). */
    double unknown_share;                 /**< of all its imports, reported or not: at most */
    double hhi_low, hhi_high;             /**< exact least and largest */
    double top_share_low, top_share_high; /**< of top_partner */
    bool eu_sure, geodep_sure;            /**< no silent partner could turn the verdict */
} autk_product_row;

/**
 * The layer that answers best for a year: trade, yearly, codes of digits of at least `digits`;
 * reconciled before the importers' reports before the exporters' (for exports the other way
 * round); among equals the one with most flows. Whose flows, does not matter.
 * Errors: AUTK_ENOTFOUND.
 */
AUTK_API autk_status autk_products_layer(size_t *layer, autk_dataset *dataset, int32_t year,
                                         int digits, bool exports, autk_err *err) AUTK_MUST_CHECK;

/**
 * The same for the members of an economy or bloc: the best layer that has flows of theirs, which is
 * what autk_products takes with opts->layer -1; where they are in none, autk_products_layer.
 * Errors: AUTK_ENOTFOUND, AUTK_EARG.
 */
AUTK_API autk_status autk_products_layer_of(size_t *layer, autk_dataset *dataset,
                                            const int32_t *members, size_t n_members, int32_t year,
                                            const autk_products_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * Products of an economy or a bloc, persistent ones first, then by value at stake.
 *
 * Sources: European Commission SWD(2021) 352, core dependency indicators of the bottom-up mapping;
 * Lefebvre & Wibaux 2024 (CEPII Policy Brief 47, the GeoDep database): concentration of imports and
 * of world exports, imports over exports, two of three years. Limits as options.
 *
 * @param rows     [out, *n] the caller's to free(); NULL when there are none
 * @param members  [n_members] one economy, or those of a bloc: trade between them does not count
 *                 as imports, only in outside_share
 * @param opts     NULL = default
 * Errors: AUTK_EARG, AUTK_ENOTFOUND (no flows of that year), AUTK_EDATA, AUTK_EIO, AUTK_ENOMEM.
 * Cost:   O(flows of the years looked at): the world's concentration needs all of them.
 */
AUTK_API autk_status autk_products(autk_product_row **rows, size_t *n, autk_dataset *dataset,
                                   const int32_t *members, size_t n_members, int32_t year,
                                   const autk_products_opts *opts, autk_err *err) AUTK_MUST_CHECK;

/** A partner that may have sold to the economy (bought from it), and nobody reported. */
typedef struct autk_product_silence {
    char code[16];
    char name[96];
    int32_t partner; /**< economy of the dataset; -1 = it is not in it */
    double high;     /**< at most so much of all goods, in USD; NaN = nothing bounds it */
} autk_product_silence;

/**
 * Partners outside whose flows to the economy or the bloc's members (with opts->exports: from them)
 * the layer does not have because nobody reported, the largest first. Silent is a pair that the
 * world dataset calls a gap; and one of which neither side reported anything that year to the
 * layers that the answer is taken from. Bounds are those of the world dataset, for layers in USD.
 *
 * @param out  [*n] the caller's to free(); NULL when there are none
 * Errors, opts as autk_products.
 * Cost:   a few ms a member.
 */
AUTK_API autk_status autk_products_silent(autk_product_silence **out, size_t *n,
                                          autk_dataset *dataset, const int32_t *members,
                                          size_t n_members, int32_t year,
                                          const autk_products_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;

/** A partner in the trade of one product. */
typedef struct autk_product_partner {
    char code[16];
    char name[96];
    int32_t party;     /**< of the world dataset; AUTK_PARTY_ANY = it is not there */
    autk_bounds value; /**< in the layer's currency; of a gap the point is NaN */
    double quantity;   /**< metric tons of what has a quantity; NaN = none has */
    autk_bounds share; /**< the point is the share in what is reported */
    autk_rank rank;    /**< of a gap the point is 0; all 0 where nothing bounds it */
    bool gap;          /**< neither side reports: at most what is known of all goods between them */
    /** Of a layer that mirror --store made, value has its 90 % interval (over several codes the sum
     * of their ends), and this says whose reports it is made of: bits 1 << autk_mirror_kind. 0 = of
     *  another layer, which has no intervals. */
    unsigned kinds;
} autk_product_partner;

typedef struct autk_product_dependence {
    char product[16];
    char name[96]; /**< "" where the dataset has none */
    int32_t year;
    bool exports;
    size_t layer;
    double value, quantity;         /**< reported, over all partners */
    double other_way;               /**< the same product in the other direction */
    autk_product_partner *partners; /**< by value, gaps last; autk_product_dependence_free */
    size_t n_partners, n_gaps, n_unbounded; /**< gaps, and those of them that nothing bounds */
    autk_concentration concentration;       /**< over partners; bounds as far as gaps have some */
    double world_value, world_hhi;          /**< of its exporters (for exports: importers) */
    bool has_on;
    autk_product_partner on; /**< of the party asked for, its members together */
} autk_product_dependence;

typedef struct autk_product_depend_opts {
    int64_t layer; /**< -1 = the best there is for that year */
    bool exports;  /**< buyers instead of suppliers */
    /** The economy's evidence: tells which partners' flows nobody reports, and at most how much
     *  they are. NULL = what nobody reports is left out. Borrowed. */
    const autk_evidence *evidence;
    int32_t on; /**< economy or group of the evidence's world; AUTK_PARTY_ANY */
} autk_product_depend_opts;
AUTK_API autk_product_depend_opts autk_product_depend_opts_default(void);

/**
 * On whom an economy depends for one product, or for all that begin with a code.
 *
 * A partner whose whole trade in that direction is reported by neither side may trade the product
 * too: it is a gap, with at most the upper bound of that whole flow, when the layer is in USD. Gaps
 * widen the bounds of every share; gaps that nothing bounds are listed and left out of them.
 *
 * @param product  2 to 10 digits: "3104"
 * Errors: AUTK_EARG, AUTK_ENOTFOUND (no such product or year in the dataset), AUTK_ENOANSWER
 *         (nobody reports trade of it and there is no gap), AUTK_EDATA, AUTK_EIO, AUTK_ENOMEM.
 * Cost:   O(flows of the year): the world's concentration needs all of them.
 */
AUTK_API autk_status autk_product_depend(autk_product_dependence **out, autk_dataset *dataset,
                                         int32_t economy, const char *product, int32_t year,
                                         const autk_product_depend_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;
AUTK_API void autk_product_dependence_free(autk_product_dependence *dependence);

#ifdef __cplusplus
}
#endif
#endif
