#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <autarky/brief.h>

#include "base/fail.h"
#include "base/parallel.h"
#include "base/text.h"
#include "unit.h"
#include "world_fixture.h"
#include "xml.h"

/* A sample of the economies; a sanitizer makes a brief ten times as long: then a smaller one. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define EVERY 24
#else
#define EVERY 4
#endif

static autk_brief *brief_on(const char *economy, const autk_brief_opts *opts)
{
    autk_brief *brief = NULL;
    autk_err err;
    assert_ok(autk_brief_create(&brief, world, economy_of(economy), opts, &err), &err);
    return brief;
}

static const char *written(autk_buf *out, const autk_brief *brief, autk_format format)
{
    autk_err err;
    autk_buf_clear(out);
    assert_ok(autk_brief_write(out, brief, format, &err), &err);
    return autk_buf_text(out);
}

/* ------------------------------------------------------------------ the case it was born from */

static void belarus__has_russia_first_and_its_bounds_in_every_format(void **state)
{
    (void)state;
    autk_buf out;
    autk_err err;
    autk_brief *brief = brief_on("BLR", NULL);
    autk_buf_init(&out);
    assert_int_equal(autk_brief_year(brief), 2023);
    assert_int_equal(autk_brief_on(brief), economy_of("RUS"));
    json_error_t where;
    json_t *root = json_loads(written(&out, brief, AUTK_FORMAT_JSON), 0, &where);
    assert_non_null(root);
    json_t *first = json_array_get(json_object_get(root, "partners"), 0);
    json_t *second = json_array_get(json_object_get(root, "partners"), 1);
    json_t *share = json_object_get(first, "share");
    assert_string_equal(json_string_value(json_object_get(first, "partner")), "RUS");
    assert_string_equal(json_string_value(json_object_get(second, "partner")), "CHN");
    double low = json_number_value(json_object_get(share, "low"));
    double high = json_number_value(json_object_get(share, "high"));
    assert_true(low >= .50 && low <= .56); /* the bounds on the interval */
    assert_true(high >= .62 && high <= .75);
    assert_true(json_array_size(json_object_get(root, "series")) >= 27);
    assert_true(json_array_size(json_object_get(root, "claims")) >= 8);
    assert_true(json_array_size(json_object_get(root, "blocs")) == 3);
    assert_true(json_array_size(json_object_get(root, "not_known")) >= 3);
    json_decref(root);
    const char *headline = autk_brief_headline(brief);
    assert_non_null(strstr(headline, "Belarus"));
    assert_int_equal(strncmp(written(&out, brief, AUTK_FORMAT_TEXT), headline, strlen(headline)),
                     0);
    assert_non_null(
        strstr(written(&out, brief, AUTK_FORMAT_CSV), "\npartners,RUS,share of trade,2023,"));
    autk_buf_clear(&out);
    assert_ok(autk_brief_html(&out, brief, &err), &err);
    assert_xml(autk_buf_text(&out));
    assert_int_equal(count_of(autk_buf_text(&out), "class=\"autk-chart\""), 6);
    autk_buf_deinit(&out);
    autk_brief_free(brief);
}

/* A claim that is told of an economy is not told of years before what it says. */
static void belarus__keeps_claims_to_their_years(void **state)
{
    (void)state;
    autk_brief_opts opts = autk_brief_opts_default();
    opts.year = 2010;
    opts.on = economy_of("DEU");
    autk_buf out;
    autk_buf_init(&out);
    autk_brief *brief = brief_on("BLR", &opts);
    const char *text = written(&out, brief, AUTK_FORMAT_TEXT);
    assert_null(strstr(text, "Claims checked"));
    assert_null(strstr(text, "in 2023"));
    assert_non_null(strstr(text, "Germany"));
    autk_brief_free(brief);
    autk_buf_deinit(&out);
}

static void brief__can_be_about_a_group(void **state)
{
    (void)state;
    autk_brief_opts opts = autk_brief_opts_default();
    autk_err err;
    autk_buf out;
    autk_buf_init(&out);
    assert_ok(autk_world_find_party(&opts.on, world, "EU", 0, &err), &err);
    autk_brief *brief = brief_on("KGZ", &opts);
    assert_non_null(strstr(autk_brief_headline(brief), "European Union"));
    assert_non_null(strstr(written(&out, brief, AUTK_FORMAT_TEXT), "European Union"));
    autk_brief_free(brief);
    autk_buf_deinit(&out);
}

