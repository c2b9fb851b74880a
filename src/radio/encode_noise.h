/* radio/encode_noise: the second of a symbol as toggles of the carrier, with all that can go wrong.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "radio/encode.h"

void encode_noise_begin(struct radio_encoder *encoder);
/* Adds the toggles of a second that begins at second_ns to the pending ones. */
void encode_noise_second(struct radio_encoder *encoder, unsigned symbol, int64_t second_ns);
