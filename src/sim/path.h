/* sim/path: one direction of a link: how long a datagram takes, whether and how often it arrives.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"

enum path_law {
	PATH_LAW_EXPONENTIAL, /* base + Exp(jitter) */
	PATH_LAW_NORMAL,      /* base + N(0, jitter), never below 0 */
	PATH_LAW_LOGNORMAL,   /* base + lognormal with mean jitter and sigma 1 of the logarithm */
	PATH_LAW_PARETO,      /* base + Lomax with mean jitter: one in 125 is late by 12 jitters */
	PATH_LAW_COUNT,
};

#define PATH_PARETO_SHAPE 1.5 /* finite mean, infinite variance */

struct path_options {
	double base_s;
	double jitter_s;  /* mean, or standard deviation if normal */
	double law;       /* enum path_law; a number as all settings are */
	double asymmetry; /* -1..1: the base delay is multiplied by 1 + asymmetry */
	double loss;      /* probability, as are duplicate and reorder */
	double duplicate;
	double reorder; /* that a datagram takes reorder_delay_s longer and is overtaken */
	double reorder_delay_s;
	double burst_every_s;  /* mean time between bursts of bad weather (Gilbert 1960); 0 = never
	                        */
	double burst_for_s;    /* mean length of a burst */
	double burst_jitter_s; /* instead of jitter_s during a burst */
	double burst_loss;     /* instead of loss */
	double up_every_s; /* the link works for the first up_for_s of each up_every_s; 0 = always
	                    */
	double up_for_s;
	double forge;   /* probability that a forgery comes with a datagram, see sim/forger */
	double is_down; /* 1 = cut, whatever else is said */
};

struct path {
	struct path_options options;
	struct rng rng;
	bool is_burst;
	int64_t weather_changes_ns; /* true time when the burst begins or ends */
};

#define PATH_COPIES_MAX 2

void path_init(struct path *path, const struct path_options *options, uint64_t seed);
/* How many copies of a datagram sent at true_ns arrive, 0..2, and how long each is under way. */
unsigned path_send(struct path *path, int64_t true_ns, int64_t delay_ns_out[PATH_COPIES_MAX]);
/* Does a forgery come along, and how long will it be under way? A path that is cut stops none. */
bool path_forge(struct path *path, int64_t *delay_ns_out);
