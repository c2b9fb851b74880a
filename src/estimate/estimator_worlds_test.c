/* How well the estimator does in simulated worlds. SPDX-License-Identifier: MIT
 *
 * The limits are what it has been measured to reach there (20 seeds, long runs), plus the headroom
 * that a few short runs need. */
#include "estimate/estimator.h"

#include "estimate/worlds.h"
#include "testing/check.h"

#define POLLS    900
#define STEADY   200 /* errors count from this poll on */
#define SEEDS    3
#define HEADROOM 1.3

struct outcome {
	double rms_s;
	double nees;    /* mean of (error / sd)^2; 1 if error bars are honest */
	double covered; /* share of errors within 2 sd */
	double most_s;  /* worst error */
	unsigned used_count, held_path_count, held_outlier_count, jumped_count, path_changed_count;
	struct estimator_status status;
	struct estimate estimate;
};

static void count_verdict(struct outcome *outcome, enum estimator_verdict verdict)
{
	CHECK(verdict != ESTIMATOR_REFUSED);
	outcome->used_count += verdict == ESTIMATOR_USED;
	outcome->held_path_count += verdict == ESTIMATOR_HELD_PATH;
	outcome->held_outlier_count += verdict == ESTIMATOR_HELD_OUTLIER;
	outcome->jumped_count += verdict == ESTIMATOR_JUMPED;
	outcome->path_changed_count += verdict == ESTIMATOR_PATH_CHANGED;
}

/* Errors are looked at four times between polls, from poll `from` to `until`. */
static struct outcome live(const struct world *world, uint64_t seed, unsigned event_poll,
                           unsigned from, unsigned until)
{
	const struct estimator_config config = {
		.precision_s = fmax(world->quantum_s, 1e-9),
		.initial_frequency_sd = 1e-4,
	};
	struct outcome outcome = { .most_s = 0 };
	struct estimator *estimator;
	struct world_run run;
	double count = 0;

	CHECK_EQ(estimator_create(&config, &estimator), 0);
	world_start(&run, world, seed, event_poll);
	for (unsigned poll = 0; poll < until; poll++) {
		struct exchange exchange;

		if (world_exchange(&run, &exchange))
			count_verdict(&outcome, estimator_on_exchange(estimator, &exchange));
		for (unsigned quarter = 0; quarter < 4; quarter++) {
			struct estimate estimate;
			double error_s, sd_s;

			world_pass(&run, world->poll_s / 4);
			if (poll < from)
				continue;
			estimate = estimator_estimate(estimator);
			error_s = world_error_s(&run, &estimate);
			sd_s = estimate_offset_sd_s(&estimate, run.now);
			outcome.rms_s += error_s * error_s;
			outcome.nees += error_s * error_s / (sd_s * sd_s);
			outcome.covered += fabs(error_s) < 2 * sd_s;
			outcome.most_s = fmax(outcome.most_s, fabs(error_s));
			count++;
		}
	}
	outcome.rms_s = sqrt(outcome.rms_s / count);
	outcome.nees /= count;
	outcome.covered /= count;
	outcome.status = estimator_status(estimator);
	outcome.estimate = estimator_estimate(estimator);
	estimator_destroy(estimator);
	return outcome;
}

struct expectation {
	struct world world;
	double rms_s;    /* measured */
	double nees_min; /* 0 = any: error bars for such a path are a guess */
};

static void check_steady(const struct expectation *want)
{
	double log_rms = 0, nees = 0, covered = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		const struct outcome have = live(&want->world, seed, 0, STEADY, POLLS);

		log_rms += log(have.rms_s) / SEEDS;
		nees += have.nees / SEEDS;
		covered += have.covered / SEEDS;
		CHECK_EQ(have.jumped_count, 0);
	}
	if (!(exp(log_rms) < HEADROOM * want->rms_s) || !(nees > want->nees_min) ||
	    (want->nees_min > 0 && !(nees < 2.5)))
		check_fail(want->world.name, __LINE__, "rms %g s (%g), nees %g", exp(log_rms),
		           want->rms_s, nees);
	CHECK(covered > (want->nees_min > 0 ? 0.9 : 0.5));
}

