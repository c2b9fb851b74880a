/* A scenario from anybody is refused, or runs a little while without harm.
 * SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "sim/scenario_parse.h"
#include "sim/simulation.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static char complaints[4000];
	struct text errors = text_into(complaints, sizeof complaints);
	const struct line_sink nobody = { 0 };
	struct scenario *scenario;
	struct simulation *simulation;

	if (scenario_parse("fuzz", (const char *)bytes, length, &scenario, &errors) < 0)
		return 0;
	if (scenario->duration_ns > 100 * NS_PER_S)
		scenario->duration_ns = 100 * NS_PER_S;
	if (scenario->observe_ns < NS_PER_S)
		scenario->observe_ns = NS_PER_S;
	if (scenario->nodes_count <= 8 &&
	    simulation_create(scenario, &(struct simulation_options){ 0 }, &simulation) == 0) {
		simulation_run(simulation);
		(void)simulation_report(simulation, &nobody);
		simulation_plot(simulation, &nobody);
		simulation_destroy(simulation);
	}
	scenario_destroy(scenario);
	return 0;
}
