/* What changes nothing, or changes it in a known way, needs no oracle. SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/scenario_parse.h"
#include "sim/simulation.h"
#include "testing/check.h"

#define LOOKS_MAX 1000

struct course { /* of the node c: at each look */
	size_t count;
	double error_s[LOOKS_MAX];
	double bound_s[LOOKS_MAX]; /* NAN: unknown */
};

static void keep(void *to, const char *line)
{
	struct course *course = to;
	double time_s, error_s, bound_s = NAN;
	char name[64];

	if (course->count < LOOKS_MAX &&
	    sscanf(line, "%lf,%63[^,],%lf,%lf", &time_s, name, &error_s, &bound_s) >= 3 &&
	    name[0] == 'c') {
		course->error_s[course->count] = error_s;
		course->bound_s[course->count++] = bound_s;
	}
}

/* `format` with one text put in. The caller frees it. */
static struct course *run(const char *format, const char *text)
{
	char world[2000], complaints[1000];
	struct text errors = text_into(complaints, sizeof complaints);
	struct course *course = calloc(1, sizeof *course);
	const struct simulation_options options = { .csv = { .line = keep, .to = course } };
	struct scenario *scenario;
	struct simulation *simulation;
	const int length = snprintf(world, sizeof world, format, text);

	CHECK(course != NULL);
	if (scenario_parse("world", world, (size_t)length, &scenario, &errors) < 0)
		check_fail(__FILE__, __LINE__, "%s", complaints);
	CHECK_EQ(simulation_create(scenario, &options, &simulation), 0);
	simulation_run(simulation);
	simulation_destroy(simulation);
	scenario_destroy(scenario);
	CHECK(course->count > 100);
	return course;
}

/* Every error of the second is `sign` times that of the first, plus `shift_s`. */
static void check_related(struct course *first, struct course *second, double sign, double shift_s,
                          double tolerance_s)
{
	CHECK_EQ(first->count, second->count);
	for (size_t i = 0; i < first->count; i++)
		CHECK_NEAR(second->error_s[i], sign * first->error_s[i] + shift_s, tolerance_s);
	free(first);
	free(second);
}

/* Of the second half. */
static double mean_bound_s(const struct course *course)
{
	double sum_s = 0;

	for (size_t i = course->count / 2; i < course->count; i++)
		sum_s += course->bound_s[i];
	return sum_s / (double)(course->count - course->count / 2);
}

static double rms_error_s(const struct course *course)
{
	double sum = 0;

	for (size_t i = course->count / 2; i < course->count; i++)
		sum += course->error_s[i] * course->error_s[i];
	return sqrt(sum / (double)(course->count - course->count / 2));
}

#define NOISY                                                                                      \
	"duration 2h\nobserve 16s\nnetwork base 1ms jitter exponential 100us loss 10%%\n"          \
	"ideal a\nideal b\nnode c offset 20ms freq 10ppm wander 1e-9\n"                            \
	"\tserver a iburst\n\tserver b iburst\n"

TEST(metamorphic, the_date_does_not_matter)
{
	static const char format[] = "A world.\n%s" NOISY;
	static const char *const dates[] = {
		"start 2046-07-08\n",                            /* 1024 weeks later */
		"start 2036-02-07T05:30:00\n",                   /* into the next era of NTP */
		"start 2106-02-07T06:00:00\nbuilt 2099-01-01\n", /* past 32 bits without a sign */
	};

	for (size_t i = 0; i < ARRAY_COUNT(dates); i++)
		check_related(run(format, ""), run(format, dates[i]), 1, 0, 0);
}

TEST(metamorphic, names_do_not_matter)
{
	static const char format[] = "A world.\nduration 1h\nobserve 16s\n"
				     "network base 1ms jitter exponential 100us\nideal %1$s\n"
				     "node c offset 20ms freq 10ppm\n\tserver %1$s iburst\n";

	check_related(run(format, "a"), run(format, "an-uncommonly-long-name.of-a-server.example"),
	              1, 0, 0);
}

TEST(metamorphic, what_all_share_nobody_sees)
{
	static const char format[] =
		"A world.\nassumptions broken\nduration 1h\nobserve 16s\n"
		"network base 1ms jitter exponential 100us\nideal a offset %1$ss\n"
		"node c offset %1$s.02s freq 10ppm\n\tserver a iburst\n";

	check_related(run(format, "0"), run(format, "7"), 1, 7, 2e-6);
}

TEST(metamorphic, duplicates_change_nothing)
{
	static const char format[] = "A world.\nduration 2h\nobserve 16s\nnetwork base 1ms%s\n"
				     "ideal a\nideal b\nnode c offset 20ms freq 10ppm wander 1e-9\n"
				     "\tserver a iburst\n\tserver b iburst\n";

	check_related(run(format, ""), run(format, " duplicate 100%"), 1, 0, 0);
}

/* As long as the oscillator's rate is, the polls are a little earlier or later. */
TEST(metamorphic, a_clock_that_is_slow_is_one_that_is_fast_in_a_mirror)
{
	static const char format[] = "A world.\nduration 1h\nobserve 16s\nnetwork base 1ms\n"
				     "ideal a\nnode c offset %1$s20ms freq %1$s10ppm\n"
				     "\tserver a iburst\n";
	struct course *fast = run(format, ""), *slow = run(format, "-");

	CHECK_NEAR(fast->error_s[0], 20e-3, 1e-3);
	check_related(fast, slow, -1, 0, 2e-6);
}

TEST(metamorphic, a_longer_way_has_no_narrower_bound)
{
	static const char format[] =
		"A world.\nduration 2h\nobserve 16s\n"
		"network base %s jitter exponential 100us\nideal a\n"
		"node c offset 20ms freq 10ppm wander 1e-9\n\tserver a iburst\n";
	struct course *near = run(format, "1ms"), *far = run(format, "2ms");

	CHECK(mean_bound_s(far) > 1.5 * mean_bound_s(near));
	free(near);
	free(far);
}

/* It draws from the node's random numbers, so the polls come at other moments. */
TEST(metamorphic, who_does_not_answer_changes_nothing)
{
	static const char format[] = "A world.\nideal d down\n" NOISY "%s";
	struct course *without = run(format, ""), *with = run(format, "\tserver d iburst\n");

	CHECK_NEAR(mean_bound_s(with) / mean_bound_s(without), 1, 0.1);
	CHECK_NEAR(rms_error_s(with) / rms_error_s(without), 1, 0.5);
	free(without);
	free(with);
}

TEST(metamorphic, who_agrees_widens_no_bound)
{
	static const char format[] = "A world.\nideal d\n" NOISY "%s";
	struct course *without = run(format, ""), *with = run(format, "\tserver d iburst\n");

	CHECK(mean_bound_s(with) < 1.1 * mean_bound_s(without));
	free(without);
	free(with);
}

TEST(metamorphic, the_order_of_the_sources_does_not_matter)
{
	static const char format[] = "A world.\nduration 2h\nobserve 16s\n"
				     "network base 1ms jitter exponential 100us\n"
				     "ideal a\nideal b\nideal liar offset 300ms\n"
				     "node c offset 20ms freq 10ppm wander 1e-9\n%s\n";
	struct course *one = run(format, "\tserver a\n\tserver b\n\tserver liar\n");
	struct course *other = run(format, "\tserver liar\n\tserver b\n\tserver a\n");

	CHECK_NEAR(mean_bound_s(other) / mean_bound_s(one), 1, 0.1);
	CHECK_NEAR(rms_error_s(other) / rms_error_s(one), 1, 0.5);
	free(one);
	free(other);
}
