#include "cli.h"

autk_status cmd_version(cli_context *cli, int argc, char **argv)
{
    cli_spec spec = {.name = "version",
                     .arguments = "",
                     .summary = "Print the version of the program.",
                     .examples = "  autarky version\n",
                     .max_arguments = 0};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    autk_buf text;
    autk_buf_init(&text);
    if (cli->format == AUTK_FORMAT_JSON)
        autk_buf_printf(&text, "{\"version\": \"%s\"}\n", autk_version());
    else if (cli->format == AUTK_FORMAT_CSV)
        autk_buf_printf(&text, "version\n%s\n", autk_version());
    else
        autk_buf_printf(&text, "autarky %s\n", autk_version());
    st = cli_write(cli, &text);
    autk_buf_deinit(&text);
    return st;
}
