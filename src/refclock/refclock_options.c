/* SPDX-License-Identifier: MIT */
#include "refclock/refclock_options.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "config/config_nearest.h"
#include "source/source_options.h"

#define AT(member_) CONFIG_AT(struct refclock_options, member_)

const struct config_option refclock_options_arguments[] = {
	{ .name = "driver",
	  AT(driver_name),
	  .text = "What kind of clock it is: see Reference clocks." },
	{ .name = "parameter",
	  AT(device.path),
	  .text = "Which one, and with colons in between, options of the driver." },
	{ .name = NULL },
};

const struct config_option refclock_options_table[] = {
	{ .name = "refid",
	  AT(refid),
	  .normal_note = "three letters of the driver and the line's number, from 0",
	  .text = "Up to four characters: the clock's name here, and the reference identifier that "
	          "clients see." },
	{ .name = "lock",
	  AT(lock),
	  .normal_note = "none",
	  .text = "The refid of the clock that says which second a pulse begins. Without it the clock must "
	          "be right to 0.4 s by other sources. Once it is, this clock's doubts are told and not "
	          "followed." },
	{ .name = "poll",
	  AT(poll_log2_s),
	  .unit = "log2 s",
	  .minimum = -6,
	  .maximum = 24,
	  .normal = 4,
	  .text = "A measurement is made of the samples of so long. Raised, noise is averaged for longer; "
	          "lowered, changes are followed sooner." },
	{ .name = "dpoll",
	  AT(dpoll_log2_s),
	  .unit = "log2 s",
	  .minimum = -6,
	  .maximum = 24,
	  .text = "How often the driver looks for a sample. Raised, fewer samples; clocks that report by "
	          "themselves do not need it." },
	{ .name = "filter",
	  AT(filter_count),
	  .unit = "samples",
	  .minimum = 1,
	  .maximum = REFCLOCK_FILTER_MAX,
	  .normal = 64,
	  .text = "So many samples of one poll are kept, the last ones; the best 60 % of them count, and the others that scatter as usual. Lowered, "
	          "less is averaged." },
	{ .name = "pps",
	  AT(is_pulse),
	  .text = "The samples say when a second begins, not which one." },
	{ .name = "rate",
	  AT(rate_hz),
	  .unit = "Hz",
	  .minimum = 1e-3,
	  .maximum = 1000,
	  .normal = 1,
	  .text = "Pulses in a second. Raised, the number-giver must be the better." },
	{ .name = "width",
	  AT(width_s),
	  .unit = "s",
	  .maximum = 1000,
	  .normal_note = "0, which is not known",
	  .text = "Length of a pulse, for devices that report both edges: the wrong ones are refused." },
	{ .name = "maxlockage",
	  AT(maxlockage_pulses),
	  .unit = "pulses",
	  .minimum = 1,
	  .maximum = UINT32_MAX,
	  .normal = 2,
	  .text = "A sample of the number-giver that is older does not count. Raise it for those that speak "
	          "seldom." },
	{ .name = "offset",
	  AT(offset_s),
	  .unit = "s",
	  .nan_word = "auto",
	  .text = "Added to what the clock says: its samples come so much late. auto: learnt by comparison with "
	          "pulses and other sources, remembered, and its uncertainty added to the error bound." },
	{ .name = "delay",
	  AT(delay_s),
	  .unit = "s",
	  .maximum = 1000,
	  .normal = 1e-9,
	  .text = "Half of it is an error that the clock may have on top of its noise. Raised, it counts less "
	          "beside others and the error bound is wider." },
	{ .name = "precision",
	  AT(precision_s),
	  .unit = "s",
	  .maximum = 1,
	  .normal_note = "the driver's, or the clock's",
	  .text = "Samples are taken to be no better than this. Raised, they are believed less." },
	{ .name = "stratum",
	  AT(stratum),
	  .maximum = 15,
	  .text = "The clock's own; who follows it has one more." },
	{ .name = "maxdispersion",
	  AT(maxdispersion_s),
	  .unit = "s",
	  .maximum = 1000,
	  .normal_note = "0, which is off",
	  .text = "Measurements whose samples scatter more are thrown away. Lowered, only calm times count." },
	{ .name = "tai", AT(is_tai), .text = "The clock keeps TAI instead of UTC." },
	{ .name = "local",
	  AT(is_local),
	  .text = "A clock that nobody has set and that is steadier than this machine's: it is not asked what time "
	          "it is and has no vote; the others are averaged for longer with its help, and when they are "
	          "silent the clock follows its rate. One of them at most, polled more often than the others." },
	SOURCE_OPTIONS_WISHES(struct refclock_options),
	{ .name = "noselect",
	  AT(noselect),
	  .text = "Is measured, can number pulses, and never steers the clock." },
	{ .name = "minsamples",
	  AT(minsamples),
	  .maximum = UINT32_MAX,
	  .text = "So many measurements weigh at least: raised, the clock is smoother and follows a change of the "
	          "oscillator later. 0: as many as the oscillator's own wandering makes worth their while." },
	{ .name = "maxsamples",
	  AT(maxsamples),
	  .maximum = UINT32_MAX,
	  .text = "So many measurements weigh at most, and older ones fade away: lowered, changes of the oscillator are "
	          "followed sooner, and noise with them. 0 = as the directive says." },
	{ .name = NULL },
};

