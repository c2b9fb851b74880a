/* config/ntp_conf: an ntp.conf, of ntpd or ntpsec, as lines of our configuration.
 * SPDX-License-Identifier: MIT
 *
 * Takes lines, not files. Each line is passed twice: first all of them to ntp_conf_note, because
 * `fudge` may stand far from its clock; then one by one to ntp_conf_convert. What has no equal
 * becomes a comment that says why. It does not check values: whoever reads the result does.
 * ntp.conf(5) of ntp 4.2.8 and of ntpsec 1.2; the sign of every offset is the same there and here.
 */
#pragma once

#include "config/ntp_conf_words.h"

#define NTP_CONF_CLOCKS_MAX 32
#define NTP_CONF_OUT_MAX    (16 * 1024) /* bytes that hold what becomes of any line */
#define NTP_CONF_WORD_SIZE  256

struct ntp_conf_clock { /* a fudge line, or several of one clock */
	unsigned type, unit;
	struct ntp_conf_words fudge; /* the last one counts */
};

struct ntp_conf {
	struct ntp_conf_clock clocks[NTP_CONF_CLOCKS_MAX];
	size_t clocks_count;
	char discard_average[NTP_CONF_WORD_SIZE]; /* "" = not said */
	bool has_default_restrict, has_step;
	bool is_ntpq_allowed, is_limited; /* the line for that was written */
	struct ntp_conf_words words;      /* of the line at work */
};

void ntp_conf_init(struct ntp_conf *conf);
void ntp_conf_note(struct ntp_conf *conf, const char *line, size_t length_bytes);
/* Appends whole lines, terminated by newlines; none for an empty line but an empty one. */
void ntp_conf_convert(struct ntp_conf *conf, const char *line, size_t length_bytes,
                      struct text *out);
/* At the end: what ntpd does although nobody wrote it. */
void ntp_conf_end(struct ntp_conf *conf, struct text *out);
/* True: the line is an includefile, and this is the file it names. */
bool ntp_conf_include(const char *line, size_t length_bytes, char path_out[NTP_CONF_LINE_MAX + 1]);
