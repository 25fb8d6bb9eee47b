/** @file style.h chart.css and page.css, compiled in by CMakeLists.txt. */
#ifndef AUTKI_REPORT_STYLE_H
#define AUTKI_REPORT_STYLE_H

extern const char autki_chart_style[], autki_page_style[];

#endif
