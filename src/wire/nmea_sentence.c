/* SPDX-License-Identifier: MIT */
#include "wire/nmea_sentence.h"

#include <string.h>

#include "base/text.h"

#define FIELDS_MAX 32

struct field {
	const char *text; /* not terminated */
	size_t length;
};

struct fields {
	size_t count; /* the sentence's name included */
	struct field at[FIELDS_MAX];
};

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Exclusive or of what stands between "$" and "*". Sets the length of the body without either. */
static enum nmea_verdict check_sum(const uint8_t *bytes, size_t length, size_t *body_out)
{
	const uint8_t *const star = memchr(bytes, '*', length);
	const size_t body_end = star ? (size_t)(star - bytes) : length;
	uint8_t sum = 0;

	*body_out = body_end - 1;
	if (!star)
		return NMEA_NO_CHECKSUM;
	for (size_t i = 1; i < body_end; i++)
		sum ^= bytes[i];
	if (length - body_end < 3 || hex_digit(star[1]) != sum >> 4 ||
	    hex_digit(star[2]) != (sum & 15))
		return NMEA_BAD_CHECKSUM;
	return NMEA_GOOD;
}

static void split(const char *body, size_t length, struct fields *out)
{
	size_t start = 0;

	out->count = 0;
	for (size_t i = 0; i <= length && out->count < FIELDS_MAX; i++) {
		if (i < length && body[i] != ',')
			continue;
		out->at[out->count++] = (struct field){ body + start, i - start };
		start = i + 1;
	}
}

/* Missing fields are empty: receivers of older standards send fewer. */
static struct field field_at(const struct fields *in, size_t index)
{
	return index < in->count ? in->at[index] : (struct field){ "", 0 };
}

static char letter_at(const struct fields *in, size_t index)
{
	const struct field field = field_at(in, index);

	return field.length > 0 ? field.text[0] : '\0';
}

/* `count` decimal digits at `text`; false if others stand there. */
static bool digits(const char *text, size_t count, unsigned *value_out)
{
	*value_out = 0;
	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*value_out = *value_out * 10 + (unsigned)(text[i] - '0');
	}
	return true;
}

/* An empty field leaves the value alone. Blanks in front are forgiven: some receivers pad. */
static bool small_number(struct field field, uint8_t *value_out, bool *has_out)
{
	unsigned value;

	while (field.length > 0 && field.text[0] == ' ') {
		field.text++;
		field.length--;
	}
	if (field.length == 0)
		return true;
	if (field.length > 4 || !digits(field.text, field.length, &value) || value > UINT8_MAX)
		return false;
	*value_out = (uint8_t)value;
	*has_out = true;
	return true;
}

/* The digits behind the point, of which nine count. */
static bool fraction(const char *text, size_t length, int32_t *nanosecond_out)
{
	int32_t value = 0, scale = 100000000;

	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value += (text[i] - '0') * scale;
		scale /= 10;
	}
	*nanosecond_out = value;
	return true;
}

/* hhmmss or hhmmss.fraction; empty = no time. */
static bool read_time(struct field field, struct nmea_sentence *out)
{
	unsigned hour, minute, second;
	int32_t nanosecond = 0;

	if (field.length == 0)
		return true;
	if (field.length < 6 || !digits(field.text, 2, &hour) ||
	    !digits(field.text + 2, 2, &minute) || !digits(field.text + 4, 2, &second))
		return false;
	if (field.length > 6 &&
	    (field.text[6] != '.' || !fraction(field.text + 7, field.length - 7, &nanosecond)))
		return false;
	out->time.hour = (uint8_t)hour;
	out->time.minute = (uint8_t)minute;
	out->time.second = (uint8_t)second;
	out->time.nanosecond = nanosecond;
	out->has_time = true;
	return true;
}

/* GPS began in 1980: two digits name one of the hundred years from then on. */
static uint16_t year_of_two_digits(unsigned year)
{
	return (uint16_t)(year < 80 ? 2000 + year : 1900 + year);
}

static bool set_date(struct nmea_sentence *out, unsigned year, unsigned month, unsigned day)
{
	out->time.year = (uint16_t)year;
	out->time.month = (uint8_t)month;
	out->time.day = (uint8_t)day;
	return year >= 1980 && gnss_time_exists(&out->time);
}

/* ddmmyy; empty = no date. */
static bool read_date(struct field field, struct nmea_sentence *out)
{
	unsigned day, month, year;

	if (field.length == 0)
		return true;
	if (field.length != 6 || !digits(field.text, 2, &day) ||
	    !digits(field.text + 2, 2, &month) || !digits(field.text + 4, 2, &year))
		return false;
	out->is_year_two_digits = true;
	return set_date(out, year_of_two_digits(year), month, day);
}

static enum nmea_fix fix_of_mode(char mode)
{
	switch (mode) {
	case 'N':
		return NMEA_FIX_NONE;
	case 'E':
		return NMEA_FIX_ESTIMATED;
	case 'S':
		return NMEA_FIX_SIMULATED;
	default:
		return NMEA_FIX_GOOD; /* A D F M P R, or a standard before 2.3, which has no mode */
	}
}

