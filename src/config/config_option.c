/* SPDX-License-Identifier: MIT */
#include "config/config_option.h"

#include <assert.h>
#include <errno.h>
#include <float.h>
#include <string.h>
#include <strings.h>

static bool is_limited(const struct config_option *option)
{
	return option->minimum < 0 || option->minimum > 0 || option->maximum < 0 ||
	       option->maximum > 0;
}

static void put_signed(void *member, size_t size, int64_t value)
{
	switch (size) {
	case 1:
		memcpy(member, &(int8_t){ (int8_t)value }, 1);
		break;
	case 2:
		memcpy(member, &(int16_t){ (int16_t)value }, 2);
		break;
	case 4:
		memcpy(member, &(int32_t){ (int32_t)value }, 4);
		break;
	default:
		assert(size == 8);
		memcpy(member, &value, 8);
	}
}

static void put_unsigned(void *member, size_t size, uint64_t value)
{
	put_signed(member, size, (int64_t)value); /* the same bits */
}

static void put_text(void *member, size_t size, const char *string)
{
	const size_t length = strlen(string);

	assert(length < size);
	memset(member, 0, size);
	memcpy(member, string, length);
}

void config_option_reset(const struct config_option *option, void *target)
{
	void *member = (char *)target + option->offset;

	switch (option->type) {
	case CONFIG_FLAG:
		*(bool *)member = option->normal > 0;
		break;
	case CONFIG_SIGNED:
		put_signed(member, option->size, (int64_t)option->normal);
		break;
	case CONFIG_UNSIGNED:
		put_unsigned(member, option->size, (uint64_t)option->normal);
		break;
	case CONFIG_REAL:
		memcpy(member, &option->normal, sizeof option->normal);
		break;
	case CONFIG_TEXT:
		put_text(member, option->size, option->normal_text ? option->normal_text : "");
		break;
	case CONFIG_ADDRESS:
		memset(member, 0, option->size);
		break;
	case CONFIG_SETS: /* starts as zero; several rows share it */
		put_unsigned(member, option->size, 0);
		break;
	case CONFIG_NOT_HERE:
	case CONFIG_NOT_HERE_FLAG:
		break;
	}
}

void config_option_reset_all(const struct config_option *table, void *target)
{
	for (; table && table->name; table++)
		config_option_reset(table, target);
}

/* The least and the most that the row takes: its limits, or those of the member. */
static void limits_of(const struct config_option *option, double *least, double *most)
{
	const int bits = (int)option->size * 8;

	*least = option->type == CONFIG_REAL     ? -DBL_MAX
	         : option->type == CONFIG_SIGNED ? -ldexp(1, bits - 1)
	                                         : 0;
	*most = option->type == CONFIG_REAL     ? DBL_MAX
	        : option->type == CONFIG_SIGNED ? ldexp(1, bits - 1) - 1
	        : option->type == CONFIG_FLAG   ? 1
	                                        : ldexp(1, bits) - 1;
	if (is_limited(option)) {
		*least = fmax(*least, option->minimum);
		*most = fmin(*most, option->maximum);
	}
}

int config_option_put(const struct config_option *option, double value, void *target)
{
	struct config_option row = *option;
	double least, most;

	assert(option->type <= CONFIG_REAL);
	limits_of(option, &least, &most);
	if (!(value >= least && value <= most) ||
	    (option->type != CONFIG_REAL && fabs(value - rint(value)) > 0))
		return -ERANGE;
	row.normal = value;
	config_option_reset(&row, target);
	return 0;
}

bool config_option_has_argument(const struct config_option *option)
{
	return option->type != CONFIG_FLAG && option->type != CONFIG_SETS &&
	       option->type != CONFIG_NOT_HERE_FLAG;
}

static void trim_zeros(struct text *out, size_t start)
{
	while (out->length_bytes > start && out->bytes[out->length_bytes - 1] == '0')
		out->length_bytes--;
	if (out->length_bytes > start && out->bytes[out->length_bytes - 1] == '.')
		out->length_bytes--;
	out->bytes[out->length_bytes] = '\0';
}

void config_option_number(struct text *out, double value)
{
	char digits[48];
	struct text number = text_into(digits, sizeof digits);

	if (isfinite(value) && fabs(value) < 1e15 && fabs(value - rint(value)) <= 0) {
		text_s64(&number, (int64_t)value);
	} else if (fabs(value) >= 1e-4 && fabs(value) < 1e15) {
		text_fixed(&number, value, 9);
		trim_zeros(&number, 0);
	} else {
		char *exponent;

		text_scientific(&number, value, 6);
		exponent = strchr(digits, 'e');
		if (exponent) {
			char tail[8];
			const bool is_negative = exponent[1] == '-';
			const char *significant = exponent + 2 + strspn(exponent + 2, "0");
			struct text end = text_into(tail, sizeof tail);

			text_add(&end, is_negative ? "e-" : "e");
			text_add(&end, significant);
			number.length_bytes = (size_t)(exponent - digits);
			trim_zeros(&number, 0);
			text_add(&number, tail);
		}
	}
	text_add(out, digits);
}

