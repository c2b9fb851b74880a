/* SPDX-License-Identifier: MIT */
#include "estimate/one_sided.h"

#include <assert.h>
#include <math.h>

#define SQRT_HALF     0.70710678118654752440
#define SQRT_2_PER_PI 0.79788456080286535588
#define RSQRT_2_PI    0.39894228040143267794
#define RSQRT_PI      0.56418958354775628695

/* Above this many standard deviations from the wall it is not felt: Phi(7) = 1 - 1e-12. */
#define WALL_IS_FAR 7.0

/* (1 + 2x) erfcx(x) is smooth and between 1 and 1.3 in t = (x - 2) / (x + 2), which is -1..1: a
 * polynomial (from a Chebyshev fit of order 16) has it within 1e-10. After Shepherd and
 * Laframboise, 1981. Summed in pairs (Estrin), since a long chain of additions is what takes the
 * time. */
double one_sided_erfcx(double x)
{
	static const double c[16] = {
		1.2769783814988356,      -0.092763826459496879,   -0.1660303905633046,
		0.16405127412368106,     -0.054220154023309784,   -0.0080339352772551709,
		0.008723932088763986,    0.0012708643711914283,   -0.0014621407647749077,
		-0.00045290043203621892, 0.00021874066947352226,  0.00014877800996541474,
		-1.8197167041285005e-05, -3.4979152223417246e-05, -5.8823502757984174e-07,
		4.3083723123591916e-06,
	};
	const double t = (x - 2) / (x + 2), t2 = t * t, t4 = t2 * t2;
	const double a = c[0] + c[1] * t + t2 * (c[2] + c[3] * t),
		     b = c[4] + c[5] * t + t2 * (c[6] + c[7] * t),
		     d = c[8] + c[9] * t + t2 * (c[10] + c[11] * t),
		     e = c[12] + c[13] * t + t2 * (c[14] + c[15] * t);

	assert(x >= 0);
	return (a + t4 * b + t4 * t4 * (d + t4 * e)) / (1 + 2 * x);
}

/* With u = r/S, k = S/tau, w = u - k:
 * density = rate exp(k^2/2 - k u) Phi(w) = rate exp(-u^2/2) erfcx(-w/sqrt 2) / 2.
 * The second form where Phi would underflow. */
struct one_sided one_sided_density(double r, double noise_sd, double rate)
{
	const double u = r / noise_sd, k = noise_sd * rate, w = u - k;
	struct one_sided d;
	double hazard; /* phi(w) / Phi(w) */

	if (w > WALL_IS_FAR) {
		d.exponent = k * (0.5 * k - u);
		d.mass = 1;
		hazard = 0;
	} else if (w > 0) {
		const double bell = exp(-0.5 * w * w);

		d.exponent = k * (0.5 * k - u);
		d.mass = 1 - 0.5 * bell * one_sided_erfcx(w * SQRT_HALF);
		hazard = RSQRT_2_PI * bell / d.mass;
	} else {
		const double e = one_sided_erfcx(-w * SQRT_HALF);

		d.exponent = -0.5 * u * u;
		d.mass = 0.5 * e;
		hazard = SQRT_2_PER_PI / e;
	}
	d.slope = hazard / noise_sd - rate;
	hazard *= hazard + w; /* 0..1 but for rounding */
	d.curvature = (hazard < 0 ? 0 : hazard > 1 ? 1 : hazard) / (noise_sd * noise_sd);
	return d;
}
