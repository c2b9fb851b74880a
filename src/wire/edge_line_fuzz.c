/* wire/edge_line_fuzz: any bytes as a line; what is read writes the same edge again.
 * SPDX-License-Identifier: MIT */
#include "wire/edge_line.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct edge_line edge, again;
	char line[64];
	struct text out = text_into(line, sizeof line);

	if (edge_line_decode((const char *)bytes, length, &edge) != 1)
		return 0;
	edge_line_encode(&edge, &out);
	if (out.is_cut || edge_line_decode(line, out.length_bytes - 1, &again) != 1 ||
	    again.at_ns != edge.at_ns || again.is_high != edge.is_high)
		abort();
	return 0;
}
