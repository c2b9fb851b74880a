/* SPDX-License-Identifier: MIT */
#include "wire/gnss_stream.h"

#include <stdlib.h>

#include "testing/check.h"

#define ZDA "$GPZDA,202640.000,13,04,2015,,*54"

static const uint8_t poll[] = { 0xb5, 0x62, 0x06, 0x08, 0x00, 0x00, 0x0e, 0x30 };

static struct gnss_stream stream;
static struct gnss_frame frame;
static size_t frames_count;

/* All frames of one chunk; `frame` is the last. */
static void feed(const void *bytes, size_t length, int64_t received_ns)
{
	uint8_t *exact = malloc(length ? length : 1);
	const struct gnss_chunk chunk = { exact, length, { received_ns } };
	size_t used = 0;

	memcpy(exact, bytes, length);
	while (gnss_stream_take(&stream, &chunk, &used, &frame))
		frames_count++;
	CHECK_EQ(used, length);
	free(exact);
}

static void feed_text(const char *text, int64_t received_ns)
{
	feed(text, strlen(text), received_ns);
}

static void start(uint32_t baud)
{
	gnss_stream_init(&stream, baud);
	frames_count = 0;
}

TEST(gnss_stream, cuts_at_the_end_of_the_line)
{
	start(0);
	feed_text(ZDA, 1);
	CHECK_EQ(frames_count, 0);
	feed_text("\r\n", 2);
	CHECK_EQ(frames_count, 1);
	CHECK_EQ(frame.kind, GNSS_FRAME_NMEA);
	CHECK_EQ(frame.length_bytes, strlen(ZDA));
	CHECK_EQ(stream.stray_count, 0);
	CHECK_EQ(frame.began.ns, 1);
}

TEST(gnss_stream, is_the_same_for_any_chunks)
{
	static const char line[] = ZDA "\r\n";

	for (size_t cut = 0; cut < sizeof line; cut++) {
		start(0);
		feed(line, cut, 100);
		feed(line + cut, sizeof line - 1 - cut, 200);
		CHECK_EQ(frames_count, 1);
		CHECK_EQ(frame.length_bytes, strlen(ZDA));
		CHECK_EQ(frame.began.ns, cut > 0 ? 100 : 200);
	}
}

TEST(gnss_stream, reckons_back_to_the_first_byte)
{
	const int64_t byte_ns = 1041666; /* 9600 baud */

	start(9600);
	feed_text(ZDA "\r", 1000000000);
	CHECK_EQ(frame.began.ns, 1000000000 - (int64_t)strlen(ZDA) * byte_ns);
	feed_text("\n" ZDA "\r", 1010000000); /* more than could come in 10 ms */
	CHECK_EQ(frame.began.ns, 1000000000);
}

TEST(gnss_stream, takes_ubx_between_sentences)
{
	start(0);
	feed_text(ZDA "\r\n", 1);
	feed(poll, sizeof poll, 2);
	CHECK_EQ(frames_count, 2);
	CHECK_EQ(frame.kind, GNSS_FRAME_UBX);
	CHECK_EQ(frame.length_bytes, sizeof poll);
	CHECK_EQ(frame.began.ns, 2);
	feed_text(ZDA "\r\n", 3);
	CHECK_EQ(frames_count, 3);
	CHECK_EQ(stream.stray_count, 0);
}

TEST(gnss_stream, gives_up_a_sentence_that_another_cuts_into)
{
	start(0);
	feed_text("$GPZDA,2026" ZDA "\r\n", 1);
	CHECK_EQ(frames_count, 1);
	CHECK_EQ(stream.stray_count, strlen("$GPZDA,2026"));
	feed_text("$GPZDA,20", 2);
	feed(poll, sizeof poll, 3);
	CHECK_EQ(frames_count, 2);
	CHECK_EQ(frame.kind, GNSS_FRAME_UBX);
}

TEST(gnss_stream, finds_back_after_a_torn_ubx_frame)
{
	uint8_t torn[sizeof poll];

	memcpy(torn, poll, sizeof torn);
	torn[6]++;
	start(0);
	feed(torn, sizeof torn, 1);
	CHECK_EQ(frames_count, 0);
	CHECK_EQ(stream.bad_ubx_count, 1);
	feed(poll, sizeof poll, 2);
	CHECK_EQ(frames_count, 1);
	torn[4] = 200; /* a length that reaches over what follows */
	start(0);
	feed(torn, sizeof torn, 1);
	for (size_t i = 0; i < 10; i++)
		feed_text(ZDA "\r\n", 2 + (int64_t)i);
	CHECK_EQ(frames_count, 10);
	CHECK_EQ(stream.bad_ubx_count, 1);
}

TEST(gnss_stream, does_not_wait_for_frames_too_long_to_be_read)
{
	static const uint8_t head[] = { 0xb5, 0x62, 0x01, 0x07, 0xff, 0xff };

	start(0);
	feed(head, sizeof head, 1);
	CHECK_EQ(stream.held_bytes, 0);
	feed_text(ZDA "\r\n", 2);
	CHECK_EQ(frames_count, 1);
}

TEST(gnss_stream, counts_what_is_no_frame)
{
	uint8_t noise[GNSS_STREAM_SIZE * 2];

	start(0);
	memset(noise, 0xee, sizeof noise);
	feed(noise, sizeof noise, 1);
	CHECK_EQ(stream.stray_count, sizeof noise);
	CHECK_EQ(stream.bytes_count, sizeof noise);
	CHECK_EQ(frames_count, 0);
	feed_text("\r\n\r\n", 2);
	CHECK_EQ(stream.stray_count, sizeof noise);
}

TEST(gnss_stream, bounds_a_line_without_an_end)
{
	char line[GNSS_STREAM_SENTENCE_MAX + 2];

	memset(line, 'A', sizeof line);
	line[0] = '$';
	start(0);
	feed(line, sizeof line, 1);
	CHECK_EQ(stream.held_bytes, 0);
	line[GNSS_STREAM_SENTENCE_MAX] = '\n'; /* the longest that is taken */
	start(0);
	feed(line, GNSS_STREAM_SENTENCE_MAX + 1, 1);
	CHECK_EQ(frames_count, 1);
	CHECK_EQ(frame.length_bytes, GNSS_STREAM_SENTENCE_MAX);
}

TEST(gnss_stream, keeps_the_arrival_of_what_it_looks_at_twice)
{
	static const uint8_t head[] = { 0xb5, 0x62, 0x01, 0x07, 40, 0 };

	start(0);
	feed(head, sizeof head, 10);
	feed_text(ZDA "\r\n", 20); /* swallowed as payload, then found again */
	CHECK_EQ(frames_count, 0);
	feed_text("\r\n\r\n\r\n\r\n", 30);
	CHECK_EQ(frames_count, 1);
	CHECK_EQ(frame.began.ns, 20);
}
