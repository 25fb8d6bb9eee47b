#include "report/brief.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/words.h"

#define WIDTH 100
#define CHART_ROWS 8
#define MAX_BARS 30

static void write_lines(autk_buf *out, const autki_lines *lines, size_t from, size_t to, bool list)
{
    for (size_t i = from; i < to && i < lines->n; i++)
        autki_words_fold(out, lines->line[i], list ? "- " : "", list ? "  " : "", WIDTH);
}

static autk_status write_table(autk_buf *out, const autk_table *table, autk_err *err)
{
    if (table == NULL)
        return AUTK_OK;
    autk_buf_putc(out, '\n');
    return autk_table_write(out, table, AUTK_FORMAT_TEXT, err);
}

/* What a bar shows in one row: solid up to the low end, dense to the best estimate, light to the
 * high end; a share without width has its top in eighths of a row. */
static const char *cell_of(autk_bounds share, double bottom, double height)
{
    static const char *const eighths[] = {"  ", "▁▁", "▂▂", "▃▃", "▄▄", "▅▅", "▆▆", "▇▇", "██"};
    double middle = bottom + 0.5 * height;
    if (share.high - share.low > 0.25 * height)
        return middle <= share.low     ? "██"
               : middle <= share.point ? "▓▓"
               : middle <= share.high  ? "░░"
                                       : "  ";
    double filled = (share.point - bottom) / height;
    if (!(filled > 0.0))
        return "  ";
    return eighths[filled >= 1.0 ? 8 : (int)lround(filled * 8.0)];
}

/* The share's series as bars of two columns each, the last 30 years. */
static void write_chart(autk_buf *out, const autk_brief *b)
{
    const autk_dependence_year *s = b->series[AUTK_DIRECTION_TRADE];
    size_t n = b->n_series[AUTK_DIRECTION_TRADE], from = n > MAX_BARS ? n - MAX_BARS : 0;
    double most = 0.0;
    for (size_t i = from; i < n; i++)
        most = s[i].entry.share.high > most ? s[i].entry.share.high : most;
    if (n - from < 3 || !(most > 0.0))
        return;
    double height = most / CHART_ROWS, size = pow(10.0, floor(log10(height)));
    height = height <= size         ? size
             : height <= 2.0 * size ? 2.0 * size
             : height <= 2.5 * size ? 2.5 * size
             : height <= 5.0 * size ? 5.0 * size
                                    : 10.0 * size;
    autk_buf label;
    autk_buf_init(&label);
    autk_buf_putc(out, '\n');
    for (int row = (int)ceil(most / height - 1e-9) - 1; row >= 0; row--) {
        autk_buf_clear(&label);
        autki_words_percent(&label, (row + 1) * height);
        autk_buf_repeat(out, " ", label.len < 7 ? 7 - label.len : 0);
        autk_buf_printf(out, "%s ┤", autk_buf_text(&label));
        for (size_t i = from; i < n; i++) {
            bool known = isfinite(s[i].entry.share.low) && isfinite(s[i].entry.share.high);
            autk_buf_printf(out, " %s",
                            known      ? cell_of(s[i].entry.share, row * height, height)
                            : row == 0 ? "??"
                                       : "  ");
        }
        autk_buf_putc(out, '\n');
    }
    autk_buf_puts(out, "        └");
    autk_buf_repeat(out, "─", 3 * (n - from));
    autk_buf_puts(out, "\n         ");
    for (size_t i = from; i < n; i++)
        autk_buf_printf(out, " %02d", s[i].year % 100);
    autk_buf_puts(out, "\n          █ at least   ▓ best estimate   ░ at most\n\n");
    autki_words_done(out, &label);
}

static void write_claims(autk_buf *out, const autk_brief *b)
{
    for (size_t i = 0; i < b->n_claims; i++) {
        const autki_checked *c = &b->claims[i];
        autk_buf line;
        autk_buf_init(&line);
        autk_buf_printf(&line, "“%s”", c->quote);
        autk_buf_putc(out, '\n');
        autki_words_fold(out, autk_buf_text(&line), "", "  ", WIDTH);
        autk_buf_clear(&line);
        autk_buf_printf(&line, "%s. %s", autki_brief_verdict(c), c->finding);
        autki_words_fold(out, autk_buf_text(&line), "  → ", "    ", WIDTH);
        autki_words_done(out, &line);
    }
}

static void write_sources(autk_buf *out, const autk_brief *b)
{
    autk_buf line;
    autk_buf_init(&line);
    for (size_t i = 0; i < b->n_sources; i++) {
        autk_buf_clear(&line);
        autki_brief_source(&line, b, i);
        const char *url = autk_world_source(b->world, b->sources[i])->url;
        if (url != NULL && url[0] != '\0')
            autk_buf_printf(&line, " %s", url);
        autki_words_fold(out, autk_buf_text(&line), "- ", "  ", WIDTH);
    }
    autki_words_done(out, &line);
}

static autk_status write_section(autk_buf *out, const autk_brief *b, autki_section section,
                                 autk_err *err)
{
    autk_table *table = NULL;
    autk_status st = autki_brief_table(&table, b, section, false, err);
    if (st != AUTK_OK || !autki_brief_has(b, section, table))
        return st;
    autk_buf_putc(out, '\n');
    autk_buf_printf(out, "%s\n", autki_section_title(section));
    autk_buf_repeat(out, "-", strlen(autki_section_title(section)));
    autk_buf_putc(out, '\n');
    const autki_lines *lines = &b->sentences[section];
    size_t before = section == AUTKI_SERIES ? 1 : lines->n; /* the chart stands behind the first */
    write_lines(out, lines, 0, before, section == AUTKI_UNKNOWN);
    if (section == AUTKI_SERIES)
        write_chart(out, b);
    write_lines(out, lines, before, lines->n, false);
    if (section == AUTKI_CLAIMS)
        write_claims(out, b);
    else if (section == AUTKI_SOURCES)
        write_sources(out, b);
    st = write_table(out, table, err);
    autk_table_free(table);
    if (section == AUTKI_PARTNERS)
        write_lines(out, &b->key, 0, b->key.n, false);
    return st;
}

autk_status autki_brief_text(autk_buf *out, const autk_brief *brief, autk_err *err)
{
    size_t columns = autki_display_width(brief->headline);
    autki_words_fold(out, brief->headline, "", "", WIDTH);
    autk_buf_repeat(out, "=", columns < WIDTH ? columns : WIDTH);
    autk_buf_putc(out, '\n');
    write_lines(out, &brief->lede, 0, brief->lede.n, false);
    for (int s = 0; s < AUTKI_SECTION_COUNT; s++) {
        autk_status st = write_section(out, brief, (autki_section)s, err);
        if (st != AUTK_OK)
            return st;
    }
    return autk_buf_check(out, err);
}
