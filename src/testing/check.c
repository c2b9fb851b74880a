/* SPDX-License-Identifier: MIT */
#include "testing/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct check_test *first;
static size_t count;

void check_register(struct check_test *test)
{
	test->next = first;
	first = test;
	count++;
}

void check_fail(const char *file, int line, const char *format, ...)
{
	char message[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	print_error("%s\n", message);
	_fail(file, line);
	abort();
}

static void run(void **state)
{
	const struct check_test *test = *state;

	test->run();
}

/* With words given, runs only the tests whose names contain one of them. */
int main(int argc, char **argv)
{
	struct CMUnitTest *tests = calloc(count + 1, sizeof *tests);
	size_t used = 0;
	int failed;

	for (struct check_test *test = first; test && tests; test = test->next) {
		bool is_wanted = argc < 2;

		for (int i = 1; i < argc; i++)
			is_wanted |= strstr(test->name, argv[i]) != NULL;
		if (is_wanted)
			tests[used++] = (struct CMUnitTest){ .name = test->name,
				                             .test_func = run,
				                             .initial_state = test };
	}
	failed = tests && used > 0 ? _cmocka_run_group_tests("timeball", tests, used, NULL, NULL)
	                           : 1;
	free(tests);
	return failed;
}
