/* SPDX-License-Identifier: MIT */
#include "cli/health.h"
#include "testing/check.h"

TEST(health, weighs_the_known_above_the_unknown)
{
	struct health_report report;

	health_init(&report);
	health_add(&report, HEALTH_OK, "fine");
	CHECK_EQ(report.worst, HEALTH_OK);
	health_add(&report, HEALTH_UNKNOWN, "who knows");
	CHECK_EQ(report.worst, HEALTH_UNKNOWN);
	health_add(&report, HEALTH_WARNING, "hm|hm\nhm");
	CHECK_EQ(report.worst, HEALTH_WARNING);
	health_add(&report, HEALTH_CRITICAL, NULL);
	health_add(&report, HEALTH_WARNING, NULL);
	CHECK_EQ(report.worst, HEALTH_CRITICAL);
	CHECK_TEXT(report.said.bytes, "fine, who knows, hm hm hm");
}

TEST(health, compares_with_two_limits_of_either_sign)
{
	static const struct {
		double value;
		enum health health;
	} cases[] = {
		{ 0, HEALTH_OK },
		{ 0.005, HEALTH_OK },
		{ -0.005, HEALTH_OK },
		{ 0.0051, HEALTH_WARNING },
		{ -0.0051, HEALTH_WARNING },
		{ 0.011, HEALTH_CRITICAL },
		{ -3, HEALTH_CRITICAL },
		{ INFINITY, HEALTH_CRITICAL },
		{ NAN, HEALTH_CRITICAL },
	};
	struct health_report report;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		health_init(&report);
		health_add_seconds(&report, "offset", cases[i].value, 0.005, 0.010);
		CHECK_EQ(report.worst, cases[i].health);
	}
	health_init(&report);
	health_add_seconds(&report, "offset", -0.0000125, 0.005, 0.010);
	CHECK_TEXT(report.said.bytes, "offset -12.5 us");
	CHECK_TEXT(report.data.bytes,
	           "offset=-0.000012500s;-0.005000000:0.005000000;-0.010000000:0.010000000");
	health_add_number(&report, "sources", 3);
	CHECK_TEXT(
		report.data.bytes,
		"offset=-0.000012500s;-0.005000000:0.005000000;-0.010000000:0.010000000 sources=3");
}

TEST(health, leaves_out_limits_that_are_none)
{
	struct health_report report;

	health_init(&report);
	health_add_seconds(&report, "rms", 0.5, 1, INFINITY);
	CHECK_TEXT(report.data.bytes, "rms=0.500000000s;-1.000000000:1.000000000");
	health_init(&report);
	health_add_seconds(&report, "delay", 0.5, INFINITY, INFINITY);
	CHECK_EQ(report.worst, HEALTH_OK);
	CHECK_TEXT(report.data.bytes, "delay=0.500000000s");
}

TEST(health, says_u_for_a_number_that_is_not_known)
{
	struct health_report report;

	health_init(&report);
	health_add_number(&report, "days", NAN);
	CHECK_TEXT(report.data.bytes, "days=U");
}
