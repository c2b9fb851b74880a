/* cli/import_command: another program's configuration as ours. SPDX-License-Identifier: MIT
 *
 * The result is a configuration that timeballd takes: a line that it would refuse is a comment with
 * the reason. */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/options.h"
#include "config/ntp_conf.h"
#include "daemon/daemon_config.h"

#define FILE_MAX  (1 << 20)
#define DEPTH_MAX 5 /* of files that include each other */

struct import {
	struct ntp_conf conf;
	struct config_errors errors; /* of one line */
	bool is_noting;              /* the first pass */
	const char *folder;          /* that relative paths begin at; owned */
	unsigned depth;
	unsigned lines_count, refused_count, failures_count;
};

/* The whole stream, terminated; the caller frees it. NULL: said why. */
static char *read_all(FILE *file, const char *name, size_t *length_out)
{
	char *bytes = malloc(FILE_MAX + 1);

	*length_out = bytes ? fread(bytes, 1, FILE_MAX + 1, file) : 0;
	if (bytes && !ferror(file) && *length_out <= FILE_MAX) {
		bytes[*length_out] = '\0';
		return bytes;
	}
	fprintf(stderr, "timeball: %s: %s\n", name,
	        *length_out > FILE_MAX ? "larger than 1 MiB: this is no ntp.conf"
	                               : strerror(errno));
	free(bytes);
	return NULL;
}

static void print_reasons(const struct config_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++) {
		if (!errors->items[i].is_warning)
			printf("#   %s\n", errors->items[i].text);
	}
}

/* Would timeballd take this line? */
static void print_line(struct import *import, const char *line)
{
	struct daemon_config *config = NULL;

	if (*line == '#' || *line == '\0') {
		import->refused_count += strncmp(line, "# no equal", 10) == 0;
		puts(line);
		return;
	}
	config_errors_init(&import->errors);
	if (daemon_config_load(NULL, &line, 1, &config, &import->errors) == 0) {
		import->lines_count++;
		puts(line);
		daemon_config_destroy(config);
		return;
	}
	import->refused_count++;
	printf("# not taken: %s\n", line);
	print_reasons(&import->errors);
}

static void print_lines(struct import *import, char *text)
{
	for (char *end; *text; text = end + 1) {
		end = strchr(text, '\n');
		*end = '\0';
		print_line(import, text);
	}
}

static void import_file(struct import *import, const char *path);

static void import_included(struct import *import, const char *path)
{
	char pattern[2 * NTP_CONF_LINE_MAX];
	struct stat status;
	glob_t found = { 0 };

	(void)snprintf(pattern, sizeof pattern, "%s%s", *path == '/' ? "" : import->folder, path);
	if (stat(pattern, &status) == 0 && S_ISDIR(status.st_mode))
		strcat(pattern, "/*.conf");
	if (import->depth == DEPTH_MAX) {
		if (!import->is_noting)
			printf("# not taken: includefile %s (includes are nested too deep)\n",
			       path);
		return;
	}
	if (!import->is_noting)
		printf("# from %s\n", path);
	(void)glob(pattern, GLOB_NOMAGIC, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++)
		import_file(import, found.gl_pathv[i]);
	globfree(&found);
}

static void import_line(struct import *import, const char *line, size_t length)
{
	static char made[NTP_CONF_OUT_MAX];
	char path[NTP_CONF_LINE_MAX + 1];
	struct text out = text_into(made, sizeof made);

	if (ntp_conf_include(line, length, path)) {
		import_included(import, path);
	} else if (import->is_noting) {
		ntp_conf_note(&import->conf, line, length);
	} else {
		ntp_conf_convert(&import->conf, line, length, &out);
		print_lines(import, made);
	}
}

static void import_text(struct import *import, const char *text, size_t length)
{
	for (const char *line = text, *end = text + length; line < end;) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		const size_t size = (size_t)((stop ? stop : end) - line);

		import_line(import, line, size);
		line += size + 1;
	}
}

static void import_file(struct import *import, const char *path)
{
	FILE *file = fopen(path, "re");
	size_t length;
	char *text;

	if (!file) {
		if (import->is_noting) {
			fprintf(stderr, "timeball: %s: %s\n", path, strerror(errno));
			import->failures_count++;
		}
		return;
	}
	text = read_all(file, path, &length);
	fclose(file);
	import->depth++;
	if (text)
		import_text(import, text, length);
	else
		import->failures_count++;
	import->depth--;
	free(text);
}

static int import_all(struct import *import, const char *text, size_t length)
{
	char made[NTP_CONF_OUT_MAX];
	struct text out = text_into(made, sizeof made);

	ntp_conf_init(&import->conf);
	import->is_noting = true;
	import_text(import, text, length);
	import->is_noting = false;
	import_text(import, text, length);
	ntp_conf_end(&import->conf, &out);
	print_lines(import, made);
	fprintf(stderr, "%u lines; %u have no equal, the reason stands beside each\n",
	        import->lines_count, import->refused_count);
	return import->failures_count > 0 ? COMMAND_NO : COMMAND_OK;
}

/* With its slash; "" = the present one. */
static char *folder_of(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? strndup(path, (size_t)(slash - path) + 1) : strdup("");
}

static int run(int argc, char **argv)
{
	const char *path = argc == 2 && strcmp(argv[1], "-") != 0 ? argv[1] : NULL;
	struct import *import;
	FILE *file = stdin;
	int outcome = COMMAND_NO;
	size_t length;
	char *text, *folder;

	if (argc > 2 || (path && path[0] == '-')) {
		fputs("usage: timeball import [NTP.CONF]   (or from standard input)\n", stderr);
		return COMMAND_USAGE;
	}
	if (path && !(file = fopen(path, "re"))) {
		fprintf(stderr, "timeball: %s: %s\n", path, strerror(errno));
		return COMMAND_NO;
	}
	text = read_all(file, path ? path : "standard input", &length);
	if (path)
		fclose(file);
	import = calloc(1, sizeof *import);
	folder = folder_of(path);
	if (text && import && folder) {
		import->folder = folder;
		outcome = import_all(import, text, length);
	}
	free(folder);
	free(import);
	free(text);
	return outcome;
}

const struct command command_import = {
	.name = "import",
	.arguments = "[NTP.CONF]",
	.summary = "an ntp.conf of ntpd or ntpsec as a configuration of ours",
	.run = run,
};
