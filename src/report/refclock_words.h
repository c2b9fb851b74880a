/* report/refclock_words: how a reference clock is doing, in a sentence. SPDX-License-Identifier:
 * MIT
 */
#pragma once

#include "base/text.h"
#include "node/node.h"

/* Of a source that is one: "its pulses come, but …". Without a full stop. */
void refclock_words(struct text *out, const struct node_source_status *source);
/* "; but …", of pulses whose number-giver is not to be relied on; else nothing. */
void refclock_words_warning(struct text *out, const struct node_source_status *source);
