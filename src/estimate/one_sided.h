/* estimate/one_sided: the density of a reading that can only be late. SPDX-License-Identifier: MIT
 *
 * reading = lateness + noise: lateness exponential with mean tau, noise Gaussian with standard
 * deviation S. Known as the exponentially modified Gaussian. tau << S: nearly a plain Gaussian;
 * S << tau: nearly a wall at 0 with an exponential tail. Pure formulas, no state. */
#pragma once

/* density(r) = rate * exp(exponent) * mass, kept apart so that neither over- nor underflows. */
struct one_sided {
	double exponent;
	double mass;      /* > 0, at most 1 */
	double slope;     /* d log density / d r */
	double curvature; /* -d2 log density / d r2; 0..1/S^2 */
};

/* rate: 1 / tau > 0; noise_sd: S > 0. */
struct one_sided one_sided_density(double r, double noise_sd, double rate);

/* exp(x^2) erfc(x) within 1e-10 of itself; x >= 0. */
double one_sided_erfcx(double x);