static enum nmea_fix fix_of_status(char status, char mode)
{
	return status == 'A' ? fix_of_mode(mode) : NMEA_FIX_NONE;
}

static enum nmea_verdict verdict_of(bool is_good, const struct nmea_sentence *out)
{
	return is_good && gnss_time_exists(&out->time) ? NMEA_GOOD : NMEA_BAD_FIELD;
}

/* $--RMC,time,status,lat,N,lon,E,speed,course,date,variation,E,mode,navigational status */
static enum nmea_verdict decode_rmc(const struct fields *in, struct nmea_sentence *out)
{
	out->fix = fix_of_status(letter_at(in, 2), letter_at(in, 12));
	return verdict_of(read_time(field_at(in, 1), out) && read_date(field_at(in, 9), out), out);
}

/* $--ZDA,time,day,month,year,zone hours,zone minutes: always UTC, whatever the zone. */
static enum nmea_verdict decode_zda(const struct fields *in, struct nmea_sentence *out)
{
	const struct field day = field_at(in, 2), month = field_at(in, 3), year = field_at(in, 4);
	unsigned d, m, y;

	if (!read_time(field_at(in, 1), out))
		return NMEA_BAD_FIELD;
	if (day.length == 0 || month.length == 0 || year.length == 0)
		return verdict_of(true, out);
	if (day.length > 2 || month.length > 2 || year.length != 4 ||
	    !digits(day.text, day.length, &d) || !digits(month.text, month.length, &m) ||
	    !digits(year.text, 4, &y))
		return NMEA_BAD_FIELD;
	return verdict_of(set_date(out, y, m, d), out);
}

/* $--GGA,time,lat,N,lon,E,quality,satellites,hdop,... */
static enum nmea_verdict decode_gga(const struct fields *in, struct nmea_sentence *out)
{
	static const enum nmea_fix fixes[] = {
		[0] = NMEA_FIX_NONE, [6] = NMEA_FIX_ESTIMATED, [8] = NMEA_FIX_SIMULATED
	};
	uint8_t quality = 0;
	bool has_quality = false;
	const bool is_good = read_time(field_at(in, 1), out) &&
	                     small_number(field_at(in, 6), &quality, &has_quality) &&
	                     small_number(field_at(in, 7), &out->used_count, &out->has_used);

	out->fix = quality < ARRAY_COUNT(fixes) && fixes[quality] ? fixes[quality] : NMEA_FIX_GOOD;
	return verdict_of(is_good, out);
}

/* $--GLL,lat,N,lon,E,time,status,mode */
static enum nmea_verdict decode_gll(const struct fields *in, struct nmea_sentence *out)
{
	out->fix = fix_of_status(letter_at(in, 6), letter_at(in, 7));
	return verdict_of(read_time(field_at(in, 5), out), out);
}

/* $--GNS,time,lat,N,lon,E,modes,satellites,...: a mode letter for each system. */
static enum nmea_verdict decode_gns(const struct fields *in, struct nmea_sentence *out)
{
	const struct field modes = field_at(in, 6);
	const bool is_good = read_time(field_at(in, 1), out) &&
	                     small_number(field_at(in, 7), &out->used_count, &out->has_used);

	out->fix = NMEA_FIX_NONE;
	for (size_t i = 0; i < modes.length; i++) {
		if (fix_of_mode(modes.text[i]) > out->fix)
			out->fix = fix_of_mode(modes.text[i]);
	}
	return verdict_of(is_good, out);
}

/* $--GSA,A,fix,12 numbers of satellites,...: fix 1 = none, 2 = 2D, 3 = 3D. */
static enum nmea_verdict decode_gsa(const struct fields *in, struct nmea_sentence *out)
{
	const char fix = letter_at(in, 2);

	out->fix = fix == '2' || fix == '3' ? NMEA_FIX_GOOD : NMEA_FIX_NONE;
	out->dimensions = out->fix == NMEA_FIX_GOOD ? (uint8_t)(fix - '0') : 0;
	out->has_used = true;
	for (size_t i = 3; i < 15; i++)
		out->used_count = (uint8_t)(out->used_count + (field_at(in, i).length > 0));
	return NMEA_GOOD;
}

/* $--GSV,sentences,number,satellites,... */
static enum nmea_verdict decode_gsv(const struct fields *in, struct nmea_sentence *out)
{
	const bool is_good = small_number(field_at(in, 3), &out->seen_count, &out->has_seen);

	return is_good ? NMEA_GOOD : NMEA_BAD_FIELD;
}

static bool has_word(const char *text, const char *word)
{
	return strstr(text, word) != NULL;
}

