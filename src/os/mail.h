/* os/mail: hands a message to the machine's sendmail, and does not wait for it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/attributes.h"

#define MAIL_PROGRAM "/usr/sbin/sendmail"

/* Header and body; the program is started as "PROGRAM -t". 0 or -errno: it could not be started.
 * What becomes of it then nobody learns; it leaves no zombie. */
NODISCARD int mail_send(const char *program, const char *message, size_t length_bytes);
