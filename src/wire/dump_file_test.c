/* SPDX-License-Identifier: MIT */
#include "wire/dump_file.h"

#include <errno.h>
#include <string.h>

#include "testing/check.h"

/* Two samples as chronyd 4.3 wrote them. */
static const char sample[] =
	"SRC0\n"
	"192.168.123.1\n"
	"0 377 8 1 0\n"
	"2 0\n"
	"1262304000.201574451 5.064356e-05 1.000583e-01 3.161420e-04 2.852588e-06 3.161420e-04 "
	"2.852588e-06\n"
	"1262304064.260229604 -2.220829e-05 1.063949e-01 2.810530e-04 2.782522e-06 2.810530e-04 "
	"2.782522e-06\n";

TEST(dump_file, reads_what_chronyd_wrote_and_writes_the_same)
{
	char bytes[DUMP_FILE_SIZE_MAX];
	struct dump_file dump;

	CHECK_EQ(dump_file_decode(sample, sizeof sample - 1, &dump), 0);
	CHECK_TEXT(dump.name, "192.168.123.1");
	CHECK(!dump.is_authenticated);
	CHECK_EQ(dump.reach, 0377);
	CHECK_EQ(dump.stratum, 1);
	CHECK_EQ(dump.count, 2);
	CHECK_EQ(dump.samples[0].at_ns, INT64_C(1262304000201574451));
	CHECK_NEAR(dump.samples[1].offset_s, -2.220829e-05, 1e-12);
	CHECK_NEAR(dump.samples[1].root_dispersion_s, 2.782522e-06, 1e-15);
	CHECK_EQ(dump_file_encode(&dump, bytes), sizeof sample - 1);
	CHECK_TEXT(bytes, sample);
}

TEST(dump_file, refuses_every_truncation)
{
	struct dump_file dump;

	for (size_t length = 0; length < sizeof sample - 1; length++)
		CHECK_EQ(dump_file_decode(sample, length, &dump), -EBADMSG);
}

static int decode_with(const char *from, const char *to)
{
	char bent[sizeof sample];
	struct dump_file dump;
	char *at;

	memcpy(bent, sample, sizeof bent);
	at = strstr(bent, from);
	CHECK(at != NULL && strlen(from) == strlen(to));
	memcpy(at, to, strlen(to));
	return dump_file_decode(bent, sizeof bent - 1, &dump);
}

TEST(dump_file, refuses_what_cannot_be)
{
	CHECK_EQ(decode_with("SRC0", "SRC1"), -EBADMSG);
	CHECK_EQ(decode_with("0 377 8", "0 999 8"), -EBADMSG);
	CHECK_EQ(decode_with("1262304064.", "1262303999."), -EBADMSG);
	CHECK_EQ(decode_with("5.064356e-05", "5.064356e+07"), -EBADMSG);
	CHECK_EQ(decode_with("3.161420e-04", "-3.16142e-04"), -EBADMSG);
	CHECK_EQ(decode_with("2 0\n", "3 0\n"), -EBADMSG);
	CHECK_EQ(decode_with("2 0\n", "0 0\n"), -EBADMSG);
	CHECK_EQ(decode_with("1.000583e-01", "1.0005nan-01"), -EBADMSG);
}

TEST(dump_file, has_room_for_the_longest)
{
	static struct dump_file dump;
	char bytes[DUMP_FILE_SIZE_MAX];

	memset(dump.name, 'n', sizeof dump.name - 1);
	dump.count = DUMP_SAMPLES_MAX;
	for (size_t i = 0; i < DUMP_SAMPLES_MAX; i++)
		dump.samples[i] = (struct dump_sample){ (int64_t)i + INT64_C(8999999999999999000),
			                                -999999,
			                                -999999,
			                                999999,
			                                999999,
			                                999999,
			                                999999 };
	CHECK(dump_file_encode(&dump, bytes) < sizeof bytes);
	CHECK_EQ(dump_file_decode(bytes, strlen(bytes), &dump), 0);
}
