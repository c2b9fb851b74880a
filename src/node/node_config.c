/* SPDX-License-Identifier: MIT */
#include "node/node_config.h"

#include <string.h>

#include "node/access_options.h"

#define AT(member_) CONFIG_AT(struct node_config, member_)

static const char *const leapsecmodes[] = { "system", "step", "slew", "ignore", NULL };
static const char *const authselectmodes[] = { "require", "prefer", "mix", "ignore", NULL };

#define WAITUNSYNCED_ORPHAN_S 300

static const struct config_option local_table[] = {
	{ .name = "stratum",
	  AT(local.stratum),
	  .minimum = 1,
	  .maximum = 15,
	  .normal = 10,
	  .text = "Stratum that is served. Raised, clients turn to real servers the more surely." },
	{ .name = "orphan",
	  AT(local.is_orphan),
	  .text = "Servers that ask one another and have this option with the same stratum follow the one "
	          "of them with the smallest address when none knows the time. Sources of this stratum are "
	          "not followed otherwise." },
	{ .name = "distance",
	  AT(local.distance_s),
	  .unit = "s",
	  .maximum = INFINITY,
	  .normal = 1,
	  .text = "Local mode begins when the root distance has grown beyond this. Lowered, it begins sooner." },
	{ .name = "activate",
	  AT(local.activate_s),
	  .unit = "s",
	  .maximum = INFINITY,
	  .text = "Local mode waits until the root distance was once below this; 0 = does not wait." },
	{ .name = "waitsynced",
	  AT(local.waitsynced_s),
	  .unit = "s",
	  .maximum = INFINITY,
	  .text = "Local mode waits so long after the last update." },
	{ .name = "waitunsynced",
	  AT(local.waitunsynced_s),
	  .unit = "s",
	  .maximum = INFINITY,
	  .normal = -1,
	  .normal_note = "300 with orphan, else 0",
	  .text = "Local mode waits so long when there never was an update." },
	{ .name = NULL },
};

static void finish_local(struct config_cursor *cursor, void *node_config)
{
	struct local_options *local = &((struct node_config *)node_config)->local;

	(void)cursor;
	if (local->waitunsynced_s < 0)
		local->waitunsynced_s = local->is_orphan ? WAITUNSYNCED_ORPHAN_S : 0;
}

static const struct config_option initstepslew_threshold = {
	.name = "threshold",
	CONFIG_AT(struct initstepslew_options, threshold_s),
	.unit = "s",
	.maximum = INFINITY,
};

static void parse_initstepslew(struct config_cursor *cursor, void *node_config)
{
	struct initstepslew_options *options = &((struct node_config *)node_config)->initstepslew;

	options->names_count = 0;
	config_option_parse(&initstepslew_threshold, true, cursor, options);
	while (!cursor->is_failed && config_cursor_next(cursor)) {
		const size_t length = strlen(cursor->word);
		struct text out;

		if (options->names_count < NODE_INITIAL_MAX && length < SOURCE_NAME_SIZE) {
			memcpy(options->names[options->names_count++], cursor->word, length + 1);
			continue;
		}
		out = config_cursor_fail(cursor);
		text_add(&out, "initstepslew takes 8 hosts at most, of 255 bytes at most");
	}
}

static const struct config_option ratelimit_table[] = {
	{ .name = "interval",
	  AT(ratelimit.interval_log2_s),
	  .unit = "log2 s",
	  .minimum = -19,
	  .maximum = 12,
	  .normal = 3,
	  .text = "Answers to one client come this far apart on average, as a power of two. Raised, it is "
	          "answered less." },
	{ .name = "burst",
	  AT(ratelimit.burst),
	  .minimum = 1,
	  .maximum = 255,
	  .normal = 8,
	  .text = "So many answers may come at once. Raised, bursts such as iburst pass the more surely." },
	{ .name = "leak",
	  AT(ratelimit.leak_log2),
	  .minimum = 1,
	  .maximum = 4,
	  .normal = 2,
	  .text = "Beyond the limit one of 2^leak requests is answered at random, so that somebody who forges a "
	          "client's address cannot silence it. Raised, fewer are." },
	{ .name = "kod",
	  AT(ratelimit.kod_log2),
	  .maximum = 4,
	  .text = "One of 2^kod of the requests that are not answered is told to ask less often (KoD RATE); 0 = "
	          "none. Raised, fewer are told." },
	{ .name = NULL },
};

static void parse_allow(struct config_cursor *cursor, void *node_config)
{
	access_options_parse(cursor, &((struct node_config *)node_config)->access, true);
}

static void parse_deny(struct config_cursor *cursor, void *node_config)
{
	access_options_parse(cursor, &((struct node_config *)node_config)->access, false);
}

#define SOURCE_LINE                                                                                \
	.arguments = source_options_name, .options = source_options_table,                         \
	.finish = source_options_finish

