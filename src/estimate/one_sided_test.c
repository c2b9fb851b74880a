/* SPDX-License-Identifier: MIT */
#include "estimate/one_sided.h"

#include "testing/check.h"

/* The textbook's formula, with the range and the digits of a long double. */
static long double log_density(long double r, long double noise_sd, long double rate)
{
	const long double k = noise_sd * rate, w = r / noise_sd - k;

	return logl(rate) + k * k / 2 - r * rate + logl(erfcl(-w / sqrtl(2)) / 2);
}

static double log_of(const struct one_sided *density, double rate)
{
	return log(rate) + density->exponent + log(density->mass);
}

TEST(estimate_one_sided, is_the_textbooks_density)
{
	for (double rate = 0.01; rate < 300; rate *= 1.7) {
		/* erfcl underflows a little beyond w = -100 */
		for (double w = -100; w < 60; w += 0.37) {
			const double r = w + rate, h = 1e-4;
			const struct one_sided have = one_sided_density(r, 1, rate);
			const long double below = log_density(r - h, 1, rate),
					  at = log_density(r, 1, rate),
					  above = log_density(r + h, 1, rate);
			const double size = fmax(1, fabs((double)at));

			CHECK_NEAR(log_of(&have, rate), (double)at, 1e-9 * size);
			CHECK_NEAR(have.slope, (double)((above - below) / (2 * h)),
			           1e-6 * fmax(1, fabs(have.slope)));
			CHECK_NEAR(have.curvature, (double)(-(above - 2 * at + below) / (h * h)),
			           1e-5);
		}
	}
}

TEST(estimate_one_sided, scales_with_its_unit)
{
	const struct one_sided seconds = one_sided_density(3e-4, 2e-4, 1e4),
			       micros = one_sided_density(300, 200, 1e-2);

	CHECK_NEAR(seconds.exponent, micros.exponent, 1e-12);
	CHECK_NEAR(seconds.mass, micros.mass, 1e-15);
	CHECK_NEAR(seconds.slope * 1e-6, micros.slope, 1e-15);
	CHECK_NEAR(seconds.curvature * 1e-12, micros.curvature, 1e-18);
}

TEST(estimate_one_sided, stays_finite_at_the_ends_of_the_world)
{
	static const double far[] = { -1e9, -1e5, -40, 0, 40, 1e5, 1e9 };

	for (unsigned i = 0; i < sizeof far / sizeof far[0]; i++) {
		for (double rate = 1e-6; rate < 1e7; rate *= 100) {
			const struct one_sided d = one_sided_density(far[i], 1, rate);

			CHECK(isfinite(d.exponent) && isfinite(d.slope));
			CHECK(d.mass > 0 && d.mass <= 1);
			CHECK(d.curvature >= 0 && d.curvature <= 1);
		}
	}
}

TEST(estimate_one_sided, has_an_erfcx_without_a_seam)
{
	/* Abramowitz and Stegun 7.1.23, checked against exp(x^2) erfc(x) in long double */
	for (double x = 0; x < 90; x += 0.013) {
		const long double want = expl((long double)x * x) * erfcl(x);

		CHECK_NEAR(one_sided_erfcx(x) / (double)want, 1, 1e-9);
	}
}
