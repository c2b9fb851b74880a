/* SPDX-License-Identifier: MIT */
#include "sim/swarm.h"

#include <math.h>
#include <stdbool.h>

#include "base/rng.h"

#define SERVERS_MAX      7
#define LIARS_PART       3 /* at most one of so many lies: the honest alone are minsources */
#define DURATION_MIN_S   7200.0
#define DURATION_MAX_S   259200.0
#define NOTICE_FOREIGN_S 2.0
#define MAXCLOCKERROR    1e-6 /* s/s, the default */
#define FOREIGN_UNTIL    0.3
#define BAD_UNTIL        0.6 /* of the duration: faults with an end are over */
#define GOOD_AFTER       0.95

enum fault {
	FAULT_LOSS,
	FAULT_DUPLICATES,
	FAULT_REORDERING,
	FAULT_BURSTS,
	FAULT_ASYMMETRY,
	FAULT_PATH_CHANGE,
	FAULT_LIARS,
	FAULT_CLAIMS,
	FAULT_JUMP,
	FAULT_TEMPERATURE,
	FAULT_WANDER,
	FAULT_TICKS,
	FAULT_FOREIGN_STEP,
	FAULT_PAUSE,
	FAULT_NAMES,
	FAULT_DATES,
	FAULT_AWAY,
	FAULT_OFFLINE,
	FAULT_CRASH,
	FAULT_SLEEP,
	FAULT_FOREIGN_RATE,
	FAULT_FORGERIES,
	FAULT_COUNT,
};

static const char *const fault_names[FAULT_COUNT] = {
	"loss",         "duplicates", "reordering",      "bursts",      "asymmetry", "path change",
	"liars",        "claims",     "jump of rate",    "temperature", "wander",    "coarse ticks",
	"foreign step", "pauses",     "names that fail", "odd date",    "away",      "offline",
	"crashes",      "sleep",      "foreign rate",    "forgeries",
};

struct swarm {
	struct rng rng;
	struct text *out;
	uint32_t faults; /* bits of enum fault */
	double duration_s, base_s, jitter_s, broken_until_s;
	unsigned servers_count, liars_count;
	double maxclockerror; /* s/s */
	bool may_step;
};

static bool has(const struct swarm *swarm, enum fault fault)
{
	return swarm->faults >> fault & 1;
}

static double between(struct swarm *swarm, double low, double high)
{
	return low + (high - low) * rng_unit(&swarm->rng);
}

/* Every decade is as likely. */
static double decades(struct swarm *swarm, double low, double high)
{
	return low * pow(high / low, rng_unit(&swarm->rng));
}

static double either_sign(struct swarm *swarm, double value)
{
	return rng_below(&swarm->rng, 2) ? value : -value;
}

/* ---- lines ---- */

static void add_number(struct swarm *swarm, const char *before, double value)
{
	text_add(swarm->out, before);
	text_char(swarm->out, ' ');
	text_scientific(swarm->out, value, 3);
}

static void add_server(struct swarm *swarm, const char *before, unsigned number)
{
	text_add(swarm->out, before);
	text_add(swarm->out, " s");
	text_u64(swarm->out, number);
}

static void add_time(struct swarm *swarm, const char *before, double time_s)
{
	text_add(swarm->out, before);
	text_char(swarm->out, ' ');
	text_fixed(swarm->out, time_s, 3);
	text_char(swarm->out, 's');
}

static void end_line(struct swarm *swarm)
{
	text_char(swarm->out, '\n');
}

static double some_time_s(struct swarm *swarm)
{
	return between(swarm, 0, BAD_UNTIL * swarm->duration_s);
}

/* ---- the parts of a world ---- */

static void write_title(struct swarm *swarm, uint64_t seed)
{
	bool is_first = true;

	text_add(swarm->out, "A world from seed ");
	text_u64(swarm->out, seed);
	text_char(swarm->out, ':');
	for (unsigned i = 0; i < FAULT_COUNT; i++) {
		if (!has(swarm, (enum fault)i))
			continue;
		text_add(swarm->out, is_first ? " " : ", ");
		text_add(swarm->out, fault_names[i]);
		is_first = false;
	}
	text_add(swarm->out, is_first ? " nothing goes wrong.\n\nseed " : ".\n\nseed ");
	text_u64(swarm->out, seed);
	end_line(swarm);
}