const struct config_directive node_config_directives[] = {
	{ .name = "server",
	  .is_live = true,
	  SOURCE_LINE,
	  CONFIG_REPEATED(struct node_config, sources, sources_count),
	  .text = "An NTP server that the time is taken from." },
	{ .name = "pool",
	  .is_live = true,
	  SOURCE_LINE,
	  CONFIG_REPEATED(struct node_config, sources, sources_count),
	  .text = "A name with many addresses: up to maxsources of them are used, and bad ones are replaced." },
	{ .name = "peer",
	  .is_live = true,
	  SOURCE_LINE,
	  CONFIG_REPEATED(struct node_config, sources, sources_count),
	  .text = "A symmetric association: this host and that one ask each other, and each may follow the other "
	          "when it knows better. Opens the server's port. To be used with a key only: times are no secrets, "
	          "and packets without one can be forged by guessing. Two server lines, one on each side, give as "
	          "much and are safer." },
	{ .name = "broadcast",
	  .arguments = ntp_broadcast_arguments,
	  CONFIG_REPEATED(struct node_config, broadcasts, broadcasts_count),
	  .text = "Sends the time to a network or a multicast group at this interval, from the server's port." },
	{ .name = "refclock",
	  .arguments = refclock_options_arguments,
	  .options = refclock_options_table,
	  .finish = refclock_options_finish,
	  CONFIG_REPEATED(struct node_config, refclocks, refclocks_count),
	  .text = "A reference clock: time from hardware or from another program on this machine." },
	{ .name = "allow",
	  .is_live = true,
	  .parse = parse_allow,
	  .usage = "[all] [address|network]",
	  .text = "Lets these hosts ask us for the time; without an address, all hosts. The most specific "
	          "rule counts; all also removes narrower rules inside the network. Networks may be short: "
	          "1.2 is 1.2.0.0/16. Default: nobody is answered." },
	{ .name = "deny",
	  .is_live = true,
	  .parse = parse_deny,
	  .usage = "[all] [address|network]",
	  .text = "The opposite of allow." },
	{ .name = "local",
	  .is_live = true,
	  .options = local_table,
	  CONFIG_PRESENCE(struct node_config, local.is_on),
	  .finish = finish_local,
	  .text = "Serves our own clock as if it were right when there is nothing better." },
	{ .name = "initstepslew",
	  .parse = parse_initstepslew,
	  .usage = "<threshold> [host]...",
	  .text = "Asks these hosts alone at first and sets the clock by them once: an offset above the threshold "
	          "(in seconds) is stepped, one below is slewed. Then the sources begin. Not with -R. makestep does "
	          "the same without asking anybody twice." },
	{ .name = "manual",
	  CONFIG_PRESENCE(struct node_config, manual),
	  .text = "Lets chronyc's settime correct the clock by a time that somebody types in." },
	{ .name = "ratelimit",
	  .is_live = true,
	  .options = ratelimit_table,
	  CONFIG_PRESENCE(struct node_config, ratelimit.is_on),
	  .text = "Limits how often one client is answered; an IPv6 network of /64 is one client." },
	{ .name = "clientloglimit",
	  CONFIG_ARGUMENTS({ .name = "bytes",
	                     AT(clientloglimit_bytes),
	                     .minimum = 4096,
	                     .maximum = 1e9,
	                     .normal = 524288,
	                     .is_clamped = true }),
	  .text = "Memory for what is known of clients, taken at the start and never more. Raised, more clients "
	          "are remembered: 4096 in the default." },
	{ .name = "noclientlog",
	  CONFIG_PRESENCE(struct node_config, noclientlog),
	  .text = "Keeps no records of clients. Then there is no rate limit and no interleaved mode for them." },
	{ .name = "maxsamples",
	  CONFIG_ARGUMENTS({ .name = "count", AT(maxsamples), .maximum = UINT32_MAX }),
	  .text = "Of each source so many measurements are remembered at most; 0 = no limit but our own 256. Lowered, "
	          "changes of a path are followed sooner." },
	{ .name = "minsamples",
	  CONFIG_ARGUMENTS({ .name = "count", AT(minsamples), .maximum = UINT32_MAX, .normal = 6 }),
	  .text = "Accepted, and without effect: the past is weighed here, never thrown away for being few." },
	{ .name = "refresh",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "interval",
	                     AT(refresh_s),
	                     .unit = "s",
	                     .maximum = INT32_MAX,
	                     .normal = 1209600,
	                     .normal_note = "1209600 s, which is two weeks" }),
	  .text = "Names of servers are resolved anew this often, one at a time; a server that its name no longer "
	          "means is replaced. Raised, a server that was given up is asked for longer; 0 = never." },
	{ .name = "leapsecmode",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "mode", AT(leapsecmode), .words = leapsecmodes }),
	  .text = "How a leap second gets into the clock: by the kernel, by a step, by slewing, or not at "
	          "all until the next measurement. A clock that cannot insert seconds itself is stepped for system." },
	{ .name = "authselectmode",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "mode",
	                     AT(authselectmode),
	                     .words = authselectmodes,
	                     .normal = AUTHSELECTMODE_MIX }),
	  .text = "How authenticated sources and others go together. require: others are not selected when "
	          "there is an authenticated one. prefer: authenticated ones are preferred. mix: they are "
	          "required and trusted when there are others too. ignore: no difference." },
	{ .name = "minsources",
	  .is_live = true,
	  CONFIG_ARGUMENTS(
		  { .name = "count", AT(selection.minsources), .maximum = INFINITY, .normal = 1 }),
	  .text = "So many sources must agree before the clock is moved. Raised, a single liar can do less; "
	          "too high, the clock is never moved." },
	{ .name = "maxdistance",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "distance",
	                     AT(selection.maxdistance_s),
	                     .unit = "s",
	                     .maximum = INFINITY,
	                     .normal = 3 }),
	  .text = "Sources with a larger root distance are not selected. Lowered, far servers are left out." },
	{ .name = "maxjitter",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "jitter",
	                     AT(selection.maxjitter_s),
	                     .unit = "s",
	                     .maximum = INFINITY,
	                     .normal = 1 }),
	  .text = "Sources with a larger jitter are not selected. Lowered, restless servers are left out." },
	{ .name = "combinelimit",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "ratio",
	                     AT(selection.combinelimit),
	                     .maximum = INFINITY,
	                     .normal = 3 }),
	  .text = "Sources up to this many times as distant as the selected one are combined with it; 0 "
	          "combines none. Raised, more sources share in the result." },
	{ .name = "reselectdist",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "distance",
	                     AT(selection.reselectdist_s),
	                     .unit = "s",
	                     .maximum = INFINITY,
	                     .normal = 1e-4 }),
	  .text = "Added to the distance of the sources that are not selected. Raised, the selection changes "
	          "less often." },
	{ .name = "stratumweight",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "weight",
	                     AT(selection.stratumweight_s),
	                     .unit = "s",
	                     .maximum = INFINITY,
	                     .normal = 1e-3 }),
	  .text = "Distance that each stratum counts for when sources are compared. Raised, a low stratum is "
	          "worth more; 0, only the distance matters." },
	{ .name = "minstratum",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "stratum", AT(selection.minstratum), .maximum = 15 }),
	  .text = "Sources of a lower stratum are not selected." },
	{ .name = "maxstratum",
	  .is_live = true,
	  CONFIG_ARGUMENTS(
		  { .name = "stratum", AT(selection.maxstratum), .maximum = 15, .normal = 15 }),
	  .text = "Sources of a higher stratum are not selected. Lowered, only servers near a reference clock "
	          "are believed." },
	{ .name = NULL },
};