static void headline__names_parties_as_a_sentence_does(void **state)
{
    (void)state;
    static const struct {
        const char *economy, *wanted;
    } cases[] = {{"USA", "the United States' "}, {"BLR", "Belarus's "}, {"GMB", "the Gambia's "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_brief *brief = brief_on(cases[i].economy, NULL);
        assert_non_null(strstr(autk_brief_headline(brief), cases[i].wanted));
        autk_brief_free(brief);
    }
}

static void brief__rejects_what_has_no_brief(void **state)
{
    (void)state;
    autk_brief *brief = NULL;
    autk_err err;
    autk_brief_opts opts = autk_brief_opts_default();
    int32_t belarus = economy_of("BLR");
    assert_int_equal(autk_brief_create(&brief, world, -1, NULL, &err), AUTK_EARG);
    opts.n_partners = 0;
    assert_int_equal(autk_brief_create(&brief, world, belarus, &opts, &err), AUTK_EARG);
    opts = autk_brief_opts_default();
    opts.n_draws = 17;
    assert_int_equal(autk_brief_create(&brief, world, belarus, &opts, &err), AUTK_EARG);
    opts = autk_brief_opts_default();
    opts.on = belarus;
    assert_int_equal(autk_brief_create(&brief, world, belarus, &opts, &err), AUTK_EDATA);
    opts = autk_brief_opts_default();
    opts.year = 1850;
    assert_true(autk_brief_create(&brief, world, belarus, &opts, &err) != AUTK_OK);
    assert_int_equal(autk_brief_create(&brief, world, economy_of("ATA"), NULL, &err),
                     AUTK_ENOANSWER);
    assert_non_null(strstr(err.msg, "Antarctica"));
    assert_null(brief);
}

/* ------------------------------------------------------------------ every economy */

static bool has_word(const char *text, const char *word)
{
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        if ((at == text || !isalpha((unsigned char)at[-1])) &&
            !isalpha((unsigned char)at[strlen(word)]))
            return true;
    }
    return false;
}

