/* SPDX-License-Identifier: MIT */
#include "os/hw_interface.h"
#include "testing/check.h"

#include <errno.h>
#include <string.h>

/* What cards really do is for machines that have one. */
TEST(hw_interface, says_what_has_no_stamps_of_its_own)
{
	struct hw_interface interface;

	CHECK_EQ(hw_interface_enable("lo", HW_RXFILTER_BEST, &interface), -EOPNOTSUPP);
	CHECK_EQ(hw_interface_enable("none0", HW_RXFILTER_BEST, &interface), -ENODEV);
	CHECK_EQ(hw_interface_speed_mbps("lo"), 0);
	CHECK_EQ(hw_interface_speed_mbps("none0"), 0);
}

TEST(hw_interface, lists_all)
{
	char names[64][HW_INTERFACE_NAME_SIZE];
	const size_t count = hw_interface_list(names, 64);
	bool has_loopback = false;

	for (size_t i = 0; i < count; i++)
		has_loopback |= strcmp(names[i], "lo") == 0;
	CHECK(has_loopback);
	CHECK_EQ(hw_interface_list(names, 0), 0);
}
