/** @file unit.h cmocka and the helpers of our own on top of it. */
#ifndef TEST_UNIT_H
#define TEST_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <autarky/base.h>

#include "oom.h"

/** |got - want| <= rtol * max(|want|, tiny); NaN never passes. */
#define assert_near(got, want, rtol) check_near(got, want, rtol, 0.0, #got, __FILE__, __LINE__)
/** |got - want| <= atol; NaN never passes. */
#define assert_within(got, want, atol) check_near(got, want, 0.0, atol, #got, __FILE__, __LINE__)
void check_near(double got, double want, double rtol, double atol, const char *text,
                const char *file, int line);

/** st is AUTK_OK, else fail with the message of err. */
#define assert_ok(st, err) check_ok(st, err, __FILE__, __LINE__)
void check_ok(autk_status st, const autk_err *err, const char *file, int line);

/** Path below the third-party data, e.g. shared_path("models/cp2015/trade.csv"); static storage,
 *  four at a time. NULL where it is absent: then SKIP_WITHOUT_SHARED says so. */
const char *shared_path(const char *relative);
/** Path below the project's root. */
const char *project_path(const char *relative);

/** The world dataset that the build made. */
const char *world_path(void);

/** Leave the test binary loudly with 77 when the file is absent: for use in main. */
void skip_without_shared(const char *relative);

#endif
