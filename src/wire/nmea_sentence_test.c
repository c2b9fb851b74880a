/* SPDX-License-Identifier: MIT */
#include "wire/nmea_sentence.h"

#include "testing/check.h"

static struct nmea_sentence sentence;

/* Appends the right checksum to what stands from the "$" on. */
static enum nmea_verdict summed(const char *body)
{
	static const char digits[] = "0123456789ABCDEF";
	char line[256];
	const size_t length = strlen(body);
	unsigned sum = 0;

	memcpy(line, body, length);
	for (size_t i = 1; i < length; i++)
		sum ^= (unsigned char)line[i];
	line[length] = '*';
	line[length + 1] = digits[sum >> 4];
	line[length + 2] = digits[sum & 15];
	return nmea_sentence_decode((const uint8_t *)line, length + 3, &sentence);
}

static enum nmea_verdict as_is(const char *line)
{
	return nmea_sentence_decode((const uint8_t *)line, strlen(line), &sentence);
}

static void check_time(unsigned hour, unsigned minute, unsigned second, int32_t nanosecond)
{
	CHECK(sentence.has_time);
	CHECK_EQ(sentence.time.hour, hour);
	CHECK_EQ(sentence.time.minute, minute);
	CHECK_EQ(sentence.time.second, second);
	CHECK_EQ(sentence.time.nanosecond, nanosecond);
}

static void check_date(unsigned year, unsigned month, unsigned day)
{
	CHECK_EQ(sentence.time.year, year);
	CHECK_EQ(sentence.time.month, month);
	CHECK_EQ(sentence.time.day, day);
}

TEST(nmea_sentence, reads_a_real_rmc)
{
	CHECK_EQ(as_is("$GPRMC,202640.000,A,4404.1306,N,12118.8515,W,0.03,225.97,130415,,,D*73"),
	         NMEA_GOOD);
	CHECK_EQ(sentence.kind, NMEA_RMC);
	CHECK_TEXT(sentence.talker, "GP");
	check_time(20, 26, 40, 0);
	check_date(2015, 4, 13);
	CHECK(sentence.is_year_two_digits);
	CHECK_EQ(sentence.fix, NMEA_FIX_GOOD);
}

TEST(nmea_sentence, reads_any_talker)
{
	static const char *const talkers[] = {
		"GP", "GN", "GL", "GA", "GB", "BD", "GQ", "QZ", "GI"
	};

	for (size_t i = 0; i < ARRAY_COUNT(talkers); i++) {
		char line[] = "$xxZDA,202640.000,13,04,2015,,";

		memcpy(line + 1, talkers[i], 2);
		CHECK_EQ(summed(line), NMEA_GOOD);
		CHECK_TEXT(sentence.talker, talkers[i]);
		check_date(2015, 4, 13);
	}
}

TEST(nmea_sentence, refuses_a_wrong_checksum_and_fills_in_nothing)
{
	CHECK_EQ(as_is("$GPZDA,202640.000,13,04,2015,,*55"), NMEA_BAD_CHECKSUM);
	CHECK(!sentence.has_time);
	CHECK_EQ(as_is("$GPZDA,202640.000,13,04,2015,,*54"), NMEA_GOOD);
	CHECK_EQ(as_is("$GPZDA,202640.000,13,04,2015,,*5"), NMEA_BAD_CHECKSUM);
	CHECK_EQ(as_is("$GPZDA,202640.000,13,04,2015,,*"), NMEA_BAD_CHECKSUM);
	CHECK_EQ(as_is("$GPZDA,202640.000,13,04,2015,,*5G"), NMEA_BAD_CHECKSUM);
}

TEST(nmea_sentence, notices_each_changed_byte)
{
	static const char good[] = "$GPZDA,202640.000,13,04,2015,,*54";
	char line[sizeof good];

	for (size_t i = 1; i < sizeof good - 4; i++) {
		memcpy(line, good, sizeof good);
		line[i] ^= 1;
		CHECK(as_is(line) != NMEA_GOOD);
	}
}

TEST(nmea_sentence, says_when_there_is_no_checksum)
{
	CHECK_EQ(as_is("$GPZDA,202640.000,13,04,2015,,"), NMEA_NO_CHECKSUM);
	check_time(20, 26, 40, 0);
}

TEST(nmea_sentence, takes_small_letters_in_the_checksum)
{
	CHECK_EQ(as_is("$GPGGA,202640.000,4404.1306,N,12118.8515,W,2,10,0.98,1127.7,M,-19.6,M,0000,"
	               "0000*6c"),
	         NMEA_GOOD);
	CHECK_EQ(sentence.used_count, 10);
	CHECK_EQ(sentence.fix, NMEA_FIX_GOOD);
}

