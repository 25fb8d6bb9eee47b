#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/accounts.h"

void autki_names_deinit(autki_names *names)
{
    for (int32_t i = 0; i < names->n; i++)
        free(names->name[i]);
    free(names->name);
    free(names->sorted);
    memset(names, 0, sizeof *names);
}

static int compare(const char *name, const char *text, size_t len)
{
    int order = strncmp(name, text, len);
    return order != 0 ? order : name[len] != '\0';
}

/* Where in `sorted` the text stands or would stand. */
static int32_t place(const autki_names *names, const char *text, size_t len, bool *found)
{
    int32_t low = 0, high = names->n;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (compare(names->name[names->sorted[middle]], text, len) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low < names->n && compare(names->name[names->sorted[low]], text, len) == 0;
    return low;
}

int32_t autki_names_find(const autki_names *names, const char *text, size_t len)
{
    bool found;
    int32_t at = place(names, text, len, &found);
    return found ? names->sorted[at] : -1;
}

autk_status autki_names_add(int32_t *index, autki_names *names, const char *text, size_t len,
                            int32_t ceiling, bool *is_new, autk_err *err)
{
    bool found;
    int32_t at = place(names, text, len, &found);
    if (is_new != NULL)
        *is_new = !found;
    if (found) {
        *index = names->sorted[at];
        return AUTK_OK;
    }
    size_t needed = (size_t)names->n + 1;
    autk_status st = autki_grow(&names->name, &names->capacity, needed, sizeof *names->name,
                                (size_t)ceiling, err);
    if (st == AUTK_OK)
        st = autki_grow(&names->sorted, &names->sorted_capacity, needed, sizeof *names->sorted,
                        (size_t)ceiling, err);
    if (st != AUTK_OK)
        return st;
    char *copy = autki_strndup(text, len);
    if (copy == NULL)
        return autki_no_memory(err, len + 1);
    memmove(names->sorted + at + 1, names->sorted + at,
            (size_t)(names->n - at) * sizeof *names->sorted);
    names->sorted[at] = names->n;
    names->name[names->n] = copy;
    *index = names->n++;
    return AUTK_OK;
}

autk_status autki_names_unknown(const autki_names *names, const char *what, const char *text,
                                const char *source, int64_t line, int64_t column, autk_err *err)
{
    char near[160];
    autk_nearest_names(near, sizeof near, text, (const char *const *)names->name, (size_t)names->n,
                       3);
    return autki_fail_at(err, AUTK_ENOTFOUND, source, line, column,
                         "expected the name of %s, got \"%.80s\"%s%s%s", what, text,
                         near[0] != '\0' ? " (nearest: " : "", near, near[0] != '\0' ? ")" : "");
}
