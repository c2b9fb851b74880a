/* os/syscall_filter: the kernel ends this process when it makes a system call that it never needs.
 * SPDX-License-Identifier: MIT
 *
 * seccomp(2), by way of libseccomp. Children inherit it, and nothing takes it away again. Devices,
 * privileges and the terminal must have been dealt with before. */
#pragma once

#include <stdint.h>

#include "base/attributes.h"

#define SYSCALL_FILTER_LEVEL_MAX 2

/* chronyd's levels. 1: only what the daemon is known to need passes; 2: all passes but what only an
 * intruder would want, such as starting programs; 0: no filter. Negative: the forbidden call brings
 * SIGSYS instead, whose number is then written to the standard error before the process ends. 0, or
 * -errno: then there is no filter. */
NODISCARD int syscall_filter_load(int64_t level);
