/* os/mail: hands a message to the machine's sendmail, and does not wait for it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/attributes.h"

#define MAIL_SIZE_MAX 1024 /* bytes of a message for the helper */

#define MAIL_PROGRAM "/usr/sbin/sendmail"

/* Header and body; the program is started as "PROGRAM -t". 0 or -errno: it could not be started.
 * What becomes of it then nobody learns; it leaves no zombie. */
NODISCARD int mail_send(const char *program, const char *message, size_t length_bytes);

/* A process that hands on messages for one that will not be able to start programs (-F): it lives
 * until the descriptor is closed. Returns that, or -errno. */
NODISCARD int mail_helper_start(const char *program);
/* Does not wait. 0 or -errno. */
NODISCARD int mail_helper_send(int helper, const char *message, size_t length_bytes);
