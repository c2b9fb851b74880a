/* nmea_talker: a satellite receiver for the guest of the system tests. SPDX-License-Identifier: MIT
 *
 * Writes the sentences of a receiver with a fix, some time after each true second, which is
 * CLOCK_MONOTONIC_RAW plus EPOCH whatever is done to the system's clock. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)

static int64_t now_ns(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void wait_until(int64_t raw_ns)
{
	for (int64_t rest_ns; (rest_ns = raw_ns - now_ns()) > 0;)
		(void)nanosleep(&(struct timespec){ .tv_sec = rest_ns / NS_PER_S,
		                                    .tv_nsec = rest_ns % NS_PER_S },
		                NULL);
}

static void say(FILE *to, const char *body)
{
	uint8_t sum = 0;

	for (const char *c = body; *c; c++)
		sum ^= (uint8_t)*c;
	fprintf(to, "$%s*%02X\r\n", body, sum);
}

/* As real ones do it begins with GGA, which has no date. */
static void burst(FILE *to, time_t second)
{
	char clock[16], date[16], body[120];
	struct tm utc;

	(void)gmtime_r(&second, &utc);
	(void)strftime(clock, sizeof clock, "%H%M%S.00", &utc);
	(void)strftime(date, sizeof date, "%d%m%y", &utc);
	(void)snprintf(body, sizeof body, "GNGGA,%s,5130.0,N,00007.0,W,1,08,1.0,10.0,M,47.0,M,,",
	               clock);
	say(to, body);
	say(to, "GNGSA,A,3,01,02,03,04,05,06,07,08,,,,,1.5,1.0,1.1");
	(void)snprintf(body, sizeof body, "GNRMC,%s,A,5130.0,N,00007.0,W,0.0,0.0,%s,,,A", clock,
	               date);
	say(to, body);
	(void)strftime(date, sizeof date, "%d,%m,%Y", &utc);
	(void)snprintf(body, sizeof body, "GNZDA,%s,%s,00,00", clock, date);
	say(to, body);
	(void)fflush(to);
}

/* nmea_talker EPOCH_S.NANOSECONDS LATE_MS DEVICE */
int main(int count, char *words[])
{
	FILE *const to = count == 4 ? fopen(words[3], "w") : NULL;
	const int64_t late_ns = count == 4 ? strtoll(words[2], NULL, 10) * 1000000 : 0;
	long long seconds, nanoseconds;
	int64_t epoch_ns;

	if (!to || sscanf(words[1], "%lld.%9lld", &seconds, &nanoseconds) != 2)
		return 2;
	epoch_ns = seconds * NS_PER_S + nanoseconds;
	for (int64_t second = (now_ns() + epoch_ns) / NS_PER_S + 1;; second++) {
		wait_until(second * NS_PER_S + late_ns - epoch_ns);
		burst(to, (time_t)second);
	}
}
