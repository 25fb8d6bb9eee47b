/* Values that public code and papers give on public data. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <autarky/gravity.h>

#include "unit.h"

#define SIX_YEARS "(year==1986 | year==1990 | year==1994 | year==1998 | year==2002 | year==2006)"

typedef struct want {
    const char *name;
    double estimate, std_error; /* std_error NaN: not published */
} want;

typedef struct anchor {
    const char *file, *formula, *subset, *vcov;
    bool fixest, ols;
    int64_t n_obs, zero_only;
    double deviance; /* NaN: not published */
    double within;   /* half a unit of the last printed digit of the estimates */
    double error_within;
    want wants[8];
} anchor;

static void check(const anchor *a)
{
    char file[80];
    autk_err err;
    autk_estimate *e = NULL;
    autk_estimate_opts opts = autk_estimate_opts_default();
    (void)snprintf(file, sizeof file, "anchors/%s", a->file);
    opts.subset = a->subset;
    opts.vcov = a->vcov;
    opts.family = a->ols ? AUTK_FAMILY_OLS : AUTK_FAMILY_POISSON;
    opts.convention = a->fixest ? AUTK_CONVENTION_FIXEST : AUTK_CONVENTION_STATA;
    assert_ok(autk_estimate_run(&e, a->formula, shared_path(file), &opts, &err), &err);
    const autk_estimate_info *info = autk_estimate_get_info(e);
    assert_int_equal(info->n_obs, a->n_obs);
    assert_int_equal(info->dropped.zero_only, a->zero_only);
    if (!isnan(a->deviance))
        assert_within(info->deviance, a->deviance, 0.5);
    for (const want *w = a->wants; w->name != NULL; w++) {
        int i = 0;
        while (i < info->n_coefficients &&
               strcmp(autk_estimate_get_coefficient(e, i).name, w->name) != 0)
            i++;
        autk_coefficient c = autk_estimate_get_coefficient(e, i);
        assert_string_equal(c.name, w->name);
        assert_within(c.estimate, w->estimate, a->within);
        if (!isnan(w->std_error))
            assert_within(c.std_error, w->std_error, a->error_within);
    }
    autk_estimate_free(e);
}

/* Yotov, Piermartini, Monteiro & Larch (2016), chapter 1, traditional gravity. */
static void agtpa__traditional_gravity(void **state)
{
    (void)state;
    anchor a = {.file = "agtpa_applications.csv.gz",
                .formula = "trade ~ log(dist) + cntg + lang + clny | exporter^year + importer^year",
                .subset = "exporter != importer & " SIX_YEARS,
                .vcov = "cluster:pair_id",
                .n_obs = 28152,
                .deviance = NAN,
                .within = 5e-8,
                .error_within = 5e-8,
                .wants = {{"log(dist)", -.8409273, .0316575},
                          {"cntg", .4374432, .0831598},
                          {"lang", .2474765, .0765388},
                          {"clny", -.2224899, .1162442}}};
    check(&a);
    const double fixest[4] = {.032135, .084414, .077693, .117997};
    for (int i = 0; i < 4; i++)
        a.wants[i].std_error = fixest[i];
    a.fixest = true;
    a.error_within = 5e-7;
    check(&a);
}

static void agtpa__border(void **state)
{
    (void)state;
    anchor a = {.file = "agtpa_applications.csv.gz",
                .formula =
                    "trade ~ log(dist) + cntg + I(exporter != importer) | exporter + importer",
                .subset = "year == 2006",
                .vcov = "hetero",
                .n_obs = 4761,
                .deviance = 4542202,
                .within = 5e-8,
                .error_within = 5e-8,
                .wants = {{"log(dist)", -.7912879, .0501494},
                          {"cntg", .6736456, .1073719},
                          {"I(exporter!=importer)", -2.4744505, .1193816}}};
    check(&a);
    const double fixest[3] = {.050898, .108975, .121164};
    for (int i = 0; i < 3; i++)
        a.wants[i].std_error = fixest[i];
    a.fixest = true;
    a.error_within = 5e-7;
    check(&a);
}

static void agtpa__three_way(void **state)
{
    (void)state;
    anchor a = {.file = "agtpa_applications.csv.gz",
                .formula = "trade ~ rta | exporter^year + importer^year + pair_id",
                .subset = SIX_YEARS,
                .vcov = "cluster:pair_id",
                .n_obs = 28482,
                .zero_only = 84,
                .deviance = NAN,
                .within = 5e-8,
                .error_within = 5e-8,
                .wants = {{"rta", .5571853, .1022353}}};
    check(&a);
    a.fixest = true;
    a.wants[0].std_error = .103753;
    a.error_within = 5e-7;
    check(&a);
    anchor directed = {.file = "agtpa_applications.csv.gz",
                       .formula = "trade ~ rta | exporter^year + importer^year + exporter^importer",
                       .subset = SIX_YEARS,
                       .vcov = "cluster:pair_id",
                       .n_obs = 28236,
                       .zero_only = 330,
                       .deviance = NAN,
                       .within = 5e-7,
                       .wants = {{"rta", .567106, NAN}}};
    check(&directed);
}

/* Santos Silva & Tenreyro (2006), Table 3. */
static void log_of_gravity__table_3(void **state)
{
    (void)state;
    const char *rhs = "lypex+lypim+lyex+lyim+ldist+border+comlang+colony+landl_ex+landl_im+"
                      "lremot_ex+lremot_im+comfrt_wto+open_wto";
    char formula[200];
    (void)snprintf(formula, sizeof formula, "trade ~ %s", rhs);
    anchor a = {.file = "log_of_gravity_1990.dta",
                .formula = formula,
                .n_obs = 18360,
                .deviance = NAN,
                .within = 5e-4,
                .wants = {{"ldist", -.784, NAN},
                          {"lypex", .732, NAN},
                          {"lypim", .741, NAN},
                          {"border", .193, NAN},
                          {"comlang", .746, NAN}}};
    check(&a);
    (void)snprintf(formula, sizeof formula, "log(trade) ~ %s", rhs);
    anchor ols = {.file = "log_of_gravity_1990.dta",
                  .formula = formula,
                  .ols = true,
                  .n_obs = 9613,
                  .deviance = NAN,
                  .within = 5e-4,
                  .wants = {{"ldist", -1.166, NAN}}};
    check(&ols);
}

static void gegravity__partial_effect(void **state)
{
    (void)state;
    anchor a = {.file = "gegravity_trade_2000_2014.csv.gz",
                .formula = "trade ~ eu_enlargement + other_fta | exporter^year + importer^year + "
                           "exporter^importer",
                .subset = "exporter != importer",
                .n_obs = 7568,
                .deviance = NAN,
                .within = 5e-11,
                .wants = {{"eu_enlargement", .2242490062, NAN}, {"other_fta", -.0365051702, NAN}}};
    check(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agtpa__traditional_gravity), cmocka_unit_test(agtpa__border),
        cmocka_unit_test(agtpa__three_way), cmocka_unit_test(log_of_gravity__table_3),
        cmocka_unit_test(gegravity__partial_effect)};
    skip_without_shared("anchors/agtpa_applications.csv.gz");
    skip_without_shared("anchors/log_of_gravity_1990.dta");
    skip_without_shared("anchors/gegravity_trade_2000_2014.csv.gz");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
