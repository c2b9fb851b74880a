/* SPDX-License-Identifier: MIT */
#include "control/mode6_variables.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "timescale/ntp_time.h"

#define HOST_MODE_CLIENT 3
#define MODE_SERVER      4

/* Is it among the names asked for? They may have blanks about them, and `=value` behind. */
static bool is_wanted(const struct mode6_variables *variables, const char *name)
{
	const size_t length = strlen(name);
	const char *at = variables->names;

	if (*at == '\0')
		return true;
	while (*at) {
		at += strspn(at, ", \t\r\n");
		if (strncmp(at, name, length) == 0 && strchr(",= \t\r\n", at[length]))
			return true; /* the terminating zero counts as found, too */
		at += strcspn(at, ",");
	}
	return false;
}

/* Begins a variable if it is wanted. */
static struct text *begin(struct mode6_variables *variables, const char *name)
{
	struct text *out = &variables->text;

	if (!is_wanted(variables, name))
		return NULL;
	if (out->length_bytes > 0)
		text_add(out, ", ");
	text_add(out, name);
	text_char(out, '=');
	return out;
}

static void put_number(struct mode6_variables *variables, const char *name, int64_t value)
{
	struct text *out = begin(variables, name);

	if (out)
		text_s64(out, value);
}

static void put_hex(struct mode6_variables *variables, const char *name, uint32_t value)
{
	struct text *out = begin(variables, name);

	if (out) {
		text_add(out, "0x");
		text_hex(out, value, 2);
	}
}

static void put_real(struct mode6_variables *variables, const char *name, double value)
{
	struct text *out = begin(variables, name);

	if (out)
		text_fixed(out, isfinite(value) ? value : 0, 6);
}

static void put_ms(struct mode6_variables *variables, const char *name, int64_t duration_ns)
{
	put_real(variables, name, (double)duration_ns * 1e-6);
}

static void put_quoted(struct mode6_variables *variables, const char *name, const char *value)
{
	struct text *out = begin(variables, name);

	if (!out)
		return;
	text_char(out, '"');
	for (; *value; value++)
		text_char(out, *value < ' ' || *value > '~' || *value == '"' ? '?' : *value);
	text_char(out, '"');
}

static void put_plain(struct mode6_variables *variables, const char *name, const char *value)
{
	struct text *out = begin(variables, name);

	if (out)
		text_add(out, value);
}

static void put_address(struct mode6_variables *variables, const char *name,
                        const struct address *address)
{
	char text[ADDRESS_TEXT_SIZE];

	put_plain(variables, name,
	          address->family == ADDRESS_NONE ? "0.0.0.0" : address_format(address, text));
}

static void put_time(struct mode6_variables *variables, const char *name, uint64_t ntp64)
{
	struct text *out = begin(variables, name);

	if (out) {
		text_add(out, "0x");
		text_hex(out, ntp64 >> 32, 8);
		text_char(out, '.');
		text_hex(out, ntp64 & UINT32_MAX, 8);
	}
}

/* Letters beside a reference clock, else an IPv4 address. */
static void put_reference_id(struct mode6_variables *variables, uint32_t id, unsigned stratum)
{
	struct text *out = begin(variables, "refid");

	for (int shift = 24; out && shift >= 0; shift -= 8) {
		const uint32_t byte = id >> shift & 0xff;

		if (stratum > 1 || id == 0 || id >> 24 == 127) {
			text_u64(out, byte);
			if (shift > 0)
				text_char(out, '.');
		} else if (byte > ' ' && byte <= '~' && byte != ',' && byte != '"') {
			text_char(out, (char)byte);
		}
	}
}

/* ntpd's numbers of drivers: 127.127.NUMBER.UNIT stands for an address. */
static void put_refclock(struct mode6_variables *variables, const struct refclock_options *options)
{
	static const struct {
		const char *name, *address;
	} drivers[] = { { "nmea", "127.127.20.0" },
		        { "pps", "127.127.22.0" },
		        { "shm", "127.127.28.0" } };

	for (size_t i = 0; i < ARRAY_COUNT(drivers); i++) {
		if (strcasecmp(options->driver->name, drivers[i].name) == 0) {
			put_plain(variables, "srcadr", drivers[i].address);
			return;
		}
	}
	put_plain(variables, "srcadr", "127.127.0.0");
}

static uint64_t ntp64_of(int64_t utc_ns)
{
	return ntp_time_encode((struct utc_time){ utc_ns });
}

