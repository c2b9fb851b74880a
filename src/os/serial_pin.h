/* os/serial_pin: a control line of a serial port (DCD, CTS, DSR, RI), as a line with edges.
 * SPDX-License-Identifier: MIT
 *
 * The kernel tells a change only to who waits for it in TIOCMIWAIT, which no poll(2) can do. So a
 * process of its own waits there, without any right or open file but the port, stamps each change
 * (CLOCK_REALTIME) and hands it on in the form of a GPIO line's events. A stamp is as late as the
 * process is woken, some 10 to 100 us on a machine that is not busy; behind USB add the adapter's
 * reporting interval, 1 to 16 ms. Drivers that cannot wait are looked at each 2 ms. */
#pragma once

#include "os/gpio_line.h"

enum serial_pin { SERIAL_PIN_NONE, SERIAL_PIN_DCD, SERIAL_PIN_CTS, SERIAL_PIN_DSR, SERIAL_PIN_RI };

/* "dcd", "cts", "dsr", "ri"; else NONE. */
enum serial_pin serial_pin_parse(const char *word);

/* The process ends within a second after the line was closed. Its first event is the level as it
 * is. 0 or -errno; -ENOTTY: not a port that has such lines. */
NODISCARD int serial_pin_open(const char *path, enum serial_pin pin, bool is_active_low,
                              struct gpio_line *line_out);
