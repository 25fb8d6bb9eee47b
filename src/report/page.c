#include <autarky/chart.h>

#include "base/table.h"
#include "report/style.h"
#include "report/words.h"

const char *autk_chart_style(void)
{
    return autki_chart_style;
}

void autk_page_begin(autk_buf *out, const char *title, const char *description)
{
    autk_buf_puts(out, "<!DOCTYPE html>\n"
                       "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
                       "<meta charset=\"utf-8\"/>\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                       "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                       "&#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:\"/>\n"
                       "<link rel=\"icon\" href=\"data:,\"/>\n<title>");
    autk_format_html_text(out, title);
    autk_buf_puts(out, "</title>\n<meta name=\"description\" content=\"");
    autk_format_html_text(out, description);
    autk_buf_puts(out, "\"/>\n<style>\n");
    autk_buf_puts(out, autki_chart_style);
    autk_buf_puts(out, autki_page_style);
    autk_buf_puts(out, "</style>\n</head>\n<body>\n<main>\n");
}

void autk_page_end(autk_buf *out)
{
    autk_buf_puts(out, "</main>\n</body>\n</html>\n");
}

void autk_page_section(autk_buf *out, const char *id, const char *heading)
{
    autk_buf_printf(out,
                    "<section id=\"%s\" aria-labelledby=\"%s-heading\">\n"
                    "<h2 id=\"%s-heading\">",
                    id, id, id);
    autk_format_html_text(out, heading);
    autk_buf_puts(out, "</h2>\n");
}

void autk_page_section_end(autk_buf *out)
{
    autk_buf_puts(out, "</section>\n");
}

void autk_page_paragraph(autk_buf *out, const char *text)
{
    autk_buf_puts(out, "<p>");
    autki_words_html(out, text);
    autk_buf_puts(out, "</p>\n");
}

static void add_row(autk_buf *out, const autk_table *table, size_t row)
{
    autk_buf shown;
    autk_buf_init(&shown);
    autk_buf_puts(out, "<tr>");
    for (size_t j = 0; j < autki_table_n_columns(table); j++) {
        bool text = autki_table_column(table, j)->style == AUTK_CELL_TEXT;
        const char *tag = j == 0 ? "th" : "td";
        autk_buf_clear(&shown);
        autki_table_show_cell(&shown, table, row, j);
        autk_buf_printf(out, "<%s%s%s>", tag, j == 0 ? " scope=\"row\"" : "",
                        text ? "" : " class=\"number\"");
        autk_format_html_text(out, autk_buf_text(&shown));
        autk_buf_printf(out, "</%s>", tag);
    }
    autk_buf_puts(out, "</tr>\n");
    autki_words_done(out, &shown);
}

autk_status autk_page_table(autk_buf *out, const autk_table *table, const char *caption,
                            autk_err *err)
{
    autk_status st = autki_table_check(table, err);
    if (st != AUTK_OK)
        return st;
    autk_buf_puts(out, "<div class=\"scroll\"><table>\n");
    if (caption[0] != '\0') {
        autk_buf_puts(out, "<caption>");
        autk_format_html_text(out, caption);
        autk_buf_puts(out, "</caption>\n");
    }
    autk_buf_puts(out, "<thead><tr>");
    for (size_t j = 0; j < autki_table_n_columns(table); j++) {
        const autk_column *column = autki_table_column(table, j);
        autk_buf_printf(out, "<th scope=\"col\"%s>",
                        column->style == AUTK_CELL_TEXT ? "" : " class=\"number\"");
        autk_format_html_text(out, column->title);
        autk_buf_puts(out, "</th>");
    }
    autk_buf_puts(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < autk_table_n_rows(table); i++)
        add_row(out, table, i);
    autk_buf_puts(out, "</tbody></table></div>\n");
    return autk_buf_check(out, err);
}

void autk_page_figure(autk_buf *out)
{
    autk_buf_puts(out, "<figure>\n");
}

autk_status autk_page_figure_end(autk_buf *out, const char *caption, const autk_table *numbers,
                                 autk_err *err)
{
    autk_buf_puts(out, "<figcaption>");
    autki_words_html(out, caption);
    autk_buf_puts(out, "</figcaption>\n");
    autk_status st = AUTK_OK;
    if (numbers != NULL) {
        autk_buf_puts(out, "<details><summary>The numbers of this chart</summary>\n");
        st = autk_page_table(out, numbers, "", err);
        autk_buf_puts(out, "</details>\n");
    }
    autk_buf_puts(out, "</figure>\n");
    return st != AUTK_OK ? st : autk_buf_check(out, err);
}
