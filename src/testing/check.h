/* testing/check: TEST, CHECK, CHECK_EQ, CHECK_NEAR on top of cmocka. SPDX-License-Identifier: MIT
 *
 * TEST(folder_file, finishes_the_sentence) registers itself; every program that links this has a
 * main that runs them all. Linked into test programs only. A failed check ends its test. */
#pragma once

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct check_test {
	const char *name;
	void (*run)(void);
	struct check_test *next;
};

void check_register(struct check_test *test);
_Noreturn void check_fail(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define TEST(module_, does_)                                                                       \
	static void test_##module_##_##does_(void);                                                \
	__attribute__((constructor)) static void register_##module_##_##does_(void)                \
	{                                                                                          \
		static struct check_test test = { .name = #module_ " " #does_,                     \
			                          .run = test_##module_##_##does_ };               \
		check_register(&test);                                                             \
	}                                                                                          \
	static void test_##module_##_##does_(void)

#define CHECK(condition_)                                                                          \
	do {                                                                                       \
		if (!(condition_))                                                                 \
			check_fail(__FILE__, __LINE__, "%s is false", #condition_);                \
	} while (0)

/* Integers, enums and booleans of any width. */
#define CHECK_EQ(have_, want_)                                                                     \
	do {                                                                                       \
		const __typeof__(have_) h_ = (have_);                                              \
		const __typeof__(want_) w_ = (want_);                                              \
		if (!((intmax_t)h_ == (intmax_t)w_))                                               \
			check_fail(__FILE__, __LINE__, "%s is %jd (0x%jx), not %jd", #have_,       \
			           (intmax_t)h_, (uintmax_t)h_, (intmax_t)w_);                     \
	} while (0)

#define CHECK_NEAR(have_, want_, tolerance_)                                                       \
	do {                                                                                       \
		const double h_ = (have_), w_ = (want_), t_ = (tolerance_);                        \
		if (!(fabs(h_ - w_) <= t_))                                                        \
			check_fail(__FILE__, __LINE__, "%s is %.12g, not %.12g within %g", #have_, \
			           h_, w_, t_);                                                    \
	} while (0)

#define CHECK_TEXT(have_, want_)                                                                   \
	do {                                                                                       \
		const char *const h_ = (have_), *const w_ = (want_);                               \
		if (strcmp(h_, w_) != 0)                                                           \
			check_fail(__FILE__, __LINE__, "%s is \"%s\", not \"%s\"", #have_, h_,     \
			           w_);                                                            \
	} while (0)