/* A power of two is a bare number to people. */
static void add_unit(struct text *out, const struct config_option *option)
{
	if (option->unit && strncmp(option->unit, "log2", 4) != 0) {
		text_char(out, ' ');
		text_add(out, option->unit);
	}
}

void config_option_range(struct text *out, const struct config_option *option)
{
	if (!is_limited(option))
		return;
	if (isinf(option->maximum)) {
		text_add(out, "at least ");
		config_option_number(out, option->minimum);
	} else {
		text_add(out, "between ");
		config_option_number(out, option->minimum);
		text_add(out, " and ");
		config_option_number(out, option->maximum);
	}
	add_unit(out, option);
}

/* "minpoll", "makestep's limit" */
static void add_subject(struct text *out, const struct config_option *option, bool is_positional,
                        const struct config_cursor *cursor)
{
	if (is_positional && strcmp(cursor->directive, option->name) != 0) {
		text_add(out, cursor->directive);
		text_add(out, "'s ");
	}
	text_add(out, option->name);
}

static struct text fail(const struct config_option *option, bool is_positional,
                        struct config_cursor *cursor, const char *must)
{
	struct text out = config_cursor_fail(cursor);

	add_subject(&out, option, is_positional, cursor);
	text_add(&out, must);
	return out;
}

static void fail_number(const struct config_option *option, bool is_positional,
                        struct config_cursor *cursor, int error)
{
	const bool is_whole = option->type != CONFIG_REAL;
	struct text out = fail(option, is_positional, cursor, " must be");

	if (error != -ERANGE)
		text_add(&out, is_whole ? " a whole number" : " a number");
	if (option->nan_word) {
		text_add(&out, " or ");
		text_add(&out, option->nan_word);
	}
	if (is_limited(option)) {
		text_char(&out, ' ');
		config_option_range(&out, option);
	} else if (error == -ERANGE) {
		text_add(&out, " smaller in size");
	}
	text_add(&out, ", not ");
	if (error == -ERANGE)
		text_add(&out, cursor->word);
	else
		config_cursor_quote(&out, cursor->word);
}

/* Within the row's limits, or brought there with a warning when the row wants that? */
static bool is_within(const struct config_option *option, struct config_cursor *cursor,
                      double *value)
{
	double nearest;
	struct text out;

	if (!is_limited(option) || (*value >= option->minimum && *value <= option->maximum))
		return true;
	if (!option->is_clamped)
		return false;
	nearest = *value < option->minimum ? option->minimum : option->maximum;
	out = config_cursor_warn(cursor);
	text_add(&out, option->name);
	text_char(&out, ' ');
	text_add(&out, cursor->word);
	text_add(&out, " is taken as ");
	config_option_number(&out, nearest);
	text_add(&out, *value < nearest ? ", the least there is" : ", the most there is");
	*value = nearest;
	return true;
}

static int parse_real(const struct config_option *option, struct config_cursor *cursor,
                      void *member)
{
	double value;
	int error;

	if (option->nan_word && strcasecmp(option->nan_word, cursor->word) == 0) {
		memcpy(member, &(double){ NAN }, sizeof value);
		return 0;
	}
	error = text_parse_real(cursor->word, &value);
	if (error < 0)
		return error;
	if (!is_within(option, cursor, &value))
		return -ERANGE;
	memcpy(member, &value, sizeof value);
	return 0;
}

static int parse_signed(const struct config_option *option, struct config_cursor *cursor,
                        void *member)
{
	const int64_t most =
		option->size == 8 ? INT64_MAX : (INT64_C(1) << (8 * option->size - 1)) - 1;
	int64_t value;
	double real;
	const int error = text_parse_s64(cursor->word, -most - 1, most, &value);

	if (error < 0)
		return error;
	real = (double)value;
	if (!is_within(option, cursor, &real))
		return -ERANGE;
	put_signed(member, option->size, option->is_clamped ? (int64_t)real : value);
	return 0;
}

