/* SPDX-License-Identifier: MIT */
#include "config/ntp_conf_restrict.h"

#include <string.h>
#include <strings.h>

#include "base/address.h"

/* The word that names whom it is about; count = none. */
static size_t whom_at(const struct ntp_conf_words *words)
{
	size_t at = 1;

	while (at < words->count && words->words[at][0] == '-')
		at++;
	return at;
}

bool ntp_conf_restrict_is_default(const struct ntp_conf_words *words)
{
	const size_t at = whom_at(words);

	return at < words->count && strcasecmp(words->words[at], "default") == 0;
}

static bool has(const struct ntp_conf_words *words, const char *flag)
{
	return ntp_conf_words_find(words, whom_at(words) + 1, flag) < words->count;
}

/* Length of the ones that it begins with; -1: ones behind a zero. */
static int mask_bits(const struct address *mask)
{
	const int width = mask->family == ADDRESS_IPV4 ? 32 : 128;
	int bits = 0;

	while (bits < width && (mask->bytes[bits / 8] >> (7 - bits % 8) & 1))
		bits++;
	for (int i = bits; i < width; i++) {
		if (mask->bytes[i / 8] >> (7 - i % 8) & 1)
			return -1;
	}
	return bits;
}

static void convert_network(const struct ntp_conf_words *words, const char *whom, bool is_served,
                            struct text *out)
{
	const char *mask = ntp_conf_words_value(words, whom_at(words) + 1, "mask");
	struct address parsed;
	int bits = -1;

	if (mask && (address_parse(mask, &parsed) != 0 || (bits = mask_bits(&parsed)) < 0)) {
		ntp_conf_words_refuse(words, "its mask is no prefix of ones", out);
		return;
	}
	text_add(out, is_served ? "allow " : "deny ");
	text_add(out, whom);
	if (mask) {
		text_char(out, '/');
		text_u64(out, (uint64_t)bits);
	}
	text_char(out, '\n');
}

static void convert_default(const struct ntp_conf_words *words, bool is_served, struct text *out)
{
	const char *family = words->words[1];

	if (!is_served)
		ntp_conf_words_refuse(words, "nobody is answered unless allow says so", out);
	else if (strcmp(family, "-6") == 0)
		text_add(out, "allow ::/0\n");
	else if (strcmp(family, "-4") == 0)
		text_add(out, "allow 0.0.0.0/0\n");
	else
		text_add(out, "allow\n");
}

static void add_limit(struct ntp_conf *conf, struct text *out)
{
	conf->is_limited = true;
	text_add(out, "ratelimit");
	if (conf->discard_average[0] != '\0')
		ntp_conf_words_add(out, "interval", conf->discard_average);
	text_add(out, has(&conf->words, "kod") ? " kod 2\n" : "\n");
}

void ntp_conf_restrict_convert(struct ntp_conf *conf, struct text *out)
{
	const struct ntp_conf_words *words = &conf->words;
	const bool is_served = !has(words, "ignore") && !has(words, "noserve");
	const char *whom = words->words[whom_at(words)];

	if (!whom) {
		ntp_conf_words_refuse(words, "it names nobody", out);
	} else if (strcasecmp(whom, "source") == 0) {
		ntp_conf_words_refuse(words, "servers are answered like everybody else", out);
	} else if (has(words, "notrust")) {
		ntp_conf_words_refuse(words, "there is no rule that asks clients for keys", out);
	} else if (ntp_conf_restrict_is_default(words)) {
		convert_default(words, is_served, out);
	} else if (strcmp(whom, "127.0.0.1") == 0 || strcmp(whom, "::1") == 0) {
		/* this host's reports are always open to timeball and chronyc */
		if (!has(words, "noquery") && is_served && !conf->is_ntpq_allowed)
			text_add(out, "# ntpq, for this host alone\nntpqallow\n");
		conf->is_ntpq_allowed = true;
	} else {
		convert_network(words, whom, is_served, out);
	}
	if (whom && has(words, "limited") && !conf->is_limited)
		add_limit(conf, out);
}
