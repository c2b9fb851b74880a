/* radio/encode_options: noise as users write it. SPDX-License-Identifier: MIT */
#pragma once

#include "base/attributes.h"
#include "base/text.h"
#include "radio/encode.h"

/* "jitter=5,wrong=0.05,...": sets what it names. 0; -EINVAL (no such name, no number) or -ERANGE is
 * told by radio_encoder_init. Cut to 500 bytes. */
NODISCARD int radio_encode_parse_noise(const char *text, struct radio_signal *signal);
/* One line a name: what it is and its unit. */
void radio_encode_describe_noise(struct text *out);
