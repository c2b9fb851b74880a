/* control/chronyc_manual: the time typed in: settime and manual. SPDX-License-Identifier: MIT */
#include "control/chronyc_call.h"
#include "node/node_manual.h"

#define LIST_MAX    16
#define SAMPLE_SIZE 24

static double seconds(int64_t duration_ns)
{
	return (double)duration_ns * 1e-9;
}

enum candm_status chronyc_settime(struct chronyc_call *call)
{
	struct utc_time entered;
	struct node_manual_result result;
	enum candm_status status = CANDM_FAILED;

	if (candm_time_decode(&call->in, &entered))
		status = chronyc_status_of(
			node_manual_set_time(call->node, entered, call->now, &result, call->out));
	if (status != CANDM_OK)
		return status;
	call->code = CANDM_REPLY_SETTIME;
	candm_float_encode(-seconds(result.offset_ns), &call->reply);
	candm_float_encode(result.frequency_change_ppm, &call->reply);
	candm_float_encode(result.frequency_ppm, &call->reply);
	return CANDM_OK;
}

enum candm_status chronyc_manual(struct chronyc_call *call)
{
	enum { OFF, ON, RESET };

	switch (reader_u32(&call->in)) {
	case OFF:
		node_manual_enable(call->node, false);
		return CANDM_OK;
	case ON:
		node_manual_enable(call->node, true);
		return CANDM_OK;
	case RESET:
		node_manual_reset(call->node);
		return CANDM_OK;
	default:
		return CANDM_INVALID;
	}
}

enum candm_status chronyc_manual_delete(struct chronyc_call *call)
{
	return chronyc_status_of(
		node_manual_delete(call->node, reader_u32(&call->in), call->now, call->out));
}

enum candm_status chronyc_manual_list(struct chronyc_call *call)
{
	static const uint8_t none[SAMPLE_SIZE] = { 0 };
	const size_t count = node_manual_count(call->node);

	call->code = CANDM_REPLY_MANUAL_LIST;
	writer_u32(&call->reply, (uint32_t)count);
	for (size_t i = 0; i < LIST_MAX; i++) {
		struct node_manual_entry entry;

		if (i >= count) {
			writer_bytes(&call->reply, none, sizeof none);
			continue;
		}
		entry = node_manual_entry(call->node, i, call->now);
		candm_time_encode(entry.entered, &call->reply);
		candm_float_encode(-seconds(entry.offset_ns), &call->reply);
		candm_float_encode(-seconds(entry.original_offset_ns), &call->reply);
		candm_float_encode(-seconds(entry.residual_ns), &call->reply);
	}
	return CANDM_OK;
}