static void write_times(struct swarm *swarm)
{
	static const char *const dates[] = {
		/* a clock in 1970 is believed to be at the date of the program, give or take 68
		   years */
		"start 1999-12-31T23:00:00\nbuilt 1999-06-01\n",
		"start 2036-02-07T06:00:00\n",
		"start 2036-02-08\nbuilt 2036-01-01\n",
		"start 2038-01-19T03:00:00\n",
		"start 2100-02-28T12:00:00\nbuilt 2099-01-01\n",
		"start 2106-02-07T06:00:00\nbuilt 2099-01-01\n",
		"start 2172-03-15\nbuilt 2171-01-01\n",
	};

	swarm->duration_s = floor(decades(swarm, DURATION_MIN_S, DURATION_MAX_S));
	add_time(swarm, "duration", swarm->duration_s);
	add_time(swarm, "\nobserve", floor(between(swarm, 7, 97)));
	end_line(swarm);
	if (!has(swarm, FAULT_DATES))
		return;
	text_add(swarm->out, dates[rng_below(&swarm->rng, ARRAY_COUNT(dates))]);
}

static void write_network(struct swarm *swarm)
{
	static const char *const laws[] = { "exponential", "normal", "lognormal", "pareto" };

	swarm->base_s = decades(swarm, 2e-5, 0.2);
	swarm->jitter_s = swarm->base_s * decades(swarm, 0.001, 0.5);
	add_number(swarm, "network base", swarm->base_s);
	text_add(swarm->out, " jitter ");
	text_add(swarm->out, laws[rng_below(&swarm->rng, ARRAY_COUNT(laws))]);
	add_number(swarm, "", swarm->jitter_s);
	if (has(swarm, FAULT_LOSS))
		add_number(swarm, " loss", between(swarm, 0, 0.3));
	if (has(swarm, FAULT_DUPLICATES))
		add_number(swarm, " duplicate", between(swarm, 0, 0.5));
	end_line(swarm);
	if (has(swarm, FAULT_REORDERING)) {
		add_number(swarm, "network reorder", between(swarm, 0, 0.2));
		add_number(swarm, " reorder-delay", decades(swarm, 1e-3, 100));
		end_line(swarm);
	}
	if (has(swarm, FAULT_BURSTS)) {
		add_number(swarm, "network burst-every", decades(swarm, 60, 20000));
		add_number(swarm, " burst-for", decades(swarm, 1, 3000));
		add_number(swarm, " burst-jitter", swarm->jitter_s * decades(swarm, 2, 1000));
		add_number(swarm, " burst-loss", between(swarm, 0, 0.5));
		end_line(swarm);
	}
	if (has(swarm, FAULT_ASYMMETRY)) {
		add_number(swarm, "network asymmetry", between(swarm, -0.9, 0.9));
		end_line(swarm);
	}
	if (has(swarm, FAULT_FORGERIES)) {
		add_number(swarm, "network forge", between(swarm, 0, 1));
		end_line(swarm);
	}
	if (has(swarm, FAULT_AWAY)) {
		const double every_s = decades(swarm, 600, 40000);

		add_number(swarm, "network up-every", every_s);
		add_number(swarm, " up-for", every_s * between(swarm, 0.1, 0.9));
		end_line(swarm);
	}
}

/* Those with the highest numbers lie. */
static void write_liar(struct swarm *swarm, unsigned number)
{
	const bool is_from_start = rng_below(&swarm->rng, 2);

	add_server(swarm, "ideal", number);
	if (is_from_start)
		add_number(swarm, " offset", either_sign(swarm, decades(swarm, 1e-4, 1e5)));
	if (rng_below(&swarm->rng, 3) == 0)
		add_number(swarm, " dispersion", decades(swarm, 1e-4, 1));
	end_line(swarm);
}

static void write_turning_liar(struct swarm *swarm, unsigned number)
{
	add_time(swarm, "at", some_time_s(swarm));
	add_server(swarm, " server", number);
	if (rng_below(&swarm->rng, 2))
		add_number(swarm, " ramp", either_sign(swarm, decades(swarm, 1e-8, 1e-3)));
	else
		add_number(swarm, " step", either_sign(swarm, decades(swarm, 1e-4, 1e5)));
	end_line(swarm);
}

/* What it claims of its error is true; the wire counts dispersion in 2^-16 s. */
static void write_honest(struct swarm *swarm, unsigned number)
{
	add_server(swarm, "ideal", number);
	if (has(swarm, FAULT_CLAIMS)) {
		const double dispersion_s = decades(swarm, 1e-4, 0.05);

		add_number(swarm, " dispersion", dispersion_s);
		add_number(swarm, " offset", dispersion_s * between(swarm, -0.8, 0.8));
		add_number(swarm, " delay", decades(swarm, 1e-4, 0.1));
	}
	end_line(swarm);
}

