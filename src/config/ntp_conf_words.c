/* SPDX-License-Identifier: MIT */
#include "config/ntp_conf_words.h"

#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Copies to `to`, where there is room for all; what is not printable becomes a blank. Bytes above
 * 127 may be UTF-8. */
static void copy_printable(char *to, const char *from, size_t length)
{
	for (size_t i = 0; i < length; i++)
		to[i] = (unsigned char)from[i] < ' ' || from[i] == 0x7f ? ' ' : from[i];
	while (length > 0 && to[length - 1] == ' ')
		length--;
	to[length] = '\0';
}

/* Where the comment begins; a # in quotes begins none. */
static size_t comment_at(const char *line)
{
	bool is_quoted = false;
	size_t at = 0;

	for (; line[at] && (is_quoted || line[at] != '#'); at++)
		is_quoted ^= line[at] == '"';
	return at;
}

/* Ends the word that begins at *at, and leaves *at behind it. */
static const char *take_word(char **at)
{
	const char *word;
	char *end;

	if (**at == '"') {
		word = ++*at;
		end = strchr(word, '"');
	} else {
		word = *at;
		end = *at + strcspn(*at, " \t");
	}
	if (!end || !*end) {
		*at += strlen(*at);
		return word;
	}
	*end = '\0';
	*at = end + 1;
	return word;
}

void ntp_conf_words_split(struct ntp_conf_words *words, const char *line, size_t length_bytes)
{
	const size_t length = length_bytes < NTP_CONF_LINE_MAX ? length_bytes : NTP_CONF_LINE_MAX;
	size_t end;
	char *at = words->bytes;

	copy_printable(words->line, line, length);
	end = comment_at(words->line);
	memcpy(words->comment, words->line + end, strlen(words->line + end) + 1);
	copy_printable(words->line, words->line, end);
	memcpy(words->bytes, words->line, strlen(words->line) + 1);
	words->count = 0;
	while (words->count < NTP_CONF_WORDS_MAX) {
		while (is_blank(*at))
			at++;
		if (!*at)
			break;
		words->words[words->count++] = take_word(&at);
	}
	words->words[words->count] = NULL;
}

size_t ntp_conf_words_find(const struct ntp_conf_words *words, size_t from, const char *word)
{
	while (from < words->count && strcasecmp(words->words[from], word) != 0)
		from++;
	return from < words->count ? from : words->count;
}

const char *ntp_conf_words_value(const struct ntp_conf_words *words, size_t from, const char *word)
{
	const size_t at = ntp_conf_words_find(words, from, word);

	return at < words->count ? words->words[at + 1] : NULL;
}

bool ntp_conf_words_is(const char *word, const char *const *list)
{
	for (; *list; list++) {
		if (strcasecmp(word, *list) == 0)
			return true;
	}
	return false;
}

void ntp_conf_words_refuse(const struct ntp_conf_words *words, const char *why, struct text *out)
{
	text_add(out, "# no equal: ");
	text_add(out, words->line + strspn(words->line, " \t"));
	text_add(out, " (");
	text_add(out, why);
	text_add(out, ")\n");
}

void ntp_conf_words_add(struct text *out, const char *name, const char *value)
{
	text_char(out, ' ');
	text_add(out, name);
	text_char(out, ' ');
	text_add(out, value);
}
