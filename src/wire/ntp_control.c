/* SPDX-License-Identifier: MIT */
#include "wire/ntp_control.h"

#define RESPONSE 0x80
#define ERROR    0x40
#define MORE     0x20
#define OPCODE   0x1f

void ntp_control_decode(struct reader *in, struct ntp_control *header_out)
{
	const uint8_t first = reader_u8(in), second = reader_u8(in);

	header_out->version = first >> 3 & 7;
	header_out->mode = first & 7;
	header_out->is_response = second & RESPONSE;
	header_out->is_error = second & ERROR;
	header_out->has_more = second & MORE;
	header_out->opcode = second & OPCODE;
	header_out->sequence = reader_u16(in);
	header_out->status = reader_u16(in);
	header_out->association = reader_u16(in);
	header_out->offset = reader_u16(in);
	header_out->count = reader_u16(in);
}

void ntp_control_encode(const struct ntp_control *header, struct writer *out)
{
	writer_u8(out, (uint8_t)(header->version << 3 | header->mode));
	writer_u8(out,
	          (uint8_t)((header->is_response ? RESPONSE : 0) | (header->is_error ? ERROR : 0) |
	                    (header->has_more ? MORE : 0) | header->opcode));
	writer_u16(out, header->sequence);
	writer_u16(out, header->status);
	writer_u16(out, header->association);
	writer_u16(out, header->offset);
	writer_u16(out, header->count);
}
