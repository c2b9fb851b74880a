/* SPDX-License-Identifier: MIT */
#include "estimate/one_sided.h"

#include <assert.h>
#include <math.h>

#define SQRT_HALF     0.70710678118654752440
#define SQRT_2_PER_PI 0.79788456080286535588
#define RSQRT_2_PI    0.39894228040143267794
#define RSQRT_PI      0.56418958354775628695

/* Above this erfcx is its asymptotic series, then good to 2e-10. Raised: better there, until
 * exp(x^2) overflows at 26; lowered: the series becomes visible. */
#define SERIES_FROM 10.0

/* Above this many standard deviations from the wall it is not felt: Phi(7) = 1 - 1e-12. */
#define WALL_IS_FAR 7.0

/* Below this Phi comes from erfcx, which does not underflow. */
#define WALL_IS_BEHIND (-1.0)

double one_sided_erfcx(double x)
{
	assert(x >= 0);
	if (x < SERIES_FROM)
		return exp(x * x) * erfc(x);

	const double z = 1 / (x * x);

	return RSQRT_PI / x *
	       (1 - z * (0.5 - z * (0.75 - z * (1.875 - z * (6.5625 - z * 29.53125)))));
}

/* With w = r/S - S/tau:  density = rate exp(S^2/(2 tau^2) - r/tau) Phi(w)
 *                                = rate exp(-r^2/(2 S^2)) erfcx(-w/sqrt 2) / 2. */
struct one_sided one_sided_density(double r, double noise_sd, double rate)
{
	const double u = r / noise_sd, k = noise_sd * rate, w = u - k;
	struct one_sided d;
	double hazard; /* phi(w) / Phi(w) */

	if (w > WALL_IS_FAR) {
		d.mass = 1;
		hazard = 0;
	} else if (w > WALL_IS_BEHIND) {
		d.mass = 0.5 * erfc(-w * SQRT_HALF);
		hazard = RSQRT_2_PI * exp(-0.5 * w * w) / d.mass;
	} else {
		const double e = one_sided_erfcx(-w * SQRT_HALF);

		d.mass = 0.5 * e;
		hazard = SQRT_2_PER_PI / e;
	}
	d.exponent = w > WALL_IS_BEHIND ? k * (0.5 * k - u) : -0.5 * u * u;
	d.slope = hazard / noise_sd - rate;
	d.curvature = fmin(fmax(hazard * (hazard + w), 0), 1) / (noise_sd * noise_sd);
	return d;
}
