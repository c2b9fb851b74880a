/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "base/attributes.h"
#include "cli/command.h"

static const struct command *const commands[] = {
	&command_status,  &command_why,    &command_top,    &command_run,
	&command_demo,    &command_sim,    &command_decode, &command_encode,
	&command_convert, &command_leap,   &command_diag,   &command_wait,
	&command_check,   &command_reload, &command_import, &command_rtc,
};

const struct command *commands_at(size_t index)
{
	return index < ARRAY_COUNT(commands) ? commands[index] : NULL;
}