/* clang-format off */
static const struct expectation common[] = {
	{ { .name = "a network nearby", .jitter = JITTER_EXPONENTIAL,
	    .jitter_s = 5e-6, .wander = 1e-9, .poll_s = 16, .base_s = 5e-5 }, 7.5e-7, 0.3 },
	{ { .name = "exponential jitter", .jitter = JITTER_EXPONENTIAL,
	    .jitter_s = 1e-4, .wander = 1e-9, .poll_s = 64 }, 1.04e-5, 0.3 },
	{ { .name = "a calmer oscillator", .jitter = JITTER_EXPONENTIAL,
	    .jitter_s = 1e-4, .wander = 1e-10, .poll_s = 64 }, 3.98e-6, 0.3 },
	{ { .name = "a very calm one", .jitter = JITTER_EXPONENTIAL,
	    .jitter_s = 1e-4, .wander = 1e-11, .poll_s = 16 }, 8.3e-7, 0.2 },
	{ { .name = "a restless one", .jitter = JITTER_EXPONENTIAL,
	    .jitter_s = 1e-3, .wander = 1e-8, .poll_s = 64 }, 1.04e-4, 0.3 },
	{ { .name = "a network far away", .jitter = JITTER_EXPONENTIAL,
	    .jitter_s = 1e-3, .wander = 1e-10, .poll_s = 64, .base_s = 2e-2 }, 1.63e-5, 0.3 },
	{ { .name = "a poll a quarter of an hour", .jitter = JITTER_EXPONENTIAL,
	    .jitter_s = 1e-3, .wander = 1e-9, .poll_s = 1024, .base_s = 1e-2 }, 2.19e-4, 0.3 },
	{ { .name = "jitter as large as the path", .jitter = JITTER_EXPONENTIAL,
	    .jitter_s = 5e-3, .wander = 1e-8, .poll_s = 64 }, 2.7e-4, 0.3 },
};

static const struct expectation uncommon[] = {
	{ { .name = "Gaussian jitter", .jitter = JITTER_GAUSSIAN,
	    .jitter_s = 1e-4, .wander = 1e-9, .poll_s = 64 }, 2.44e-5, 0.3 },
	{ { .name = "Gaussian, calm", .jitter = JITTER_GAUSSIAN,
	    .jitter_s = 1e-4, .wander = 1e-11, .poll_s = 16 }, 5.8e-6, 0.3 },
	{ { .name = "gamma", .jitter = JITTER_GAMMA,
	    .jitter_s = 1e-4, .wander = 1e-9, .poll_s = 64 }, 1.78e-5, 0.3 },
	{ { .name = "log-normal", .jitter = JITTER_LOGNORMAL,
	    .jitter_s = 1e-4, .wander = 1e-9, .poll_s = 64 }, 1.35e-5, 0.3 },
	{ { .name = "Pareto", .jitter = JITTER_PARETO,
	    .jitter_s = 1e-4, .wander = 1e-9, .poll_s = 64 }, 8.66e-6, 0.3 },
	{ { .name = "bursts", .jitter = JITTER_BURSTS,
	    .jitter_s = 1e-4, .wander = 1e-9, .poll_s = 64 }, 1.5e-5, 0.3 },
	{ { .name = "jitter on one way", .jitter = JITTER_ONE_WAY,
	    .jitter_s = 1e-4, .wander = 1e-10, .poll_s = 64 }, 4e-7, 0 },
	{ { .name = "nine times as much on one way", .jitter = JITTER_LOPSIDED,
	    .jitter_s = 1e-4, .wander = 1e-9, .poll_s = 64 }, 5.39e-6, 0.3 },
};