void node_config_defaults(struct node_config *config)
{
	memset(config, 0, sizeof *config);
	config_directive_defaults(discipline_directives, &config->discipline);
	config_directive_defaults(node_config_directives, config);
	config->discipline.driftfile_interval_s =
		DRIFTFILE_INTERVAL_S; /* a directive of the daemon */
	config->local.waitunsynced_s = 0;
}

void node_config_add_grammar(struct node_config *config, struct config_grammar *grammar)
{
	config_grammar_add(grammar, node_config_directives, config);
	config_grammar_add(grammar, discipline_directives, &config->discipline);
}

static bool is_authenticated(const struct source_options *source)
{
	return source->key_id != 0 || source->nts;
}

/* PPS0, SHM1: three letters of the driver and the line's number. */
static void name_refclocks(struct node_config *config)
{
	for (size_t i = 0; i < config->refclocks_count; i++) {
		struct refclock_options *refclock = &config->refclocks[i];
		struct text out;

		if (refclock->refid[0] != '\0')
			continue;
		out = text_into(refclock->refid, sizeof refclock->refid);
		text_add_bytes(&out, refclock->driver->name,
		               strnlen(refclock->driver->name, i < 10 ? 3 : 2));
		text_u64(&out, i);
	}
}

void node_config_finish(struct node_config *config)
{
	size_t authenticated_count = 0;

	name_refclocks(config);

	for (size_t i = 0; i < config->sources_count; i++)
		authenticated_count += is_authenticated(&config->sources[i]);
	if (authenticated_count == 0 || authenticated_count == config->sources_count)
		return;
	for (size_t i = 0; i < config->sources_count; i++) {
		struct source_options *source = &config->sources[i];

		if (config->authselectmode == AUTHSELECTMODE_REQUIRE && !is_authenticated(source))
			source->noselect = true;
		if (!is_authenticated(source))
			continue;
		if (config->authselectmode == AUTHSELECTMODE_PREFER)
			source->prefer = true;
		if (config->authselectmode == AUTHSELECTMODE_MIX)
			source->require = source->trust = true;
	}
}

int node_config_parse(const struct config_line *lines, size_t count, struct node_config *config,
                      struct config_errors *errors)
{
	struct config_grammar grammar = { 0 };
	int error;

	node_config_defaults(config);
	node_config_add_grammar(config, &grammar);
	error = config_parse(&grammar, lines, count, errors, NULL);
	if (error < 0)
		return error;
	node_config_finish(config);
	return 0;
}

bool node_config_wants_port(const struct node_config *config)
{
	bool is_wanted = access_has_allowed(&config->access) || config->broadcasts_count > 0;

	for (size_t i = 0; i < config->sources_count; i++)
		is_wanted |= config->sources[i].kind == SOURCE_PEER;
	return is_wanted;
}
