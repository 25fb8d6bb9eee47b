/** @file cmd_depend.h What the files of `autarky depend` share. */
#ifndef CMD_DEPEND_H
#define CMD_DEPEND_H

#include "cli.h"

#define DEPEND_SHOWN_IN_TEXT 15

typedef struct depend_options {
    const char *on, *years, *flow, *scope, *product;
    int64_t year, top;
    bool year_given, years_given, top_given, explain;
} depend_options;

/** --product: from a dataset instead of the world's totals. */
autk_status cli_depend_product(cli_context *cli, const depend_options *o);

#endif
