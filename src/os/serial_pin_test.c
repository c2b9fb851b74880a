/* SPDX-License-Identifier: MIT */
#include "os/serial_pin.h"

#include <errno.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

#include "testing/check.h"

/* Real ports are tried by tests/system/scenarios/serial.py. */

TEST(serial_pin, knows_the_four_lines)
{
	CHECK_EQ(serial_pin_parse("dcd"), SERIAL_PIN_DCD);
	CHECK_EQ(serial_pin_parse("cts"), SERIAL_PIN_CTS);
	CHECK_EQ(serial_pin_parse("dsr"), SERIAL_PIN_DSR);
	CHECK_EQ(serial_pin_parse("ri"), SERIAL_PIN_RI);
	CHECK_EQ(serial_pin_parse("rts"), SERIAL_PIN_NONE);
	CHECK_EQ(serial_pin_parse(""), SERIAL_PIN_NONE);
}

TEST(serial_pin, refuses_what_has_no_such_lines)
{
	struct gpio_line line;
	int ours, theirs;

	CHECK_EQ(serial_pin_open("/nowhere", SERIAL_PIN_DCD, false, &line), -ENOENT);
	CHECK_EQ(serial_pin_open("/dev/null", SERIAL_PIN_DCD, false, &line), -ENOTTY);
	CHECK_EQ(openpty(&ours, &theirs, NULL, NULL, NULL), 0);
	CHECK_EQ(serial_pin_open(ptsname(ours), SERIAL_PIN_CTS, false, &line), -ENOTTY);
	(void)close(ours);
	(void)close(theirs);
}
