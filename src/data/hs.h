/** @file hs.h The sections of the Harmonized System. */
#ifndef AUTKI_DATA_HS_H
#define AUTKI_DATA_HS_H

#define AUTKI_HS_SECTIONS 21

/* The section, 1 … 21, of a product code of the HS with two digits or more; 0 = of none. */
int autki_hs_section(const char *code);

/* "I" … "XXI"; "" outside. */
const char *autki_hs_section_name(int section);

#endif