static autk_status check_text(const char *text, const char *code, autk_err *err)
{
    char line[1024];
    if (has_word(text, "nan") || has_word(text, "inf") || has_word(text, "null"))
        return autki_fail(err, AUTK_EDATA, "%s: no number", code);
    for (; *text != '\0'; text += strcspn(text, "\n"), text += *text == '\n') {
        (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
        if (autki_display_width(line) > 100 && strstr(line, "http") == NULL)
            return autki_fail(err, AUTK_EDATA, "%s: wide: %s", code, line);
    }
    return AUTK_OK;
}

/* low <= point <= high, and in [0, 1] where the key says share. */
static bool bounds_hold(const json_t *value, bool share)
{
    const json_t *l = json_object_get(value, "low"), *p = json_object_get(value, "point"),
                 *h = json_object_get(value, "high");
    if (!json_is_number(l) || !json_is_number(h))
        return true;
    double low = json_number_value(l), high = json_number_value(h);
    double point = json_is_number(p) ? json_number_value(p) : low;
    return low <= point && point <= high && (!share || (low >= 0.0 && high <= 1.0));
}

static bool all_bounds_hold(json_t *value)
{
    const char *key;
    size_t i;
    json_t *child;
    bool good = true;
    if (json_is_array(value)) {
        json_array_foreach(value, i, child) good = good && all_bounds_hold(child);
        return good;
    }
    json_object_foreach(value, key, child)
    {
        if (json_is_object(child) && json_object_get(child, "low") != NULL)
            good = good && bounds_hold(child, strstr(key, "share") != NULL);
        else if (json_is_object(child) || json_is_array(child))
            good = good && all_bounds_hold(child);
    }
    return good;
}

static autk_status check_formats(const autk_brief *brief, const char *code, autk_err *err)
{
    autk_buf out;
    autk_buf_init(&out);
    autk_status st = autk_brief_write(&out, brief, AUTK_FORMAT_TEXT, err);
    if (st == AUTK_OK)
        st = check_text(autk_buf_text(&out), code, err);
    autk_buf_clear(&out);
    if (st == AUTK_OK)
        st = autk_brief_write(&out, brief, AUTK_FORMAT_JSON, err);
    if (st == AUTK_OK) {
        json_error_t where;
        json_t *root = json_loads(autk_buf_text(&out), JSON_REJECT_DUPLICATES, &where);
        if (root == NULL)
            st = autki_fail(err, AUTK_EDATA, "%s: JSON line %d: %s", code, where.line, where.text);
        else if (!all_bounds_hold(root))
            st = autki_fail(err, AUTK_EDATA, "%s: bounds out of order or range", code);
        json_decref(root);
    }
    autk_buf_clear(&out);
    if (st == AUTK_OK)
        st = autk_brief_html(&out, brief, err);
    if (st == AUTK_OK &&
        (has_word(autk_buf_text(&out), "nan") || strstr(autk_buf_text(&out), "</html>") == NULL))
        st = autki_fail(err, AUTK_EDATA, "%s: the page is not whole", code);
    autk_buf_deinit(&out);
    return st;
}

static autk_status check_economy(size_t chunk, void *ctx, autk_err *err)
{
    int32_t economy = (int32_t)(chunk * EVERY);
    autk_brief *brief = NULL;
    autk_brief_opts opts = autk_brief_opts_default();
    opts.n_draws = 1; /* of the loss, which test_brief_loss looks at */
    (void)ctx;
    autk_status st = autk_brief_create(&brief, world, economy, &opts, err);
    if (st == AUTK_ENOANSWER)
        return AUTK_OK;
    if (st == AUTK_OK)
        st = check_formats(brief, autk_world_economy(world, economy)->code, err);
    autk_brief_free(brief);
    return st;
}

static void economies__have_sound_briefs(void **state)
{
    (void)state;
    autk_err err;
    size_t n = ((size_t)autk_world_n_economies(world) + EVERY - 1) / EVERY;
    assert_ok(autki_parallel_for(n, 2, check_economy, NULL, &err), &err);
}

/* ------------------------------------------------------------------ memory */

static autk_status brief_once(int32_t economy)
{
    autk_err err;
    autk_buf out;
    autk_brief *brief = NULL;
    autk_brief_opts opts = autk_brief_opts_default();
    opts.n_draws = 1;
    opts.year = 2002; /* few years: thousands of allocations, not tens of thousands */
    autk_buf_init(&out);
    autk_status st = autk_brief_create(&brief, world, economy, &opts, &err);
    if (st == AUTK_OK)
        st = autk_brief_html(&out, brief, &err);
    if (st == AUTK_OK)
        st = autk_brief_write(&out, brief, AUTK_FORMAT_TEXT, &err);
    if (st == AUTK_OK)
        st = autk_brief_write(&out, brief, AUTK_FORMAT_JSON, &err);
    autk_brief_free(brief);
    autk_buf_deinit(&out);
    return st;
}

/* Each of the first allocations, then ever fewer: a brief is too long to fail each in turn. */
static void brief__survives_failing_allocations(void **state)
{
    (void)state;
    int32_t nauru = economy_of("NRU");
    assert_int_equal(brief_once(nauru), AUTK_OK);
    for (size_t n = 0;; n += 1 + n / 4) {
        size_t before = oom_live_blocks();
        oom_fail_after(n);
        autk_status st = brief_once(nauru);
        bool was_failed = oom_stop();
        assert_int_equal(oom_live_blocks(), before);
        assert_int_equal(st, was_failed ? AUTK_ENOMEM : AUTK_OK);
        if (!was_failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(belarus__has_russia_first_and_its_bounds_in_every_format),
        cmocka_unit_test(belarus__keeps_claims_to_their_years),
        cmocka_unit_test(brief__can_be_about_a_group),
        cmocka_unit_test(headline__names_parties_as_a_sentence_does),
        cmocka_unit_test(brief__rejects_what_has_no_brief),
        cmocka_unit_test(economies__have_sound_briefs),
        cmocka_unit_test(brief__survives_failing_allocations)};
    return cmocka_run_group_tests(tests, open_world, close_world);
}