static int parse_unsigned(const struct config_option *option, struct config_cursor *cursor,
                          void *member)
{
	/* the largest of all also stands for too large: see text_parse_u64 */
	const uint64_t most =
		option->size == 8 ? UINT64_MAX - 1 : (UINT64_C(1) << 8 * option->size) - 1;
	const bool is_negative = *cursor->word == '-';
	uint64_t value;
	double real;
	const int error = text_parse_u64(cursor->word + is_negative, most, &value);

	if (error < 0)
		return error;
	if (is_negative && value > 0)
		return -ERANGE;
	real = (double)value;
	if (!is_within(option, cursor, &real))
		return -ERANGE;
	put_unsigned(member, option->size, option->is_clamped ? (uint64_t)real : value);
	return 0;
}

static void parse_choice(const struct config_option *option, bool is_positional,
                         struct config_cursor *cursor, void *member)
{
	struct text out;

	for (size_t i = 0; option->words[i]; i++) {
		if (strcasecmp(option->words[i], cursor->word) == 0) {
			put_unsigned(member, option->size, i);
			return;
		}
	}
	out = fail(option, is_positional, cursor, " must be ");
	for (size_t i = 0; option->words[i]; i++) {
		if (i > 0)
			text_add(&out, option->words[i + 1] ? ", " : " or ");
		text_add(&out, option->words[i]);
	}
	text_add(&out, ", not ");
	config_cursor_quote(&out, cursor->word);
}

static void parse_text(const struct config_option *option, bool is_positional,
                       struct config_cursor *cursor, void *member)
{
	if (strlen(cursor->word) < option->size) {
		put_text(member, option->size, cursor->word);
	} else {
		struct text out = fail(option, is_positional, cursor, " may have at most ");

		text_u64(&out, option->size - 1);
		text_add(&out, " bytes");
	}
}

static void parse_address(const struct config_option *option, bool is_positional,
                          struct config_cursor *cursor, void *member)
{
	struct address address;

	if (address_parse(cursor->word, &address) == 0) {
		memcpy(member, &address, sizeof address);
	} else {
		struct text out = fail(option, is_positional, cursor,
		                       " must be an IPv4 or IPv6 address, not ");

		config_cursor_quote(&out, cursor->word);
	}
}

/* At the option's own word, not at its value. */
static struct text warn_at(struct config_cursor *cursor, unsigned column)
{
	const unsigned here = cursor->column;
	struct text out;

	cursor->column = column;
	out = config_cursor_warn(cursor);
	cursor->column = here;
	return out;
}

static void warn_not_here(const struct config_option *option, struct config_cursor *cursor,
                          unsigned column)
{
	struct text out = warn_at(cursor, column);

	text_add(&out, cursor->directive);
	text_add(&out, " option ");
	text_add(&out, option->name);
	text_add(&out, " is known from chrony but not there yet; it is ignored");
}

static void warn_not_yet(const struct config_option *option, bool is_positional,
                         struct config_cursor *cursor, unsigned column)
{
	struct text out = warn_at(cursor, column);

	text_add(&out, is_positional ? cursor->directive : option->name);
	text_add(&out, " is read, but has no effect yet");
}

static void parse_value(const struct config_option *option, bool is_positional,
                        struct config_cursor *cursor, void *member)
{
	int error = 0;

	if (option->type == CONFIG_TEXT)
		parse_text(option, is_positional, cursor, member);
	else if (option->type == CONFIG_ADDRESS)
		parse_address(option, is_positional, cursor, member);
	else if (option->words)
		parse_choice(option, is_positional, cursor, member);
	else if (option->type == CONFIG_REAL)
		error = parse_real(option, cursor, member);
	else if (option->type == CONFIG_SIGNED)
		error = parse_signed(option, cursor, member);
	else
		error = parse_unsigned(option, cursor, member);
	if (error < 0)
		fail_number(option, is_positional, cursor, error);
}

void config_option_parse(const struct config_option *option, bool is_positional,
                         struct config_cursor *cursor, void *target)
{
	void *member = (char *)target + option->offset;
	const unsigned column = cursor->column; /* of the option's own word */

	if (option->type == CONFIG_FLAG) {
		*(bool *)member = true;
	} else if (option->type == CONFIG_SETS) {
		put_unsigned(member, option->size, option->constant);
	} else if (option->type == CONFIG_NOT_HERE_FLAG) {
		warn_not_here(option, cursor, column);
	} else if (!config_cursor_next(cursor)) {
		struct text out = fail(option, is_positional, cursor, " needs a value");

		if (is_limited(option)) {
			text_char(&out, ' ');
			config_option_range(&out, option);
		}
	} else if (option->type == CONFIG_NOT_HERE) {
		warn_not_here(option, cursor, column);
	} else {
		parse_value(option, is_positional, cursor, member);
	}
	if (option->is_not_yet && !cursor->is_failed)
		warn_not_yet(option, is_positional, cursor, column);
}
