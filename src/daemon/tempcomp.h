/* daemon/tempcomp: the temperature sensor of `tempcomp`, read again and again.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "base/attributes.h"
#include "base/instant.h"

struct daemon;

/* Reads the table of points, if one is configured. 0, or -errno after what is wrong was said. */
NODISCARD int tempcomp_open(struct daemon *daemon);
struct mono_time tempcomp_deadline(const struct daemon *daemon);
void tempcomp_on_deadline(struct daemon *daemon, struct instant now);