TEST(nmea_sentence, reads_fractions_to_the_nanosecond)
{
	CHECK_EQ(summed("$GPZDA,132820.60,18,03,2020,00,00"), NMEA_GOOD);
	check_time(13, 28, 20, 600000000);
	CHECK_EQ(summed("$GPZDA,132820.123456789,18,03,2020,00,00"), NMEA_GOOD);
	check_time(13, 28, 20, 123456789);
	CHECK_EQ(summed("$GPZDA,132820.1234567899,18,03,2020,00,00"), NMEA_GOOD);
	check_time(13, 28, 20, 123456789);
	CHECK_EQ(summed("$GPZDA,132820,18,03,2020,00,00"), NMEA_GOOD);
	check_time(13, 28, 20, 0);
	CHECK_EQ(summed("$GPZDA,132820.,18,03,2020,00,00"), NMEA_GOOD);
	check_time(13, 28, 20, 0);
}

TEST(nmea_sentence, knows_the_leap_second_and_no_other_sixty)
{
	CHECK_EQ(summed("$GPRMC,235960.00,A,,,,,,,311216,,,A"), NMEA_GOOD);
	check_time(23, 59, 60, 0);
	CHECK_EQ(summed("$GPRMC,235961.00,A,,,,,,,311216,,,A"), NMEA_BAD_FIELD);
	CHECK_EQ(summed("$GPRMC,236000.00,A,,,,,,,311216,,,A"), NMEA_BAD_FIELD);
	CHECK_EQ(summed("$GPRMC,240000.00,A,,,,,,,311216,,,A"), NMEA_BAD_FIELD);
}

TEST(nmea_sentence, puts_two_digits_between_1980_and_2079)
{
	CHECK_EQ(summed("$GPRMC,000000,A,,,,,,,060180,,,A"), NMEA_GOOD);
	check_date(1980, 1, 6);
	CHECK_EQ(summed("$GPRMC,000000,A,,,,,,,311299,,,A"), NMEA_GOOD);
	check_date(1999, 12, 31);
	CHECK_EQ(summed("$GPRMC,000000,A,,,,,,,010100,,,A"), NMEA_GOOD);
	check_date(2000, 1, 1);
	CHECK_EQ(summed("$GPRMC,000000,A,,,,,,,311279,,,A"), NMEA_GOOD);
	check_date(2079, 12, 31);
}

TEST(nmea_sentence, refuses_dates_that_do_not_exist)
{
	CHECK_EQ(summed("$GPRMC,000000,A,,,,,,,290223,,,A"), NMEA_BAD_FIELD);
	CHECK_EQ(summed("$GPRMC,000000,A,,,,,,,290224,,,A"), NMEA_GOOD);
	CHECK_EQ(summed("$GPRMC,000000,A,,,,,,,310426,,,A"), NMEA_BAD_FIELD);
	CHECK_EQ(summed("$GPRMC,000000,A,,,,,,,001226,,,A"), NMEA_BAD_FIELD);
	CHECK_EQ(summed("$GPRMC,000000,A,,,,,,,011326,,,A"), NMEA_BAD_FIELD);
	CHECK_EQ(summed("$GPRMC,000231.099,A,,,,,,,2208-1,,,A"), NMEA_BAD_FIELD);
	CHECK_EQ(summed("$GPZDA,000000,01,01,1970,,"), NMEA_BAD_FIELD);
	CHECK_EQ(summed("$GPZDA,000000,01,01,80,,"), NMEA_BAD_FIELD);
}

TEST(nmea_sentence, tells_no_fix_from_empty_fields)
{
	CHECK_EQ(as_is("$GPRMC,,V,,,,,,,,,,N*53"), NMEA_GOOD);
	CHECK(!sentence.has_time);
	CHECK_EQ(sentence.time.year, 0);
	CHECK_EQ(sentence.fix, NMEA_FIX_NONE);
	CHECK_EQ(summed("$GPRMC,120000,V,,,,,,,221126,,,N"), NMEA_GOOD);
	CHECK_EQ(sentence.fix, NMEA_FIX_NONE);
	check_date(2026, 11, 22);
	CHECK_EQ(summed("$GPRMC,120000,A,,,,,,,,,,A"), NMEA_GOOD);
	CHECK(sentence.has_time);
	CHECK_EQ(sentence.time.year, 0);
	CHECK_EQ(summed("$GPZDA,,,,,,"), NMEA_GOOD);
	CHECK(!sentence.has_time);
}

