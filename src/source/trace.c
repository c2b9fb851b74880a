/* SPDX-License-Identifier: MIT */
#include "source/trace.h"

void trace_emit(const struct trace_sink *sink, const struct trace_event *event)
{
	if (sink->emit)
		sink->emit(sink->to, event);
}
