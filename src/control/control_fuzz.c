/* control/control_fuzz: any bytes as a request: one line of an answer, never cut, and no command
 * for those who may not. The first byte says whether the peer may command. SPDX-License-Identifier:
 * MIT */
#include "control/control_reply.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static char buffer[CONTROL_REPLY_SIZE];
	static const struct report_context context = { .version = "0" };
	static const struct report_subject subject = { .context = &context,
		                                       .status = { .selected_name = "" } };
	const struct control_request request = {
		.line = (const char *)bytes + (length > 0),
		.length_bytes = length > 0 ? length - 1 : 0,
		.may_command = length > 0 && (bytes[0] & 1),
	};
	struct text reply = text_into(buffer, sizeof buffer);
	const enum control_command command = control_reply(&request, &subject, &reply);

	if (command == CONTROL_RELOAD && request.may_command && reply.length_bytes == 0)
		return 0;
	if (reply.is_cut || reply.length_bytes < 4 || buffer[0] != '{' ||
	    strcmp(buffer + reply.length_bytes - 2, "}\n") != 0 ||
	    strchr(buffer, '\n') != buffer + reply.length_bytes - 1 ||
	    (command != CONTROL_NOTHING && !request.may_command))
		abort();
	return 0;
}