TEST(nmea_sentence, knows_how_a_fix_came_about)
{
	CHECK_EQ(summed("$GPRMC,120000,A,,,,,,,221126,,,E"), NMEA_GOOD);
	CHECK_EQ(sentence.fix, NMEA_FIX_ESTIMATED);
	CHECK_EQ(summed("$GPRMC,120000,A,,,,,,,221126,,,S"), NMEA_GOOD);
	CHECK_EQ(sentence.fix, NMEA_FIX_SIMULATED);
	CHECK_EQ(summed("$GPRMC,120000,A,,,,,,,221126,,,N"), NMEA_GOOD);
	CHECK_EQ(sentence.fix, NMEA_FIX_NONE);
	CHECK_EQ(summed("$GPRMC,120000,A,,,,,,,221126,,"), NMEA_GOOD); /* before NMEA 2.3 */
	CHECK_EQ(sentence.fix, NMEA_FIX_GOOD);
	CHECK_EQ(summed("$GNRMC,120000,A,,,,,,,221126,,,R,V"), NMEA_GOOD);
	CHECK_EQ(sentence.fix, NMEA_FIX_GOOD);
	CHECK_EQ(summed("$GPGGA,120000,,,,,0,00,,,M,,M,,"), NMEA_GOOD);
	CHECK_EQ(sentence.fix, NMEA_FIX_NONE);
	CHECK_EQ(summed("$GPGGA,120000,,,,,6,00,,,M,,M,,"), NMEA_GOOD);
	CHECK_EQ(sentence.fix, NMEA_FIX_ESTIMATED);
	CHECK_EQ(summed("$GPGGA,120000,,,,,8,00,,,M,,M,,"), NMEA_GOOD);
	CHECK_EQ(sentence.fix, NMEA_FIX_SIMULATED);
	CHECK_EQ(summed("$GPGLL,,,,,120000.00,A,D"), NMEA_GOOD);
	CHECK_EQ(sentence.fix, NMEA_FIX_GOOD);
	check_time(12, 0, 0, 0);
	CHECK_EQ(summed("$GPGLL,,,,,120000.00,V,N"), NMEA_GOOD);
	CHECK_EQ(sentence.fix, NMEA_FIX_NONE);
	CHECK_EQ(summed("$GNGNS,120000.00,,,,,NNA,07,1.1,,,,"), NMEA_GOOD);
	CHECK_EQ(sentence.fix, NMEA_FIX_GOOD);
	CHECK_EQ(sentence.used_count, 7);
	CHECK_EQ(summed("$GNGNS,120000.00,,,,,NN,00,,,,,"), NMEA_GOOD);
	CHECK_EQ(sentence.fix, NMEA_FIX_NONE);
}

TEST(nmea_sentence, counts_satellites)
{
	CHECK_EQ(as_is("$GPGSA,A,3,20,16,09,03,07,10,23,19,27,30,,,1.64,0.98,1.31*05"), NMEA_GOOD);
	CHECK_EQ(sentence.used_count, 10);
	CHECK_EQ(sentence.dimensions, 3);
	CHECK_EQ(summed("$GPGSA,A,1,,,,,,,,,,,,,,,"), NMEA_GOOD);
	CHECK_EQ(sentence.used_count, 0);
	CHECK_EQ(sentence.fix, NMEA_FIX_NONE);
	CHECK_EQ(as_is("$GPGSV,3,3,12,19,13,123,27,03,07,176,19,05,05,328,13,47,,,*41"), NMEA_GOOD);
	CHECK(sentence.has_seen);
	CHECK_EQ(sentence.seen_count, 12);
	CHECK_EQ(summed("$GPGSV,3,3,1x,"), NMEA_BAD_FIELD);
	CHECK_EQ(summed("$GPGSV,3,3,256,"), NMEA_BAD_FIELD);
}

