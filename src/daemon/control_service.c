/* SPDX-License-Identifier: MIT */
#include "daemon/control_service.h"

#include <stdlib.h>

#include "base/text.h"
#include "control/control.h"
#include "daemon/actions.h"
#include "daemon/reload.h"
#include "report/report.h"

enum { PACKETS_MAX = CHRONYC_VERDICT_COUNT + 2 };

/* Those that do not go to the node. */
static size_t list_packets(const struct daemon *daemon, struct report_packets rows[PACKETS_MAX])
{
	size_t count = 0;

	for (unsigned i = 0; i < CHRONYC_VERDICT_COUNT; i++)
		rows[count++] =
			(struct report_packets){ "chronyc",
			                         chronyc_verdict_text((enum chronyc_verdict)i),
			                         daemon->chronyc.verdict_count[i] };
	rows[count++] = (struct report_packets){ "ntpq", "no question", daemon->ntpq_count[false] };
	rows[count++] = (struct report_packets){ "ntpq", "answered", daemon->ntpq_count[true] };
	return count;
}

static struct report_context context_of(struct daemon *daemon, struct instant now)
{
	struct report_context context = {
		.version = TIMEBALL_VERSION,
		.clock_driver = daemon->clock->driver->name,
		.uptime_ns = now.mono.ns - daemon->started.ns,
		.is_rtc_kernels = daemon->config->node.discipline.rtcsync && daemon->may_adjust &&
		                  !daemon->config->virtualclock.is_on,
		.config = &daemon->config->listing,
		.hwtimestamps = hw_clocks_rows(&daemon->hw_clocks),
		.hwtimestamps_count = daemon->hw_clocks.count,
	};

	context.has_true_error = clock_true_error(daemon->clock, &context.true_error_ns);
	return context;
}

/* The answer's buffer is taken for the moment only: it is larger than all the rest of the daemon.
 */
static void answer(struct daemon *daemon, struct control_connection *connection)
{
	const struct instant now = clock_read(daemon->clock);
	struct report_context context = context_of(daemon, now);
	struct report_packets packets[PACKETS_MAX];
	const struct control_request request = {
		.line = connection->request,
		.length_bytes = connection->request_bytes,
		.may_command = connection->may_command,
	};
	char *bytes = malloc(CONTROL_REPLY_SIZE);
	enum control_duty duty;
	struct text reply;

	if (!bytes) {
		control_socket_answer(connection, "{\"error\":\"out of memory\"}\n", 26);
		return;
	}
	context.packets_count = list_packets(daemon, packets);
	context.packets = packets;
	reply = text_into(bytes, CONTROL_REPLY_SIZE);
	duty = control_answer(&request, daemon->node, now, &context, &reply,
	                      actions_outbox(daemon));
	if (duty == CONTROL_DUTY_RELOAD)
		(void)reload_configuration(daemon, &reply);
	control_socket_answer(connection, bytes, reply.length_bytes);
	free(bytes);
	actions_carry_out(daemon);
}

void control_service_answer(struct daemon *daemon)
{
	struct control_connection *connection;

	while ((connection = control_socket_next(&daemon->control)))
		answer(daemon, connection);
}