/* "ANTSTATUS=OPEN" (u-blox), "ANTENNA OPEN" (others). */
static enum nmea_antenna antenna_of_text(const char *text)
{
	if (!has_word(text, "ANTSTATUS") && !has_word(text, "ANTENNA"))
		return NMEA_ANTENNA_UNSAID;
	if (has_word(text, "OPEN"))
		return NMEA_ANTENNA_OPEN;
	if (has_word(text, "SHORT"))
		return NMEA_ANTENNA_SHORT;
	return has_word(text, "OK") ? NMEA_ANTENNA_OK : NMEA_ANTENNA_UNSAID;
}

/* $--TXT,sentences,number,severity,text */
static enum nmea_verdict decode_txt(const struct fields *in, struct nmea_sentence *out)
{
	const struct field field = field_at(in, 4);
	struct text text = text_into(out->text, sizeof out->text);

	for (size_t i = 0; i < field.length; i++)
		text_char(&text, field.text[i]);
	out->antenna = antenna_of_text(out->text);
	return NMEA_GOOD;
}

/* $PGTOP,11,status or $PCD,11,status: 1 = short, 2 = internal, 3 = active antenna outside. */
static enum nmea_verdict decode_antenna(const struct fields *in, struct nmea_sentence *out)
{
	static const enum nmea_antenna antennas[] = { NMEA_ANTENNA_UNSAID, NMEA_ANTENNA_SHORT,
		                                      NMEA_ANTENNA_INTERNAL, NMEA_ANTENNA_OK };
	const char status = letter_at(in, 2);

	if (field_at(in, 1).length == 2 && memcmp(field_at(in, 1).text, "11", 2) == 0 &&
	    status >= '1' && status <= '3')
		out->antenna = antennas[status - '0'];
	return NMEA_GOOD;
}

static const struct {
	const char *name;
	size_t fields_min; /* with the name */
	enum nmea_kind kind;
	enum nmea_verdict (*decode)(const struct fields *in, struct nmea_sentence *out);
} kinds[] = {
	{ "RMC", 10, NMEA_RMC, decode_rmc },          { "ZDA", 5, NMEA_ZDA, decode_zda },
	{ "GGA", 8, NMEA_GGA, decode_gga },           { "GLL", 7, NMEA_GLL, decode_gll },
	{ "GNS", 8, NMEA_GNS, decode_gns },           { "GSA", 15, NMEA_GSA, decode_gsa },
	{ "GSV", 4, NMEA_GSV, decode_gsv },           { "TXT", 5, NMEA_TXT, decode_txt },
	{ "PGTOP", 3, NMEA_ANTENNA, decode_antenna }, { "PCD", 3, NMEA_ANTENNA, decode_antenna },
};

/* Two letters of the talker and three of the kind; proprietary names begin with "P" and are whole.
 */
static bool is_called(struct field name, const char *kind)
{
	const size_t length = strlen(kind);

	if (name.text[0] == 'P')
		return name.length == length && memcmp(name.text, kind, length) == 0;
	return name.length == length + 2 && memcmp(name.text + 2, kind, length) == 0;
}

static bool is_name(struct field name)
{
	for (size_t i = 0; i < name.length; i++) {
		if (!(name.text[i] >= 'A' && name.text[i] <= 'Z') &&
		    !(name.text[i] >= '0' && name.text[i] <= '9'))
			return false;
	}
	return name.length >= 3;
}

static enum nmea_verdict decode_fields(const struct fields *in, struct nmea_sentence *out)
{
	const struct field name = in->at[0];

	if (!is_name(name))
		return NMEA_MALFORMED;
	memcpy(out->talker, name.text, name.text[0] == 'P' ? 1 : 2);
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
		if (!is_called(name, kinds[i].name))
			continue;
		out->kind = kinds[i].kind;
		return in->count < kinds[i].fields_min ? NMEA_MALFORMED : kinds[i].decode(in, out);
	}
	return NMEA_UNREAD;
}

enum nmea_verdict nmea_sentence_decode(const uint8_t *bytes, size_t length_bytes,
                                       struct nmea_sentence *sentence_out)
{
	struct fields fields;
	enum nmea_verdict sum, verdict;
	size_t body;

	*sentence_out = (struct nmea_sentence){ .kind = NMEA_OTHER };
	if (length_bytes < 4 || bytes[0] != '$')
		return NMEA_MALFORMED;
	sum = check_sum(bytes, length_bytes, &body);
	if (sum == NMEA_BAD_CHECKSUM)
		return sum;
	split((const char *)bytes + 1, body, &fields);
	verdict = decode_fields(&fields, sentence_out);
	return verdict == NMEA_GOOD ? sum : verdict;
}

const char *nmea_sentence_verdict_word(enum nmea_verdict verdict)
{
	static const char *const words[] = {
		[NMEA_GOOD] = "good",
		[NMEA_UNREAD] = "not read",
		[NMEA_NO_CHECKSUM] = "no checksum",
		[NMEA_BAD_CHECKSUM] = "bad checksum",
		[NMEA_MALFORMED] = "malformed",
		[NMEA_BAD_FIELD] = "bad field",
	};

	return words[verdict];
}