static void write_servers(struct swarm *swarm)
{
	swarm->servers_count = 1 + (unsigned)rng_below(&swarm->rng, SERVERS_MAX);
	if (has(swarm, FAULT_LIARS))
		swarm->liars_count = (unsigned)rng_below(
			&swarm->rng, (swarm->servers_count - 1) / LIARS_PART + 1);
	for (unsigned i = 0; i < swarm->servers_count; i++) {
		if (i + swarm->liars_count < swarm->servers_count)
			write_honest(swarm, i);
		else
			write_liar(swarm, i);
	}
}

/* All that the rate does stays within maxclockerror. */
static void write_clock(struct swarm *swarm)
{
	swarm->maxclockerror = rng_below(&swarm->rng, 2) ? MAXCLOCKERROR : 50 * MAXCLOCKERROR;
	swarm->may_step = has(swarm, FAULT_DATES) || rng_below(&swarm->rng, 2);
	text_add(swarm->out, "node client");
	if (has(swarm, FAULT_DATES) && rng_below(&swarm->rng, 2))
		text_add(swarm->out, " date 1970-01-01");
	else
		add_number(swarm, " offset",
		           either_sign(swarm, decades(swarm, 1e-6, swarm->may_step ? 1e5 : 0.3)));
	add_number(swarm, " freq", between(swarm, -2e-4, 2e-4));
	add_number(swarm, " wander",
	           has(swarm, FAULT_WANDER)
	                   ? decades(swarm, 1e-10, 1e-3 * sqrt(1e-6 * swarm->maxclockerror))
	                   : 0);
	if (has(swarm, FAULT_TEMPERATURE)) {
		add_number(swarm, " temperature", decades(swarm, 1e-8, 0.2 * swarm->maxclockerror));
		add_number(swarm, " temperature-period", decades(swarm, 7200, 86400));
	}
	if (has(swarm, FAULT_TICKS))
		add_number(swarm, " granularity", decades(swarm, 1e-9, 1e-5));
	end_line(swarm);
}

static void write_sources(struct swarm *swarm)
{
	const unsigned minpoll = 4 + (unsigned)rng_below(&swarm->rng, 5);
	const unsigned maxpoll = minpoll + (unsigned)rng_below(&swarm->rng, 4);
	const bool is_burst = rng_below(&swarm->rng, 2);

	for (unsigned i = 0; i < swarm->servers_count; i++) {
		add_server(swarm, "\tserver", i);
		text_add(swarm->out, is_burst ? " iburst minpoll " : " minpoll ");
		text_u64(swarm->out, minpoll);
		text_add(swarm->out, " maxpoll ");
		text_u64(swarm->out, maxpoll);
		end_line(swarm);
	}
	if (swarm->may_step)
		text_add(swarm->out,
		         rng_below(&swarm->rng, 2) ? "\tmakestep 1 3\n" : "\tmakestep 0.1 -1\n");
	text_add(swarm->out, "\tminsources ");
	/* of those that agree more are honest than not, whoever of them is not heard */
	text_u64(swarm->out, 2 * swarm->liars_count + 1);
	if (swarm->maxclockerror > MAXCLOCKERROR)
		text_add(swarm->out, "\n\tmaxclockerror 50");
	end_line(swarm);
}

static void write_path_change(struct swarm *swarm)
{
	const unsigned server = (unsigned)rng_below(&swarm->rng, swarm->servers_count);
	const unsigned ways = (unsigned)rng_below(&swarm->rng, 3);

	add_time(swarm, "at", some_time_s(swarm));
	if (ways == 0) {
		add_server(swarm, " link client", server);
	} else if (ways == 1) {
		add_server(swarm, " link client ->", server);
	} else {
		add_server(swarm, " link", server);
		text_add(swarm->out, " -> client");
	}
	add_number(swarm, " base", swarm->base_s * decades(swarm, 0.1, 10));
	end_line(swarm);
}

/* The clock's driver notices within a second, and the node says that it does not know. */
static void write_foreign_touch(struct swarm *swarm, const char *what, double value)
{
	const double at_s = between(swarm, 60, FOREIGN_UNTIL * swarm->duration_s);

	add_time(swarm, "at", at_s);
	add_number(swarm, what, either_sign(swarm, value));
	end_line(swarm);
	swarm->broken_until_s = fmax(swarm->broken_until_s, at_s + NOTICE_FOREIGN_S);
}