/* ---- DRIVER PARAMETER[:OPTION[=VALUE]]... ---- */

static void fail_unknown_driver(struct config_cursor *cursor, const char *name)
{
	struct config_nearest nearest = config_nearest_to(name);
	struct text out = config_cursor_fail(cursor);

	for (size_t i = 0; i < refclock_drivers_count(); i++)
		config_nearest_offer(&nearest, refclock_drivers_at(i)->name);
	text_add(&out, "there is no reference clock of the kind ");
	config_cursor_quote(&out, name);
	if (nearest.best) {
		text_add(&out, "; did you mean '");
		text_add(&out, nearest.best);
		text_char(&out, '\'');
		return;
	}
	text_add(&out, "; there are");
	for (size_t i = 0; i < refclock_drivers_count(); i++) {
		text_add(&out, i == 0 ? " " : ", ");
		text_add(&out, refclock_drivers_at(i)->name);
	}
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Paths such as /dev/serial/by-path/pci-0000:00:14.0 have colons too; an option begins with a
 * letter and is made of what paths seldom do without. */
static bool is_option(const char *piece)
{
	const size_t length = strcspn(piece, ":");

	return is_letter(piece[0]) && strcspn(piece, "/.") >= length;
}

/* Where the options begin, or the string's end. */
static size_t parameter_length(const char *parameter)
{
	size_t at = 0;

	while (parameter[at] != '\0' && !(parameter[at] == ':' && is_option(parameter + at + 1)))
		at++;
	return at;
}

/* The line once more, cut behind the parameter and with blanks for its colons and equals signs, so
 * that words and columns come out right. */
static void open_up(const char *line, char *copy, size_t parameter_at, size_t length)
{
	const char *const end = line + parameter_at + length;

	memcpy(copy, line, (size_t)(end - line));
	copy[end - line] = '\0';
	for (char *at = copy + parameter_at + parameter_length(copy + parameter_at); *at; at++) {
		if (*at == ':' || *at == '=')
			*at = ' ';
	}
}

static void fail_driver_option(struct config_cursor *cursor, const struct refclock_driver *driver)
{
	struct config_nearest nearest = config_nearest_to(cursor->word);
	struct text out = config_cursor_fail(cursor);

	for (const struct config_option *row = driver->options; row && row->name; row++)
		config_nearest_offer(&nearest, row->name);
	text_add(&out, "unknown option ");
	config_cursor_quote(&out, cursor->word);
	text_add(&out, " of refclock ");
	text_add(&out, driver->name);
	if (nearest.best) {
		text_add(&out, "; did you mean '");
		text_add(&out, nearest.best);
		text_char(&out, '\'');
	} else if (!driver->options) {
		text_add(&out, ", which has none");
	}
}

static void parse_driver_options(struct config_cursor *inner, const struct refclock_driver *driver,
                                 struct refclock_device *device)
{
	while (!inner->is_failed && config_cursor_next(inner)) {
		const struct config_option *row = driver->options;

		while (row && row->name && strcasecmp(row->name, inner->word) != 0)
			row++;
		if (!row || !row->name)
			fail_driver_option(inner, driver);
		else
			config_option_parse(row, false, inner, device);
	}
}

static void take_parameter(struct config_cursor *inner, const struct refclock_driver *driver,
                           struct refclock_device *device)
{
	const char *word = config_cursor_next(inner);
	uint64_t unit = 0;

	assert(word);
	memset(device->path, 0, sizeof device->path);
	memcpy(device->path, word, strnlen(word, sizeof device->path - 1));
	if (driver->is_unit && text_parse_u64(word, driver->unit_max, &unit) != 0) {
		struct text out = config_cursor_fail(inner);

		text_add(&out, driver->name);
		text_add(&out, "'s unit must be a whole number between 0 and ");
		text_u64(&out, driver->unit_max);
		text_add(&out, ", not ");
		config_cursor_quote(&out, word);
	}
	device->unit = (uint32_t)unit;
}

/* 0600 was read as six hundred. */
static bool read_as_octal(uint32_t *permissions)
{
	uint32_t octal = 0;

	for (uint32_t rest = *permissions, place = 1; rest > 0; rest /= 10, place *= 8) {
		if (rest % 10 > 7)
			return false;
		octal += rest % 10 * place;
	}
	*permissions = octal;
	return true;
}

void refclock_options_finish(struct config_cursor *cursor, void *refclock_options)
{
	struct refclock_options *options = refclock_options;
	const struct refclock_driver *driver = refclock_drivers_find(options->driver_name);
	char opened[CONFIG_LINE_MAX + 1];
	struct config_line line = *cursor->line;
	struct config_cursor inner;

	config_cursor_init(&inner, cursor->line, cursor->errors);
	inner.directive = cursor->directive;
	config_cursor_next(&inner); /* refclock */
	config_cursor_next(&inner); /* the driver */
	if (!driver) {
		fail_unknown_driver(&inner, options->driver_name);
		cursor->is_failed = true;
		return;
	}
	options->driver = driver;
	config_cursor_next(&inner);
	open_up(line.text, opened, inner.column - 1, strlen(inner.word));
	line.text = opened;
	config_option_reset_all(driver->options, &options->device);
	config_cursor_init(&inner, &line, cursor->errors);
	inner.directive = cursor->directive;
	config_cursor_next(&inner);
	config_cursor_next(&inner);
	take_parameter(&inner, driver, &options->device);
	parse_driver_options(&inner, driver, &options->device);
	if (!inner.is_failed && !read_as_octal(&options->device.permissions)) {
		struct text out = config_cursor_fail(&inner);

		text_add(&out, "perm must be octal, as for chmod");
	}
	cursor->is_failed = inner.is_failed;
}

bool refclock_options_is_auto(const struct refclock_options *options)
{
	return isnan(options->offset_s);
}

bool refclock_options_is_pulse(const struct refclock_options *options)
{
	return options->is_pulse || options->driver->input == REFCLOCK_PULSE ||
	       (options->driver->input == REFCLOCK_PHC && options->device.is_extpps);
}

uint32_t refclock_options_reference_id(const struct refclock_options *options)
{
	uint32_t id = 0;

	for (size_t i = 0; i + 1 < REFCLOCK_REFID_SIZE; i++)
		id = id << 8 | (uint8_t)options->refid[i];
	return id;
}
