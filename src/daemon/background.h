/* daemon/background: leaving the terminal, and telling systemd. SPDX-License-Identifier: MIT */
#pragma once

#include "base/attributes.h"

/* Goes on in a child of its own session with /dev/null for input and output. The parent writes the
 * child's number to `pidfile` ("/" = none) and ends with 0, so that the file is there as soon as
 * the command returns. 0 in the child; -errno in the parent: still in the foreground. */
NODISCARD int background_enter(const char *pidfile);

/* Tell a service manager that waits for it ($NOTIFY_SOCKET, sd_notify(3)) how we are; else nothing.
 */
void background_notify_ready(void);
/* The same for s6 and others (-N): a line by this descriptor, which is then closed. */
void background_write_ready(int fd);
void background_notify_reloading(void); /* until ready again */
void background_notify_stopping(void);