static const struct expectation harsh[] = {
	{ { .name = "lost packets", .jitter = JITTER_EXPONENTIAL, .loss_rate = 0.3,
	    .jitter_s = 1e-4, .wander = 1e-9, .poll_s = 64 }, 1.31e-5, 0.3 },
	{ { .name = "a server that is sometimes wrong", .jitter = JITTER_EXPONENTIAL,
	    .outlier_rate = 0.02, .jitter_s = 1e-4, .wander = 1e-9, .poll_s = 64 }, 1.13e-5, 0.3 },
	{ { .name = "wander dominates", .jitter = JITTER_EXPONENTIAL,
	    .jitter_s = 1e-5, .wander = 1e-8, .poll_s = 1024 }, 1.96e-4, 0.3 },
	{ { .name = "no jitter", .jitter = JITTER_NONE,
	    .wander = 1e-9, .poll_s = 64 }, 2.41e-7, 0.3 },
	{ { .name = "coarse stamps", .jitter = JITTER_EXPONENTIAL,
	    .jitter_s = 1e-6, .wander = 1e-10, .poll_s = 1, .quantum_s = 1e-6 }, 9.1e-8, 0.3 },
};
/* clang-format on */

TEST(estimate_estimator, is_as_good_as_measured_on_common_paths)
{
	for (unsigned i = 0; i < sizeof common / sizeof common[0]; i++)
		check_steady(&common[i]);
}

TEST(estimate_estimator, is_as_good_as_measured_on_uncommon_paths)
{
	for (unsigned i = 0; i < sizeof uncommon / sizeof uncommon[0]; i++)
		check_steady(&uncommon[i]);
}

TEST(estimate_estimator, is_as_good_as_measured_under_hardship)
{
	for (unsigned i = 0; i < sizeof harsh / sizeof harsh[0]; i++)
		check_steady(&harsh[i]);
}

static const struct world plain = { .name = "plain",
	                            .jitter = JITTER_EXPONENTIAL,
	                            .jitter_s = 1e-4,
	                            .wander = 1e-9,
	                            .poll_s = 64 };

TEST(estimate_estimator, is_useful_from_the_second_exchange_on)
{
	double log_early = 0;

	for (uint64_t seed = 1; seed <= 10; seed++) {
		const struct outcome early = live(&plain, seed, 0, 4, 16),
				     later = live(&plain, seed, 0, 16, 64);

		CHECK(early.rms_s < 4e-4);
		CHECK(later.rms_s < 5e-5);
		log_early += log(early.rms_s) / 10;
		CHECK_EQ(early.used_count, 16);
	}
	CHECK(exp(log_early) < 2.7e-5); /* 3.1e-5 if the start were no batch */
}

TEST(estimate_estimator, coasts_through_a_longer_way_forth_and_books_it)
{
	struct world world = plain;

	world.forth_change_s = 3e-3; /* the middles move by 1.5 ms */
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		const struct outcome have = live(&world, seed, 400, STEADY, 600);

		CHECK(have.most_s < 1.5e-4);
		CHECK(have.held_path_count >= 9 && have.held_path_count <= 12);
		CHECK_EQ(have.path_changed_count, 1);
		CHECK_EQ(have.jumped_count, 0);
		CHECK_NEAR(have.status.asymmetry_s, 1.5e-3 * exp(-190 * 64 / 864000.0), 1e-4);
		CHECK_NEAR(have.status.floor_s, 6.5e-3, 5e-5);
		CHECK(have.nees < 5);
	}
}

TEST(estimate_estimator, keeps_its_head_when_the_way_back_gets_shorter)
{
	struct world world = plain;

	world.back_change_s = -3e-3;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		const struct outcome have = live(&world, seed, 400, STEADY, 600);

		CHECK(have.most_s < 2.5e-4);
		CHECK(have.held_path_count >= 1 && have.held_path_count <= 3);
		CHECK_EQ(have.jumped_count, 0);
		CHECK(have.status.path_changes_count >= 1);
		CHECK_NEAR(have.status.asymmetry_s, 1.5e-3, 2e-4);
	}
}