void mode6_variables_system(struct mode6_variables *variables, const char *version,
                            const struct node *node, struct instant now)
{
	const struct node_status status = node_status(node, now);
	const size_t count = node_source_count(node);
	char name[64];
	struct text text = text_into(name, sizeof name);

	text_add(&text, "timeballd ");
	text_add(&text, version);
	put_quoted(variables, "version", name);
	put_quoted(variables, "system", "Linux");
	put_number(variables, "leap", status.leap);
	put_number(variables, "stratum",
	           status.is_synchronised || status.is_local ? status.stratum : 16);
	put_ms(variables, "rootdelay", status.root_delay_ns);
	put_ms(variables, "rootdisp", status.root_dispersion_ns);
	if (status.bound_ns < INT64_MAX)
		put_ms(variables, "rootdist", status.bound_ns);
	put_reference_id(variables, status.reference_id, status.stratum);
	put_time(variables, "reftime",
	         status.reference.ns != 0 ? ntp64_of(status.reference.ns) : 0);
	put_time(variables, "clock", ntp64_of(now.local.ns));
	for (size_t i = 0; i < count; i++) {
		const struct node_source_status source = node_source_status(node, i, now);

		if (source.state != SOURCE_STATE_SELECTED)
			continue;
		put_number(variables, "peer", source.number);
		put_number(variables, "tc", source.client.poll_log2_s);
	}
	put_ms(variables, "offset", status.offset_ns);
	put_real(variables, "frequency",
	         -status.frequency_ppm); /* ntpd's sign: what is corrected */
	put_real(variables, "sys_jitter", status.offset_sd_s * 1e3);
	put_real(variables, "clk_jitter", status.rms_offset_s * 1e3);
	put_real(variables, "clk_wander", status.skew_ppm);
	if (status.tai_offset_s != 0)
		put_number(variables, "tai", status.tai_offset_s);
}

void mode6_variables_source(struct mode6_variables *variables,
                            const struct node_source_status *source, struct instant now)
{
	const struct ntp_measurement *m = &source->measurement;
	const bool has_reply = source->has_measurement;
	const int64_t age_ns = now.mono.ns - source->last_good.ns;
	const int8_t poll_log2_s =
		source->has_client ? source->client.poll_log2_s : source->options->minpoll_log2_s;

	if (source->is_refclock)
		put_refclock(variables, source->refclock.options);
	else
		put_address(variables, "srcadr", &source->address);
	put_number(variables, "srcport", source->address.port);
	put_quoted(variables, "srchost", source->name);
	put_address(variables, "dstadr", &source->client.local);
	put_number(variables, "dstport", 0);
	put_number(variables, "leap", has_reply ? m->leap : LEAP_UNSYNCHRONISED);
	put_number(variables, "stratum", has_reply ? m->stratum : 16);
	put_number(variables, "precision", m->precision_log2_s);
	put_ms(variables, "rootdelay", m->root_delay_ns);
	put_ms(variables, "rootdisp", m->root_dispersion_ns);
	if (has_reply)
		put_reference_id(variables, m->reference_id, m->stratum);
	else
		put_plain(variables, "refid", "INIT");
	put_time(variables, "reftime", m->reference_ntp64);
	put_time(variables, "rec", has_reply ? ntp64_of(now.local.ns - age_ns) : 0);
	put_hex(variables, "reach", source->client.reach);
	put_number(variables, "unreach", source->client.unanswered_count);
	put_number(variables, "hmode", HOST_MODE_CLIENT);
	put_number(variables, "pmode", has_reply ? MODE_SERVER : 0);
	put_number(variables, "hpoll", poll_log2_s);
	/* ntpq shows the lesser of both; servers repeat our request's, which says nothing */
	put_number(variables, "ppoll", m->poll_log2_s > 0 ? m->poll_log2_s : poll_log2_s);
	put_number(variables, "headway", 0);
	put_hex(variables, "flash", 0);
	put_number(variables, "keyid", source->options->key_id);
	put_ms(variables, "offset", source->last_offset_ns);
	put_ms(variables, "delay", source->last_delay_ns);
	put_real(variables, "dispersion", has_reply ? ldexp(1e3, m->precision_log2_s) : 0);
	put_real(variables, "jitter",
	         source->has_estimate ? source->estimator.residual_sd_s * 1e3 : 0);
}
