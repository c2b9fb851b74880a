/* SPDX-License-Identifier: MIT */
#include "wire/ntp_header.h"

#include <assert.h>

int ntp_header_decode(struct reader *in, struct ntp_header *header_out)
{
	const uint8_t first = reader_u8(in);

	header_out->leap = first >> 6;
	header_out->version = first >> 3 & 7;
	header_out->mode = first & 7;
	header_out->stratum = reader_u8(in);
	header_out->poll_log2_s = reader_s8(in);
	header_out->precision_log2_s = reader_s8(in);
	header_out->root_delay_q16_s = reader_u32(in);
	header_out->root_dispersion_q16_s = reader_u32(in);
	header_out->reference_id = reader_u32(in);
	header_out->reference_ntp64 = reader_u64(in);
	header_out->origin_ntp64 = reader_u64(in);
	header_out->receive_ntp64 = reader_u64(in);
	header_out->transmit_ntp64 = reader_u64(in);

	return reader_finish(in);
}

void ntp_header_encode(const struct ntp_header *header, struct writer *out)
{
	assert(header->leap <= 3 && header->version <= 7 && header->mode <= 7);

	writer_u8(out, (uint8_t)(header->leap << 6 | header->version << 3 | header->mode));
	writer_u8(out, header->stratum);
	writer_u8(out, (uint8_t)header->poll_log2_s);
	writer_u8(out, (uint8_t)header->precision_log2_s);
	writer_u32(out, header->root_delay_q16_s);
	writer_u32(out, header->root_dispersion_q16_s);
	writer_u32(out, header->reference_id);
	writer_u64(out, header->reference_ntp64);
	writer_u64(out, header->origin_ntp64);
	writer_u64(out, header->receive_ntp64);
	writer_u64(out, header->transmit_ntp64);
}
