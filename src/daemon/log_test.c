/* SPDX-License-Identifier: MIT */
#include "daemon/log.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "testing/check.h"

struct journal {
	char folder[32];
	struct sockaddr_un address;
	int fd;
	char got[2048];
	size_t got_bytes;
};

static void begin(struct journal *journal)
{
	strcpy(journal->folder, "/tmp/timeball-log-XXXXXX");
	CHECK(mkdtemp(journal->folder) != NULL);
	journal->address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	(void)snprintf(journal->address.sun_path, sizeof journal->address.sun_path, "%s/socket",
	               journal->folder);
	journal->fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	CHECK_EQ(bind(journal->fd, (struct sockaddr *)&journal->address, sizeof journal->address),
	         0);
}

static void end(struct journal *journal)
{
	close(journal->fd);
	unlink(journal->address.sun_path);
	rmdir(journal->folder);
}

static void take(struct journal *journal)
{
	const ssize_t length = recv(journal->fd, journal->got, sizeof journal->got, MSG_DONTWAIT);

	CHECK(length > 0);
	journal->got_bytes = (size_t)length;
}

static bool has(const struct journal *journal, const void *bytes, size_t length)
{
	return memmem(journal->got, journal->got_bytes, bytes, length) != NULL;
}

#define HAS(journal_, text_) has((journal_), (text_), sizeof(text_) - 1)

TEST(log, tells_the_journal_what_a_line_is_about)
{
	struct log log = { .program = "timeballd" }; /* as to syslog */
	struct journal journal;

	begin(&journal);
	CHECK(log_to_journal(&log, journal.address.sun_path));
	log_tell(&log, LOG_SEVERITY_WARNING, "ntp1", "Detected falseticker ntp1");
	take(&journal);
	CHECK(HAS(&journal, "MESSAGE\n\x19\0\0\0\0\0\0\0Detected falseticker ntp1\n"));
	CHECK(HAS(&journal, "\nPRIORITY=4\n"));
	CHECK(HAS(&journal, "\nSYSLOG_FACILITY=3\n"));
	CHECK(HAS(&journal, "SYSLOG_IDENTIFIER\n\x09\0\0\0\0\0\0\0timeballd\n"));
	CHECK(HAS(&journal, "SOURCE\n\x04\0\0\0\0\0\0\0ntp1\n"));
	log_say(&log, LOG_SEVERITY_INFORMATION, "a\nPRIORITY=0 %d", 1);
	take(&journal);
	CHECK(HAS(&journal,
	          "MESSAGE\n\x0e\0\0\0\0\0\0\0a\nPRIORITY=0 1\n")); /* no field of its own */
	CHECK(!HAS(&journal, "SOURCE"));
	log_say(&log, LOG_SEVERITY_DEBUG, "too small");
	CHECK(recv(journal.fd, journal.got, sizeof journal.got, MSG_DONTWAIT) < 0);
	log_close(&log);
	end(&journal);
}

TEST(log, leaves_a_terminal_and_files_alone)
{
	struct log log = { .file = stderr, .program = "timeballd" };
	char stream[64];
	struct journal journal;
	struct stat there;

	begin(&journal);
	(void)unsetenv("JOURNAL_STREAM");
	CHECK(!log_to_journal(&log, journal.address.sun_path));
	(void)setenv("JOURNAL_STREAM", "1:2", 1); /* of a parent's */
	CHECK(!log_to_journal(&log, journal.address.sun_path));
	CHECK_EQ(fstat(STDERR_FILENO, &there), 0);
	(void)snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)there.st_dev,
	               (unsigned long long)there.st_ino);
	(void)setenv("JOURNAL_STREAM", stream, 1);
	CHECK(log_to_journal(&log, journal.address.sun_path));
	(void)unsetenv("JOURNAL_STREAM");
	log_close(&log);
	end(&journal);
}

TEST(log, does_without_a_journal)
{
	struct log log = { .program = "timeballd" };

	CHECK(!log_to_journal(&log, "/nonexistent/socket"));
	CHECK_EQ(log.journal, 0);
}
