/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_broadcast.h"

#include <assert.h>

#define AT(member_) CONFIG_AT(struct ntp_broadcast_options, member_)
#define VERSION     4

const struct config_option ntp_broadcast_arguments[] = {
	{ .name = "interval",
	  AT(interval_s),
	  .unit = "s",
	  .minimum = 1,
	  .maximum = 1 << 17,
	  .text = "Raised, fewer packets; lowered, listeners know the time sooner." },
	{ .name = "address", AT(address), .text = "Of the network, or of a multicast group." },
	{ .name = "port",
	  AT(port),
	  .minimum = 1,
	  .maximum = 65535,
	  .normal = 123,
	  .is_optional = true },
	{ .name = NULL },
};

static int8_t log2_of(uint32_t interval_s)
{
	int8_t log2_s = 0;

	while (interval_s >> (log2_s + 1))
		log2_s++;
	return log2_s;
}

void ntp_broadcast_send(const struct ntp_broadcast_options *options,
                        const struct ntp_server_time *time, struct outbox *out)
{
	struct ntp_header header = { .version = VERSION,
		                     .mode = NTP_MODE_BROADCAST,
		                     .poll_log2_s = log2_of(options->interval_s) };
	struct send_action *send = &outbox_add(out, ACTION_SEND)->send;
	struct writer bytes = writer_into(send->bytes, NTP_HEADER_SIZE);

	ntp_server_time_say(time, &header);
	ntp_header_encode(&header, &bytes);
	assert(!bytes.is_overrun);
	send->association = ASSOCIATION_SERVER;
	send->is_from_server_port = true;
	send->remote = options->address;
	send->remote.port = options->port;
	send->length_bytes = NTP_HEADER_SIZE;
	send->transmit_at_byte = NTP_HEADER_TRANSMIT_AT;
	send->transmit_add_ns = time->shift_ns;
}
