/** @file xml.h A small, strict check that what we write is well-formed XML. */
#ifndef TEST_XML_H
#define TEST_XML_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Fail the test, with the place, unless text is one well-formed element (a declaration, a doctype
 * and comments may stand around it): tags nest, attributes are quoted and not repeated, "<" and
 * "&" stand only where they may, entities are the five of XML or numeric, ids are unique, and every
 * url(#id), aria-labelledby and href="#id" finds its id.
 */
void check_xml(const char *text, const char *file, int line);
#define assert_xml(text) check_xml(text, __FILE__, __LINE__)

/** How often a piece of text occurs. */
size_t count_of(const char *text, const char *piece);

#endif
