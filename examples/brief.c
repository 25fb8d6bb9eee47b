/*
 * The page on a country, as the program's `autarky brief --html` writes it.
 *
 *   cc brief.c $(pkg-config --cflags --libs autarky) && ./a.out world.sqlite BLR > belarus.html
 */
#include <stdio.h>

#include <autarky/autarky.h>

int main(int argc, char **argv)
{
    autk_world *world = NULL;
    autk_brief *brief = NULL;
    autk_buf page;
    autk_err err;
    int32_t economy = 0;
    if (argc != 3) {
        fputs("usage: brief WORLD ECONOMY\n", stderr);
        return 2;
    }
    autk_buf_init(&page);
    autk_status st = autk_world_open(&world, argv[1], &err);
    if (st == AUTK_OK)
        st = autk_world_find_economy(&economy, world, argv[2], 0, &err);
    if (st == AUTK_OK)
        st = autk_brief_create(&brief, world, economy, NULL, &err);
    if (st == AUTK_OK)
        st = autk_brief_html(&page, brief, &err);
    if (st == AUTK_OK) {
        fputs(autk_buf_text(&page), stdout);
        fprintf(stderr, "%s\n", autk_brief_headline(brief));
    } else {
        fprintf(stderr, "%s\n", err.msg);
    }
    autk_brief_free(brief);
    autk_world_close(world);
    autk_buf_deinit(&page);
    return autk_status_exit_code(st);
}
