/* radio/radio_fuzz: any edges to any station's receiver: no crash, and what it says holds together.
 * The first byte chooses station and polarity; then three bytes an edge: level, and how long after
 * the last one. SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/text.h"
#include "radio/receiver.h"
#include "radio/verdict.h"

#define BEGIN_NS (1800000000 * NS_PER_S)
#define END_NS   (BEGIN_NS + 240 * NS_PER_S) /* four minutes are weighed; many inputs matter more */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_event(const struct radio_station *station, const struct radio_event *event)
{
	char words[512];
	struct text out = text_into(words, sizeof words);

	if (event->kind == RADIO_EVENT_SECOND) {
		if (event->second.second < -1 || event->second.second > 110 ||
		    event->second.symbol >= RADIO_SYMBOL_COUNT)
			abort();
		return;
	}
	radio_verdict_text(station, &event->minute, &out);
	if (out.is_cut || event->minute.length_s < 59 || event->minute.length_s > 61 ||
	    (event->minute.verdict == RADIO_REFUSED) != (event->minute.reason != RADIO_REASON_NONE))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const int64_t units_ns[] = { NS_PER_MS, 10 * NS_PER_MS, NS_PER_S, -NS_PER_MS };
	struct radio_config config = { .pivot_year = 2000 };
	struct radio_receiver *receiver;
	struct radio_event event;
	struct local_time at = { BEGIN_NS };

	if (length == 0)
		return 0;
	config.station = radio_stations[bytes[0] % RADIO_STATION_COUNT];
	config.polarity = (enum radio_polarity)(bytes[0] / 4 % 3);
	if (radio_receiver_create(&config, &receiver) < 0)
		return 0;
	for (size_t i = 1; i + 2 < length && at.ns < END_NS; i += 3) {
		const int64_t units = bytes[i + 1] + 256 * (bytes[i] >> 4);

		at.ns += units * units_ns[bytes[i] >> 1 & 3] + bytes[i + 2] * NS_PER_MS;
		if (bytes[i] & 8)
			radio_receiver_on_deadline(receiver, at);
		else
			radio_receiver_on_edge(receiver, at, bytes[i] & 1);
		while (radio_receiver_take(receiver, &event))
			check_event(config.station, &event);
	}
	radio_receiver_destroy(receiver);
	return 0;
}
