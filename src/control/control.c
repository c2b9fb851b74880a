/* SPDX-License-Identifier: MIT */
#include "control/control.h"

#include "control/control_reply.h"
#include "node/node_rtc.h"

enum control_duty control_answer(const struct control_request *request, struct node *node,
                                 struct instant now, const struct report_context *context,
                                 struct text *reply, struct outbox *out)
{
	struct report_subject subject;

	report_subject_take(node, now, context, &subject);
	switch (control_reply(request, &subject, reply)) {
	case CONTROL_NOTHING:
		break;
	case CONTROL_ONLINE:
		node_command_online(node, true, now, out);
		break;
	case CONTROL_OFFLINE:
		node_command_online(node, false, now, out);
		break;
	case CONTROL_BURST:
		node_command_burst(node, now, out);
		break;
	case CONTROL_TRIM_RTC:
		(void)node_command_trim_rtc(node, now);
		break;
	case CONTROL_WRITE_RTC:
		(void)node_command_write_rtc(node, out);
		break;
	case CONTROL_MAKESTEP:
		node_command_makestep(node, now, out);
		break;
	case CONTROL_RELOAD:
		return CONTROL_DUTY_RELOAD;
	}
	return CONTROL_DUTY_NONE;
}
