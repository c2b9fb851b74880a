/* daemon/daemon_lines: the lines of a configuration, with the files that it includes put in place.
 * SPDX-License-Identifier: MIT
 *
 * Knows include, confdir and sourcedir and no other directive. Reads files; opens nothing for
 * writing. chrony.conf(5): a glob pattern for include, up to 10 directories, sorted by name, a name
 * in an earlier directory hides the same name in later ones. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "config/config_errors.h"
#include "config/config_line.h"

#define DAEMON_LINES_DEPTH_MAX 10        /* files that include each other, the main one counted */
#define DAEMON_LINES_FILE_MAX  (1 << 20) /* bytes in a file */
#define DAEMON_LINES_MAX       65536     /* lines in all */
#define DAEMON_DIRECTORIES_MAX 10        /* of one confdir or sourcedir line */
#define DAEMON_DHCP_FILES_MAX  64
#define DAEMON_LEASES_DEFAULT  "/run/systemd/netif/leases"

struct daemon_lines {
	struct config_line *lines; /* owned, as are the texts and names they borrow */
	size_t count, capacity;
	void **blocks; /* owned memory */
	size_t blocks_count, blocks_capacity;
	unsigned depth; /* files that are being read now */
	bool is_full;   /* DAEMON_LINES_MAX reached, and said so */
	/* Names of files, as lines borrow them, that the network's DHCP server had written. */
	const char *dhcp_files[DAEMON_DHCP_FILES_MAX];
	size_t dhcp_files_count;
};

struct daemon_lines *daemon_lines_create(void);        /* NULL: no memory */
void daemon_lines_destroy(struct daemon_lines *lines); /* NULL is fine */

/* Each appends what it reads; mistakes go to `errors`. 0 or -ENOMEM. */
NODISCARD int daemon_lines_add_file(struct daemon_lines *lines, const char *path,
                                    struct config_errors *errors);
NODISCARD int daemon_lines_add_words(struct daemon_lines *lines, const char *const *words,
                                     size_t count, struct config_errors *errors);
/* Last: what the sourcedir and dhcpleases lines among them name. Directories below /run hold what
 * the network said, not what the operator wrote. */
NODISCARD int daemon_lines_add_sources(struct daemon_lines *lines, struct config_errors *errors);

bool daemon_lines_is_dhcp(const struct daemon_lines *lines, const char *file);
/* The directory of the last dhcpleases line; NULL = there is none. */
const char *daemon_lines_leases(const struct daemon_lines *lines, char path_out[1024]);

/* Reads a whole file into memory that `lines` owns, terminated. 0, -ENOMEM or another negative
 * errno; -EFBIG: larger than DAEMON_LINES_FILE_MAX. */
NODISCARD int daemon_lines_read(struct daemon_lines *lines, const char *path, char **bytes_out,
                                size_t *length_out);
