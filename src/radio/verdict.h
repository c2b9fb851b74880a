/* radio/verdict: what became of a minute, in a sentence. SPDX-License-Identifier: MIT */
#pragma once

#include "base/text.h"
#include "radio/receiver.h"

/* "good", "repaired: 3 of 60 symbols", "refused: parity of the date fails, ...". */
void radio_verdict_text(const struct radio_station *station, const struct radio_minute *minute,
                        struct text *out);
/* One word for programs: "none", "no-signal", "parity", ... */
const char *radio_reason_name(enum radio_reason reason);
/* The symbol as people see it: 0 1 2 3 (A is worth 1, B 2), # marker; '?' unsure, '_' nothing. */
char radio_symbol_letter(unsigned symbol, float chance, float presence);
