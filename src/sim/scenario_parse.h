/* sim/scenario_parse: text → a scenario. SPDX-License-Identifier: MIT
 *
 * The format is described in scenarios/README. Reading is all or nothing, and all errors are told
 * in one go, each with file and line. */
#pragma once

#include "base/attributes.h"
#include "base/text.h"
#include "sim/scenario.h"

/* `name` stands before the messages: "name:line: what is wrong". The caller owns *scenario_out.
 * 0, -EINVAL (`errors` tells) or -ENOMEM. */
NODISCARD int scenario_parse(const char *name, const char *text, size_t length_bytes,
                             struct scenario **scenario_out, struct text *errors);