/* The machine knows when it wakes. A guest that is stopped does not, and finds out when a source
 * answers: how long that takes no scenario here can say. */
static void write_sleep(struct swarm *swarm)
{
	const double at_s = between(swarm, 60, FOREIGN_UNTIL * swarm->duration_s);
	const double length_s = decades(swarm, 1, 0.3 * swarm->duration_s);

	add_time(swarm, "at", at_s);
	add_time(swarm, " suspend client", length_s);
	end_line(swarm);
	swarm->broken_until_s = fmax(swarm->broken_until_s, at_s + length_s + NOTICE_FOREIGN_S);
}

static void write_crash(struct swarm *swarm)
{
	add_time(swarm, "at", some_time_s(swarm));
	add_time(swarm, " crash client", decades(swarm, 0.01, 0.2 * swarm->duration_s));
	end_line(swarm);
}

/* It goes off and comes back. */
static void write_interlude(struct swarm *swarm, const char *off, const char *on)
{
	const double from_s = some_time_s(swarm);

	add_time(swarm, "at", from_s);
	text_add(swarm->out, off);
	add_time(swarm, "at", between(swarm, from_s, BAD_UNTIL * swarm->duration_s));
	text_add(swarm->out, on);
}

static void write_events(struct swarm *swarm)
{
	for (unsigned i = swarm->servers_count - swarm->liars_count; i < swarm->servers_count; i++)
		write_turning_liar(swarm, i);
	for (unsigned i = 0; has(swarm, FAULT_PATH_CHANGE) && i < 3; i++)
		write_path_change(swarm);
	if (has(swarm, FAULT_JUMP)) {
		add_time(swarm, "at", some_time_s(swarm));
		add_number(swarm, " clock client freq",
		           either_sign(swarm, between(swarm, 0.01, 0.4) * swarm->maxclockerror));
		end_line(swarm);
	}
	if (has(swarm, FAULT_FOREIGN_STEP))
		write_foreign_touch(swarm, " clock client step", decades(swarm, 1e-6, 0.3));
	if (has(swarm, FAULT_FOREIGN_RATE))
		write_foreign_touch(swarm, " clock client rate", decades(swarm, 1e-8, 1e-2));
	if (has(swarm, FAULT_SLEEP))
		write_sleep(swarm);
	for (unsigned i = 0; has(swarm, FAULT_CRASH) && i < 3; i++)
		write_crash(swarm);
	if (swarm->broken_until_s > 0) {
		add_time(swarm, "assumptions broken until", swarm->broken_until_s);
		end_line(swarm);
	}
	for (unsigned i = 0; has(swarm, FAULT_PAUSE) && i < 2; i++) {
		/* what is done to the clock while nobody can look, nobody can tell */
		add_time(swarm, "at",
		         between(swarm, (FOREIGN_UNTIL + 0.05) * swarm->duration_s,
		                 BAD_UNTIL * swarm->duration_s));
		add_time(swarm, " pause client", decades(swarm, 0.01, 0.3 * swarm->duration_s));
		end_line(swarm);
	}
	if (has(swarm, FAULT_NAMES))
		write_interlude(swarm, " dns down\n", " dns up\n");
	if (has(swarm, FAULT_OFFLINE))
		write_interlude(swarm, " offline client\n", " online client\n");
}

/* After all that: the node is synchronised, unless the world leaves it no chance. */
static void write_expectations(struct swarm *swarm)
{
	if (has(swarm, FAULT_AWAY) || has(swarm, FAULT_BURSTS))
		return;
	if (has(swarm, FAULT_LOSS) && swarm->liars_count > 0)
		return; /* minsources are not met while an honest one is missed */
	add_time(swarm, "expect client synchronised after", GOOD_AFTER * swarm->duration_s);
	end_line(swarm);
}

void swarm_write(uint64_t seed, struct text *out)
{
	struct swarm swarm = { .out = out };

	rng_init_seed(&swarm.rng, seed);
	swarm.faults = (uint32_t)rng_u64(&swarm.rng);
	write_title(&swarm, seed);
	write_times(&swarm);
	write_network(&swarm);
	write_servers(&swarm);
	write_clock(&swarm);
	write_sources(&swarm);
	write_events(&swarm);
	write_expectations(&swarm);
}