TEST(nmea_sentence, hears_of_the_antenna)
{
	CHECK_EQ(as_is("$GPTXT,01,01,02,ANTSTATUS=OK*3B"), NMEA_GOOD);
	CHECK_EQ(sentence.antenna, NMEA_ANTENNA_OK);
	CHECK_TEXT(sentence.text, "ANTSTATUS=OK");
	CHECK_EQ(summed("$GNTXT,01,01,02,ANTSTATUS=OPEN"), NMEA_GOOD);
	CHECK_EQ(sentence.antenna, NMEA_ANTENNA_OPEN);
	CHECK_EQ(summed("$GPTXT,01,01,01,ANTENNA SHORT"), NMEA_GOOD);
	CHECK_EQ(sentence.antenna, NMEA_ANTENNA_SHORT);
	CHECK_EQ(summed("$GPTXT,01,01,02,u-blox ag - www.u-blox.com"), NMEA_GOOD);
	CHECK_EQ(sentence.antenna, NMEA_ANTENNA_UNSAID);
	CHECK_EQ(as_is("$PGTOP,11,3*6F"), NMEA_GOOD);
	CHECK_EQ(sentence.antenna, NMEA_ANTENNA_OK);
	CHECK_EQ(summed("$PGTOP,11,2"), NMEA_GOOD);
	CHECK_EQ(sentence.antenna, NMEA_ANTENNA_INTERNAL);
	CHECK_EQ(summed("$PGTOP,12,2"), NMEA_GOOD);
	CHECK_EQ(sentence.antenna, NMEA_ANTENNA_UNSAID);
}

TEST(nmea_sentence, cuts_long_text)
{
	char line[200] = "$GPTXT,01,01,02,";

	memset(line + strlen(line), 'x', 100);
	CHECK_EQ(summed(line), NMEA_GOOD);
	CHECK_EQ(strlen(sentence.text), NMEA_SENTENCE_TEXT_SIZE - 1);
}

TEST(nmea_sentence, leaves_alone_what_it_does_not_read)
{
	CHECK_EQ(as_is("$GPVTG,,T,,M,,N,,K,N*2C"), NMEA_UNREAD);
	CHECK_EQ(sentence.kind, NMEA_OTHER);
	CHECK_EQ(summed("$PTNTA,20160203131536,2,T4,000000066"), NMEA_UNREAD);
	CHECK_TEXT(sentence.talker, "P");
	CHECK_EQ(summed("$PRMC,120000,A,,,,,,,221126,,,E"), NMEA_UNREAD); /* no talker */
	CHECK_EQ(summed("$PGRMC,A,120000,221126,"), NMEA_UNREAD);         /* Garmin's own */
	CHECK_EQ(summed("$GPRMCX,120000,A,,,,,,,221126,,,E"), NMEA_UNREAD);
}

TEST(nmea_sentence, refuses_what_is_none)
{
	CHECK_EQ(as_is(""), NMEA_MALFORMED);
	CHECK_EQ(as_is("$"), NMEA_MALFORMED);
	CHECK_EQ(as_is("$*00"), NMEA_MALFORMED);
	CHECK_EQ(as_is("!AIVDM,1,1,,A,x,0*00"), NMEA_MALFORMED);
	CHECK_EQ(summed("$gprmc,120000,A,,,,,,,221126,,,E"), NMEA_MALFORMED);
	CHECK_EQ(summed("$GPRMC"), NMEA_MALFORMED);
	CHECK_EQ(summed("$GPRMC,120000,A,,,,,,"), NMEA_MALFORMED);
	CHECK_EQ(summed("$GPRMC,12000,A,,,,,,,221126,,,A"), NMEA_BAD_FIELD);
	CHECK_EQ(summed("$GPRMC,12000x,A,,,,,,,221126,,,A"), NMEA_BAD_FIELD);
	CHECK_EQ(summed("$GPRMC,120000:5,A,,,,,,,221126,,,A"), NMEA_BAD_FIELD);
	CHECK_EQ(summed("$GPRMC,120000.x,A,,,,,,,221126,,,A"), NMEA_BAD_FIELD);
	CHECK_EQ(summed("$GPRMC,120000.0,A,,,,,,,22112026,,,A"), NMEA_BAD_FIELD);
}

TEST(nmea_sentence, survives_every_truncation)
{
	static const char good[] =
		"$GPRMC,202640.000,A,4404.1306,N,12118.8515,W,0.03,225.97,130415,,,D*73";

	for (size_t length = 0; length < sizeof good - 1; length++)
		CHECK(nmea_sentence_decode((const uint8_t *)good, length, &sentence) != NMEA_GOOD);
}

TEST(nmea_sentence, has_a_word_for_each_verdict)
{
	CHECK_TEXT(nmea_sentence_verdict_word(NMEA_BAD_CHECKSUM), "bad checksum");
	CHECK_TEXT(nmea_sentence_verdict_word(NMEA_BAD_FIELD), "bad field");
}
