/* SPDX-License-Identifier: MIT */
#include "daemon/plausible.h"

#include "daemon/build_date.h"
#include "daemon/open_files.h"
#include "os/simulated.h"

struct plausibility plausible_now(const struct daemon *daemon)
{
	const struct plausibility_facts facts = {
		.built = { BUILD_DATE_S * NS_PER_S },
		.saved = open_files_saved_time(daemon->config->driftfile, daemon->log),
		.rtc = daemon->rtc_time,
		.clock = { clock_read(daemon->clock).local.ns },
		.is_simulated = simulated_is(),
	};

	return plausibility_decide(&facts);
}
