/* os/serial_port: bytes of a device that talks by itself. SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#include "base/attributes.h"

/* Opens it without waiting and, if it is a terminal, sets it raw, 8N1, and to this rate (0 = as it
 * is). Pipes and files are read as they are. The descriptor, or -errno; -ERANGE: no such rate. */
NODISCARD int serial_port_open(const char *path, uint32_t baud);
/* What is there. Its length, or -errno: -EAGAIN (nothing now), -ENODEV (it is gone, or at its
 * end). */
NODISCARD ssize_t serial_port_read(int fd, uint8_t *bytes, size_t size_bytes);

/* What open changes, for those who only look in. The descriptor keeps the port as it is meanwhile.
 */
struct serial_port_settings {
	int fd; /* < 0: there is nothing to restore */
	struct termios mode;
};
void serial_port_remember(const char *path, struct serial_port_settings *settings_out);
void serial_port_restore(struct serial_port_settings *settings);
