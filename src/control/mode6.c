/* SPDX-License-Identifier: MIT */
#include "control/mode6.h"

#include <assert.h>
#include <string.h>

#include "control/mode6_variables.h"
#include "wire/ntp_control.h"

#define VERSION_MIN 2 /* ntpq's own */
#define VERSION_MAX 4
#define NAMES_MAX   512

#define CLOCK_SOURCE_NTP   6 /* RFC 9327 section 3.1 */
#define CLOCK_SOURCE_RADIO 4
#define CLOCK_SOURCE_NONE  0
#define EVENT_SYNCHRONISED 5
#define EVENT_UNSPECIFIED  0

bool mode6_is_request(const struct datagram *datagram)
{
	return datagram->length_bytes >= NTP_CONTROL_HEADER &&
	       (datagram->bytes[0] & 7) == NTP_CONTROL_MODE &&
	       address_is_loopback(&datagram->remote) && datagram->remote.port != 0;
}

static uint16_t system_status(const struct node *node, struct instant now)
{
	const struct node_status status = node_status(node, now);
	const unsigned source = !status.is_synchronised ? CLOCK_SOURCE_NONE
	                        : status.stratum == 1   ? CLOCK_SOURCE_RADIO
	                                                : CLOCK_SOURCE_NTP;

	return (uint16_t)((unsigned)status.leap << 14 | source << 8 | 1U << 4 |
	                  (status.is_synchronised ? EVENT_SYNCHRONISED : EVENT_UNSPECIFIED));
}

/* How ntpq shows a source: what stands before its name. RFC 9327 section 3.2. */
static unsigned selection(enum source_state state)
{
	enum { REJECT, FALSETICK, EXCESS, OUTLIER, CANDIDATE, BACKUP, SYSTEM_PEER };

	switch (state) {
	case SOURCE_STATE_SELECTED:
		return SYSTEM_PEER;
	case SOURCE_STATE_COMBINED:
		return CANDIDATE;
	case SOURCE_STATE_UNUSED:
	case SOURCE_STATE_MINSOURCES:
	case SOURCE_STATE_NOT_PREFERRED:
	case SOURCE_STATE_TOO_DISTANT:
	case SOURCE_STATE_OUTLIER:
		return OUTLIER;
	case SOURCE_STATE_FALSETICKER:
	case SOURCE_STATE_NO_MAJORITY:
	case SOURCE_STATE_TIE:
		return FALSETICK;
	default:
		return REJECT;
	}
}

static uint16_t source_status(const struct node_source_status *source)
{
	enum {
		REACHABLE = 0x1000,
		AUTHENTIC = 0x2000,
		AUTHENTICATED = 0x4000,
		CONFIGURED = 0x8000
	};
	enum { EVENT_REACHABLE = 4, EVENT_SYSTEM_PEER = 10 };
	const bool has_key = source->options->key_id != 0 || source->options->nts;
	unsigned status = CONFIGURED | selection(source->state) << 8;

	if (has_key)
		status |= AUTHENTICATED;
	if (has_key && source->has_measurement)
		status |= AUTHENTIC;
	if (source->has_client && source->client.reach != 0)
		status |= REACHABLE;
	if (source->state == SOURCE_STATE_SELECTED)
		status |= 1U << 4 | EVENT_SYSTEM_PEER;
	else if (source->has_measurement)
		status |= 1U << 4 | EVENT_REACHABLE;
	return (uint16_t)status;
}

static bool find(const struct node *node, uint16_t association, struct instant now,
                 struct node_source_status *source_out)
{
	const size_t count = node_source_count(node);

	for (size_t i = 0; i < count; i++) {
		*source_out = node_source_status(node, i, now);
		if (source_out->number == association)
			return true;
	}
	return false;
}

static void send_one(const struct datagram *asked, const struct ntp_control *header,
                     const char *data, struct outbox *out)
{
	struct send_action *send = &outbox_add(out, ACTION_SEND)->send;
	struct writer bytes = writer_into(send->bytes, sizeof send->bytes);

	ntp_control_encode(header, &bytes);
	writer_bytes(&bytes, data, header->count);
	while (bytes.used_bytes % 4 != 0)
		writer_u8(&bytes, 0);
	assert(!bytes.is_overrun);
	send->association = ASSOCIATION_SERVER;
	send->remote = asked->remote;
	send->local = asked->local;
	send->length_bytes = (uint16_t)bytes.used_bytes;
}

