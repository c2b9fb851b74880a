/* base/attributes: what the language lacks, in one screen. SPDX-License-Identifier: MIT */
#pragma once

#define NODISCARD           __attribute__((warn_unused_result))
#define ARRAY_COUNT(array_) (sizeof(array_) / sizeof((array_)[0]))
