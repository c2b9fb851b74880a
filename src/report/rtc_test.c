/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "report/report_json.h"
#include "report/report_list.h"
#include "report/stub_node_test.h"
#include "testing/check.h"

static char bytes[8192];

static const char *json(const struct report_subject *subject)
{
	struct text out = text_into(bytes, sizeof bytes);

	report_json_write(&out, &report_rtc, subject);
	CHECK(!out.is_cut);
	return bytes;
}

TEST(report_rtc, reckons_to_the_present)
{
	struct report_subject subject;

	stub_subject(&subject);
	subject.status.offset_ns = 0;
	subject.status.now.local.ns = INT64_C(1795340000) * NS_PER_S;
	subject.rtc = (struct node_rtc_status){
		.has_rtc = true,
		.is_known = true,
		.reference = { INT64_C(1795339000) * NS_PER_S },
		.fast_s = 2,
		.gain_ppm = 100,
		.samples_count = 9,
	};
	CHECK(strstr(json(&subject), "\"kept_by\":\"daemon\""));
	CHECK(strstr(bytes, "\"fast_s\":2.1"));
	CHECK(strstr(bytes, "\"samples_count\":9"));
}

TEST(report_rtc, says_who_keeps_it_otherwise)
{
	struct report_context context = { .version = "0" };
	struct report_subject subject;

	stub_subject(&subject);
	subject.context = &context;
	CHECK(strstr(json(&subject), "\"kept_by\":\"nobody\""));
	CHECK(strstr(bytes, "\"fast_s\":null"));
	context.is_rtc_kernels = true;
	CHECK(strstr(json(&subject), "\"kept_by\":\"kernel\""));
}