static void send_all(const struct datagram *asked, const struct ntp_control *request,
                     uint16_t status, const char *data, size_t length, struct outbox *out)
{
	struct ntp_control header = *request;
	size_t at = 0;

	header.is_response = true;
	header.status = status;
	do {
		const size_t left = length - at;
		const size_t part = left < NTP_CONTROL_DATA_MAX ? left : NTP_CONTROL_DATA_MAX;

		header.offset = (uint16_t)at;
		header.count = (uint16_t)part;
		header.has_more = part < left;
		send_one(asked, &header, data + at, out);
		at += part;
	} while (at < length);
}

static void send_error(const struct datagram *asked, const struct ntp_control *request,
                       enum ntp_control_error error, struct outbox *out)
{
	struct ntp_control header = *request;

	header.is_response = true;
	header.is_error = true;
	header.status = (uint16_t)(error << 8);
	header.offset = header.count = 0;
	send_one(asked, &header, "", out);
}

static void answer_list(const struct datagram *asked, const struct ntp_control *request,
                        const struct node *node, struct instant now, struct outbox *out)
{
	uint8_t list[4 * NODE_SOURCES_MAX];
	struct writer data = writer_into(list, sizeof list);
	const size_t count = node_source_count(node);

	for (size_t i = 0; i < count; i++) {
		const struct node_source_status source = node_source_status(node, i, now);

		writer_u16(&data, (uint16_t)source.number);
		writer_u16(&data, source_status(&source));
	}
	send_all(asked, request, system_status(node, now), (const char *)list, data.used_bytes,
	         out);
}

static void answer_variables(const struct datagram *asked, const struct ntp_control *request,
                             const char *names, const char *version, const struct node *node,
                             struct instant now, struct outbox *out)
{
	char bytes[MODE6_FRAGMENTS_MAX * NTP_CONTROL_DATA_MAX + 1];
	struct mode6_variables variables = { .text = text_into(bytes, sizeof bytes),
		                             .names = names };
	struct node_source_status source;
	uint16_t status;

	if (request->association == 0) {
		mode6_variables_system(&variables, version, node, now);
		status = system_status(node, now);
	} else if (find(node, request->association, now, &source)) {
		mode6_variables_source(&variables, &source, now);
		status = source_status(&source);
	} else {
		send_error(asked, request, NTP_CONTROL_BAD_ASSOCIATION, out);
		return;
	}
	if (variables.text.length_bytes == 0) {
		send_error(asked, request, NTP_CONTROL_BAD_VARIABLE, out);
		return;
	}
	text_add(&variables.text, "\r\n");
	assert(!variables.text.is_cut);
	send_all(asked, request, status, bytes, variables.text.length_bytes, out);
}

bool mode6_answer(const struct datagram *datagram, const char *version, const struct node *node,
                  struct instant now, struct outbox *out)
{
	struct reader in = reader_over(datagram->bytes, datagram->length_bytes);
	struct ntp_control request;
	char names[NAMES_MAX];
	const uint8_t *data;

	assert(mode6_is_request(datagram));
	ntp_control_decode(&in, &request);
	if (request.version < VERSION_MIN || request.version > VERSION_MAX || request.is_response ||
	    request.is_error || request.has_more)
		return false;
	data = reader_bytes(&in, request.count);
	if (!data || request.count >= sizeof names || request.offset != 0) {
		send_error(datagram, &request, NTP_CONTROL_BAD_FORMAT, out);
		return true;
	}
	memcpy(names, data, request.count);
	names[request.count] = '\0';
	if (request.opcode == NTP_CONTROL_READ_STATUS && request.association == 0)
		answer_list(datagram, &request, node, now, out);
	else if (request.opcode == NTP_CONTROL_READ_STATUS ||
	         request.opcode == NTP_CONTROL_READ_VARIABLES)
		answer_variables(datagram, &request, names, version, node, now, out);
	else
		send_error(datagram, &request, NTP_CONTROL_BAD_OPCODE, out);
	return true;
}
