#include "data/hs.h"

#include <stdbool.h>

/* The last chapter of each section and its number. */
static const struct {
    int last_chapter;
    const char *name;
} sections[AUTKI_HS_SECTIONS] = {
    {5, "I"},     {14, "II"},  {15, "III"},  {24, "IV"},    {27, "V"},   {38, "VI"},   {40, "VII"},
    {43, "VIII"}, {46, "IX"},  {49, "X"},    {63, "XI"},    {67, "XII"}, {70, "XIII"}, {71, "XIV"},
    {83, "XV"},   {85, "XVI"}, {89, "XVII"}, {92, "XVIII"}, {93, "XIX"}, {96, "XX"},   {99, "XXI"}};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int autki_hs_section(const char *code)
{
    if (!is_digit(code[0]) || !is_digit(code[1]))
        return 0;
    int chapter = (code[0] - '0') * 10 + (code[1] - '0');
    for (int s = 0; chapter > 0 && s < AUTKI_HS_SECTIONS; s++) {
        if (chapter <= sections[s].last_chapter)
            return s + 1;
    }
    return 0;
}

const char *autki_hs_section_name(int section)
{
    return section >= 1 && section <= AUTKI_HS_SECTIONS ? sections[section - 1].name : "";
}
