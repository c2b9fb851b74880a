/* config/ntp_conf_fuzz: any bytes as an ntp.conf: whole lines come out, printable, each a comment
 * or a directive, and none is lost for want of room. SPDX-License-Identifier: MIT */
#include "config/ntp_conf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static struct ntp_conf conf;
static char made[NTP_CONF_OUT_MAX];

static void check_made(const struct text *out)
{
	if (out->is_cut || strlen(made) != out->length_bytes ||
	    (out->length_bytes > 0 && made[out->length_bytes - 1] != '\n'))
		abort();
	for (const char *line = made; *line; line = strchr(line, '\n') + 1) {
		if (*line != '#' && *line != '\n' && !(*line >= 'a' && *line <= 'z') &&
		    strncasecmp(line, "server", 6) != 0 && strncasecmp(line, "p", 1) != 0)
			abort();
	}
	for (const char *c = made; *c; c++) {
		if ((unsigned char)*c < ' ' && *c != '\n')
			abort();
	}
}

static void each_line(const char *text, size_t length, int is_noting)
{
	for (const char *line = text, *end = text + length; line < end;) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		const size_t size = (size_t)((stop ? stop : end) - line);
		struct text out = text_into(made, sizeof made);
		char path[NTP_CONF_LINE_MAX + 1];

		if (is_noting) {
			ntp_conf_note(&conf, line, size);
			(void)ntp_conf_include(line, size, path);
		} else {
			ntp_conf_convert(&conf, line, size, &out);
		}
		check_made(&out);
		line += size + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct text out;

	ntp_conf_init(&conf);
	each_line((const char *)bytes, length, 1);
	each_line((const char *)bytes, length, 0);
	out = text_into(made, sizeof made);
	ntp_conf_end(&conf, &out);
	check_made(&out);
	return 0;
}
