/* sim/scenario_reader: what the parts of the scenario parser share. SPDX-License-Identifier: MIT */
#pragma once

#include "sim/scenario.h"

struct scenario_reader {
	struct scenario *scenario;
	const char *name;
	unsigned line;
	struct text *errors;
	unsigned errors_count, errors_before_count; /* all; those before this line */
	bool is_in_node;                            /* indented lines are its configuration */
};

/* Counts and, while there is room, tells an error: "name:line: before word after". Returns -EINVAL.
 * `word` may be NULL. */
int scenario_reader_error(struct scenario_reader *in, const char *before, const char *word,
                          const char *after);
/* The next word as a value, or an error that says what is needed. */
NODISCARD int scenario_reader_value(struct scenario_reader *in, struct words *words,
                                    const char *what, enum unit unit, double *value_out);
NODISCARD int scenario_reader_duration(struct scenario_reader *in, struct words *words,
                                       const char *what, int64_t *duration_ns_out);
NODISCARD int scenario_reader_node(struct scenario_reader *in, struct words *words,
                                   uint32_t *node_out);
NODISCARD int scenario_reader_settings(struct scenario_reader *in, struct words *words,
                                       const struct setting_kind *kinds, size_t kinds_count,
                                       struct settings *settings_out);

extern const struct setting_kind scenario_link_settings[];
extern const size_t scenario_link_settings_count;
NODISCARD int scenario_ideal_settings(struct scenario_reader *in, struct words *words,
                                      struct settings *settings_out);

/* Lines that begin so; the word itself is taken already. */
void scenario_event_parse(struct scenario_reader *in, struct words *words);  /* at */
void scenario_expect_parse(struct scenario_reader *in, struct words *words); /* expect */
NODISCARD int scenario_link_parse(struct scenario_reader *in, struct words *words,
                                  struct script_event *link_out);
/* The settings of the link to the paths a -> b and, if both ways are meant, b -> a. */
void scenario_link_apply(const struct script_event *link, struct path_options *forth,
                         struct path_options *back);

/* The node's lines of chrony.conf; allocates its config. 0 (also after errors in it) or -ENOMEM. */
NODISCARD int scenario_config_parse(struct scenario_reader *in, const char *text,
                                    struct scenario_node *node);
void scenario_device_parse(struct scenario_reader *in, struct words *words); /* device */
NODISCARD int scenario_device_event(struct scenario_reader *in, struct words *words,
                                    struct script_event *event);

/* What can only be judged once all is known. */
void scenario_device_check(struct scenario_reader *in);
void scenario_expect_check(struct scenario_reader *in);