TEST(estimate_estimator, books_no_asymmetry_when_both_ways_change)
{
	struct world world = plain;

	world.forth_change_s = world.back_change_s = 4e-3;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		const struct outcome have = live(&world, seed, 400, STEADY, 600);

		CHECK(have.most_s < 1.5e-4);
		CHECK_NEAR(have.status.asymmetry_s, 0, 1e-12);
		CHECK_NEAR(have.status.floor_s, 9e-3, 5e-5);
	}
}

/* Feeds until `poll`, checks that the next exchanges get the verdicts. */
static void check_verdicts(const struct world *world, uint64_t seed, unsigned event_poll,
                           const enum estimator_verdict *want, unsigned count,
                           struct estimator *estimator, struct world_run *run)
{
	struct exchange exchange;

	world_start(run, world, seed, event_poll);
	for (unsigned poll = 0; poll < event_poll; poll++) {
		(void)world_exchange(run, &exchange);
		CHECK(estimator_on_exchange(estimator, &exchange) < ESTIMATOR_JUMPED);
		world_pass(run, world->poll_s);
	}
	for (unsigned i = 0; i < count; i++) {
		(void)world_exchange(run, &exchange);
		CHECK_EQ(estimator_on_exchange(estimator, &exchange), want[i]);
		world_pass(run, 2);
	}
}

TEST(estimate_estimator, follows_a_step_of_any_size_after_two_exchanges)
{
	static const double step_s[] = { 0.01, -1, 900, -1100, 1.7e9 };
	static const enum estimator_verdict want[] = { ESTIMATOR_HELD_OUTLIER, ESTIMATOR_JUMPED,
		                                       ESTIMATOR_USED, ESTIMATOR_USED };
	const struct estimator_config config = { .precision_s = 1e-9,
		                                 .initial_frequency_sd = 1e-4 };
	struct estimator *estimator;

	CHECK_EQ(estimator_create(&config, &estimator), 0);
	for (unsigned i = 0; i < sizeof step_s / sizeof step_s[0]; i++) {
		struct world world = plain;
		struct world_run run;
		struct estimate estimate;

		world.server_step_s = step_s[i];
		estimator_reset(estimator);
		check_verdicts(&world, i + 1, 120, want, 4, estimator, &run);
		estimate = estimator_estimate(estimator);
		CHECK_NEAR(world_error_s(&run, &estimate), 0, 3e-4);
		CHECK_EQ(estimator_status(estimator).jumps_count, 1);
		for (unsigned poll = 0; poll < 60; poll++) {
			struct exchange exchange;

			(void)world_exchange(&run, &exchange);
			CHECK(estimator_on_exchange(estimator, &exchange) != ESTIMATOR_REFUSED);
			world_pass(&run, 64);
		}
		estimate = estimator_estimate(estimator);
		CHECK_NEAR(world_error_s(&run, &estimate), 0, 7e-5);
		CHECK_EQ(estimator_status(estimator).jumps_count, 1);
	}
	estimator_destroy(estimator);
}

/* If the very first one is wrong, the second and third seem to be. */
static enum estimator_verdict start_verdict(unsigned poll, unsigned wrong)
{
	if (wrong == 0 && poll == 2)
		return ESTIMATOR_JUMPED;
	return (wrong == 0 ? poll == 1 : poll == wrong) ? ESTIMATOR_HELD_OUTLIER : ESTIMATOR_USED;
}

