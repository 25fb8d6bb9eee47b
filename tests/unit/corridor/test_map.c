/* The map of routes: well-formed, labelled, inside its frame, on both sides of the 180th meridian.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/routemap.h>

#include "unit.h"
#include "world_fixture.h"
#include "xml.h"

static void draw(const char *from, const char *to, const char *closed, bool standalone,
                 autk_buf *out)
{
    autk_err err;
    autk_closures *c = NULL;
    autk_routes *before = NULL, *after = NULL;
    autk_route_map map = {.frame = {.id = "m",
                                    .title = "Routes & ways",
                                    .description = "A map",
                                    .standalone = standalone},
                          .network = net};
    autk_route_map_way way = {0};
    assert_ok(autk_network_find(&map.from, net, from, &err), &err);
    assert_ok(autk_network_find(&way.to, net, to, &err), &err);
    assert_ok(autk_closures_create(&c, net, &err), &err);
    assert_ok(autk_closures_add(c, closed, &err), &err);
    assert_ok(autk_routes_find(&before, net, map.from, way.to, NULL, NULL, &err), &err);
    assert_ok(autk_routes_find(&after, net, map.from, way.to, c, NULL, &err), &err);
    way.before = before;
    way.after = after;
    map.ways = &way;
    map.n_ways = 1;
    assert_ok(autk_route_map_draw(out, &map, &err), &err);
    autk_routes_free(before);
    autk_routes_free(after);
    autk_closures_free(c);
}

static void route_map__is_well_formed_and_labelled(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"BLR", "NLD", "BLR-POL"}, {"JPN", "USA", "panama"}, {"FJI", "CHL", "horn"}};
    for (size_t i = 0; i < 3; i++) {
        autk_buf out;
        autk_buf_init(&out);
        draw(cases[i][0], cases[i][1], cases[i][2], i == 0, &out);
        const char *text = autk_buf_text(&out);
        assert_xml(text);
        assert_non_null(strstr(text, "<title id=\"m-title\">Routes &amp; ways</title>"));
        assert_non_null(strstr(text, "role=\"img\""));
        assert_non_null(strstr(text, "class=\"line s1\""));
        assert_non_null(strstr(text, "class=\"line s2\""));
        assert_non_null(strstr(text, "class=\"land\""));
        assert_null(strstr(text, "nan"));
        assert_true(out.len < 400000);
        autk_buf_deinit(&out);
    }
}

/* A line's steps are short against the map: nothing runs across it from edge to edge. */
static void route_map__lines_do_not_jump_at_the_180th_meridian(void **state)
{
    (void)state;
    autk_buf out;
    autk_buf_init(&out);
    draw("JPN", "USA", "panama", false, &out);
    for (const char *at = autk_buf_text(&out); (at = strstr(at, "<path class=\"l")) != NULL; at++) {
        double last = NAN;
        for (const char *d = strstr(at, " d=\"") + 4; *d == 'M' || *d == 'L';) {
            char *end;
            double x = strtod(d + 1, &end);
            (void)strtod(end, &end);
            assert_true(isnan(last) || fabs(x - last) < 400);
            last = x;
            d = end;
        }
    }
    autk_buf_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(route_map__is_well_formed_and_labelled),
        cmocka_unit_test(route_map__lines_do_not_jump_at_the_180th_meridian)};
    return cmocka_run_group_tests(tests, open_network, close_network);
}
