/* SPDX-License-Identifier: MIT */
#include "ntp/reference_id.h"
#include "testing/check.h"

TEST(ntp_reference_id, is_the_address_or_begins_its_digest)
{
	struct address address;

	CHECK_EQ(address_parse("192.0.2.1", &address), 0);
	CHECK_EQ(reference_id_of(&address), 0xc0000201);
	/* printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1' | md5sum */
	CHECK_EQ(address_parse("::1", &address), 0);
	CHECK_EQ(reference_id_of(&address), 0xcf404dc8);
}