TEST(estimate_estimator, forgives_a_wrong_start)
{
	const struct estimator_config config = { .precision_s = 1e-9,
		                                 .initial_frequency_sd = 1e-4 };
	struct estimator *estimator;

	CHECK_EQ(estimator_create(&config, &estimator), 0);
	for (unsigned wrong = 0; wrong < 6; wrong++) { /* which exchange is 2 s off */
		struct world_run run;
		struct estimate estimate;

		estimator_reset(estimator);
		world_start(&run, &plain, wrong + 1, 0);
		for (unsigned poll = 0; poll < 64; poll++) {
			enum estimator_verdict verdict;
			struct exchange exchange;

			(void)world_exchange(&run, &exchange);
			if (poll == wrong) {
				exchange.upper_ns += 2 * NS_PER_S;
				exchange.lower_ns += 2 * NS_PER_S;
			}
			verdict = estimator_on_exchange(estimator, &exchange);
			if (poll < 8)
				CHECK_EQ(verdict, start_verdict(poll, wrong));
			world_pass(&run, poll < 8 ? 2 : 64);
		}
		estimate = estimator_estimate(estimator);
		CHECK_NEAR(world_error_s(&run, &estimate), 0, 1e-4);
	}
	estimator_destroy(estimator);
}

TEST(estimate_estimator, follows_a_step_of_frequency)
{
	struct world world = plain;

	world.wander = 1e-10;
	world.frequency_step = 1e-6;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		const struct outcome have = live(&world, seed, 400, 410, 600);

		CHECK(have.rms_s < 3e-5);
		CHECK_NEAR(have.nees, 1, 2);
		CHECK(have.jumped_count <= 2); /* or the restless members take over */
	}
}

/* Ten jitters in six hours, as a filling queue or a slowly heated cable would. */
TEST(estimate_estimator, heals_where_the_floor_creeps)
{
	struct world up = plain, down = plain;

	up.creep = 4.6e-8;
	down.creep = -4.6e-8;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		const struct outcome rising = live(&up, seed, 0, STEADY, 700),
				     falling = live(&down, seed, 0, STEADY, 700);

		CHECK(rising.rms_s < 5e-5);
		CHECK(rising.nees < 2.5);
		CHECK(rising.status.heals_count + rising.status.path_changes_count > 0);
		CHECK(falling.rms_s < 5e-5);
		CHECK(falling.nees < 2.5);
		CHECK_EQ(rising.jumped_count + falling.jumped_count, 0);
	}
}

TEST(estimate_estimator, describes_itself)
{
	const struct outcome young = live(&plain, 5, 0, 99, 100),
			     old = live(&plain, 5, 0, 499, 500);

	CHECK_EQ(young.status.exchanges_count, 100);
	CHECK_EQ(young.status.window_count, 99);
	CHECK_NEAR(young.status.span_s, 99 * 64, 1e-6);
	CHECK_EQ(old.status.exchanges_count, 500);
	CHECK(old.status.window_count >= 128 && old.status.window_count <= 256);
	CHECK_NEAR(old.status.span_s, 64.0 * old.status.window_count, 1e-6);
	CHECK_NEAR(old.status.floor_s, 5e-3, 1e-5);
	CHECK(old.status.noise_s < 5e-5);
	CHECK_NEAR(old.status.lateness_s, 1e-4, 4e-5);
	CHECK_NEAR(log10(old.status.wander), -9, 0.7);
	CHECK_NEAR(old.status.residual_sd_s, 7e-5, 4e-5);
	CHECK(old.status.runs_count >= 6 && old.status.runs_count <= 27);
	CHECK_EQ(old.status.jumps_count + old.status.path_changes_count + old.status.heals_count,
	         0);
}

TEST(estimate_estimator, repeats_itself_exactly)
{
	const struct outcome a = live(&plain, 9, 0, 200, 300), b = live(&plain, 9, 0, 200, 300);

	CHECK_EQ(a.estimate.offset_ns, b.estimate.offset_ns);
	CHECK(memcmp(&a.estimate, &b.estimate, sizeof a.estimate) == 0);
	CHECK(memcmp(&a.rms_s, &b.rms_s, sizeof a.rms_s) == 0);
}
