#include <math.h>

#include "unit.h"

void check_near(double got, double want, double rtol, double atol, const char *text,
                const char *file, int line)
{
    double size = fabs(want) > 1e-300 ? fabs(want) : 1e-300;
    if (fabs(got - want) <= rtol * size + atol)
        return;
    print_error("%s = %.17g, expected %.17g (off by %.3g, allowed %.3g)\n", text, got, want,
                fabs(got - want), rtol * size + atol);
    _fail(file, line);
}

void check_ok(autk_status st, const autk_err *err, const char *file, int line)
{
    if (st == AUTK_OK)
        return;
    print_error("%s: %s:%lld:%lld: %s\n", autk_status_name(st), err->source, (long long)err->line,
                (long long)err->column, err->msg);
    _fail(file, line);
}
