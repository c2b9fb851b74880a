/* SPDX-License-Identifier: MIT */
#include "source/source_options.h"

#include <string.h>
#include <strings.h>

#define MAXPOLL_DEFAULT_LOG2_S 10

#define AT(member_) CONFIG_AT(struct source_options, member_)

const struct config_option source_options_name[] = {
	{ .name = "host", AT(name), .text = "A host name or an address." },
	{ .name = NULL },
};

const struct config_option source_options_table[] = {
	{ .name = "iburst",
	  AT(iburst),
	  .text = "Starts with a few requests at most 2 s apart and up to four more within the first poll, so that the first update comes within seconds. "
	          "Left out, the first update takes several polls." },
	{ .name = "burst",
	  AT(burst),
	  .text = "Where an ordinary poll brings no good measurement, asks up to four times at once. Helps on bad "
	          "networks, costs packets." },
	{ .name = "minpoll",
	  AT(minpoll_log2_s),
	  .unit = "log2 s",
	  .minimum = -7,
	  .maximum = 24,
	  .normal = 6,
	  .text = "Shortest poll interval, as a power of two. Raised, the server is asked less; lowered, changes of "
	          "the clock's rate are followed sooner and the server's load grows. Above the default of maxpoll it "
	          "raises that as well." },
	{ .name = "maxpoll",
	  AT(maxpoll_log2_s),
	  .unit = "log2 s",
	  .minimum = -7,
	  .maximum = 24,
	  .normal = MAXPOLL_DEFAULT_LOG2_S,
	  .text = "Longest poll interval, as a power of two. Raised, a stable clock asks less; lowered, errors are "
	          "noticed sooner. Below minpoll it pulls minpoll down." },
	{ .name = "port",
	  AT(port),
	  .maximum = 65535,
	  .minimum = 1,
	  .normal = 123,
	  .text = "UDP port of the server." },
	{ .name = "version",
	  AT(version),
	  .minimum = 1,
	  .maximum = 4,
	  .normal_note = "4; 3 with a key whose digest is longer than 160 bits",
	  .text = "NTP version of the requests. Lower it only for servers that do not answer 4." },
	{ .name = "maxsources",
	  AT(maxsources),
	  .minimum = 1,
	  .maximum = 16,
	  .normal = 4,
	  .text = "How many servers of a pool are used. Raised, liars are outvoted more surely; lowered, fewer packets." },
	SOURCE_OPTIONS_WISHES(struct source_options),
	{ .name = "noselect",
	  AT(noselect),
	  .text = "Is measured and reported, but never steers the clock." },
	{ .name = "offline", AT(offline), .text = "Is not asked until `online` is commanded." },
	{ .name = "auto_offline",
	  AT(auto_offline),
	  .text = "Goes offline by itself when sending fails." },
	{ .name = "maxdelay",
	  AT(maxdelay_s),
	  .unit = "s",
	  .maximum = 1000,
	  .normal = 3,
	  .text = "Measurements with a longer round trip are thrown away. Lowered, only the best network moments "
	          "count; too low, nothing remains." },
	{ .name = "maxdelayratio",
	  AT(maxdelayratio),
	  .maximum = INFINITY,
	  .normal_note = "0, which is off",
	  .text = "Measurements whose round trip exceeds the shortest one by this factor are thrown away. Lowered, "
	          "fewer measurements pass." },
	{ .name = "maxdelaydevratio",
	  AT(maxdelaydevratio),
	  .maximum = INFINITY,
	  .normal_note = "0, which is off: each packet is weighed by its delay",
	  .text = "Measurements whose round trip exceeds the shortest one by so many standard deviations of the "
	          "offset are thrown away. Lowered, fewer measurements pass." },
	{ .name = "maxdelayquant",
	  AT(maxdelayquant),
	  .minimum = 0.05,
	  .maximum = 0.95,
	  .normal_note = "off",
	  .text = "Measurements that are slower than this share of the last 64 are thrown away; maxdelaydevratio then "
	          "does not count. Lowered, only the fastest pass." },
	{ .name = "mindelay",
	  AT(mindelay_s),
	  .unit = "s",
	  .maximum = 1000,
	  .normal_note = "0: the shortest of late",
	  .text = "Round trip of the idle path, which maxdelayratio, maxdelaydevratio and asymmetry count from. Raised "
	          "above the truth, slower measurements pass." },
	{ .name = "asymmetry",
	  AT(asymmetry),
	  .minimum = -0.5,
	  .maximum = 0.5,
	  .normal_note =
	          "learnt: how late each direction tends to be is found out here in any case",
	  .text = "Which way the time is lost by which a round trip exceeds the shortest one: -0.5 all of it on the way to "
	          "the server, 0.5 all of it on the way back. Each offset is corrected by so much of it." },
	{ .name = "filter",
	  AT(filter_polls),
	  .unit = "polls",
	  .maximum = 64,
	  .normal_note = "0, which is off",
	  .text = "Of so many measurements the fastest is used, and the others are forgotten. Raised, noise of the "
	          "network counts less, and changes are seen later." },
	{ .name = "polltarget",
	  AT(polltarget),
	  .minimum = 1,
	  .maximum = 64,
	  .normal = 8,
	  .text = "How exact it shall be: raised, the server is asked the more often; lowered, the less often." },
	{ .name = "maxsamples",
	  AT(maxsamples),
	  .maximum = UINT32_MAX,
	  .normal_note = "the directive maxsamples",
	  .text = "The path is judged by so many exchanges at most, 256 in any case. Lowered, changes of the path are "
	          "followed sooner and less is known of rare lateness." },
	{ .name = "minsamples",
	  AT(minsamples),
	  .maximum = UINT32_MAX,
	  .normal_note = "the directive minsamples",
	  .text = "Accepted, and without effect: the past is weighed here, never thrown away for being few." },
	{ .name = "presend",
	  AT(presend_log2_s),
	  .unit = "log2 s",
	  .minimum = -7,
	  .maximum = 100,
	  .normal = 100,
	  .normal_note = "100, which is never",
	  .text = "From this poll interval on, a request whose answer is not measured goes 2 s ahead, so that the "
	          "network has learnt the way." },
	{ .name = "copy",
	  AT(copy),
	  .text = "When it is followed, its stratum and reference id are said to be ours: for several daemons on one "
	          "host." },
	{ .name = "offset",
	  AT(offset_s),
	  .unit = "s",
	  .text = "Added to each measured offset: corrects a known asymmetry of the path. Raised, the clock is kept "
	          "further ahead of what the server says." },
	{ .name = "minstratum",
	  AT(minstratum),
	  .maximum = 16,
	  .text = "The server is taken to have at least this stratum. Raised, it is preferred less." },
	{ .name = "key",
	  AT(key_id),
	  .minimum = 1,
	  .maximum = UINT32_MAX,
	  .normal_note = "none",
	  .text = "Number of the key in the key file that the server knows too. Replies without its code are "
	          "dropped; a source whose key is not in the file is never asked." },
	{ .name = "xleave",
	  AT(xleave),
	  .text = "Interleaved mode (RFC 9769): the server tells when its answer before really left, by the stamp of "
	          "its kernel or network card. More exact, one poll late; needs a server that can do it, else it is "
	          "as without." },
	{ .name = "device",
	  AT(device),
	  .text = "Is asked by this interface, or in this VRF, only. Not in chrony, and not for peers." },
	{ .name = "nts",
	  AT(nts),
	  .text = "Network Time Security. Not there yet: a source with this option is refused, never used without "
	          "its protection." },
	{ .name = "ipv4",
	  CONFIG_SETS_AT(struct source_options, family, ADDRESS_IPV4),
	  .text = "Resolves the name to IPv4 addresses only." },
	{ .name = "ipv6",
	  CONFIG_SETS_AT(struct source_options, family, ADDRESS_IPV6),
	  .text = "Resolves the name to IPv6 addresses only." },
	{ .name = "certset", .type = CONFIG_NOT_HERE },
	{ .name = "extfield", .type = CONFIG_NOT_HERE },
	{ .name = "ntsport", .type = CONFIG_NOT_HERE },
	{ .name = NULL },
};

void source_options_settle(struct source_options *source)
{
	if (source->minpoll_log2_s > source->maxpoll_log2_s &&
	    source->maxpoll_log2_s == MAXPOLL_DEFAULT_LOG2_S)
		source->maxpoll_log2_s = source->minpoll_log2_s;
	if (source->minpoll_log2_s > source->maxpoll_log2_s)
		source->minpoll_log2_s = source->maxpoll_log2_s;
}

bool source_options_is_same(const struct source_options *a, const struct source_options *b)
{
	bool is_same = a->kind == b->kind && strcmp(a->name, b->name) == 0;

	for (const struct config_option *row = source_options_table; row->name; row++)
		is_same &= memcmp((const char *)a + row->offset, (const char *)b + row->offset,
		                  row->size) == 0;
	return is_same;
}

void source_options_finish(struct config_cursor *cursor, void *source_options)
{
	struct source_options *source = source_options;

	source->kind = strcasecmp(cursor->directive, "pool") == 0   ? SOURCE_POOL
	               : strcasecmp(cursor->directive, "peer") == 0 ? SOURCE_PEER
	                                                            : SOURCE_SERVER;
	source->is_reloadable = cursor->line->is_optional;
	source_options_settle(source);
}
