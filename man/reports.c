/* SPDX-License-Identifier: MIT
 * Prints the manual's part that is made of the reports' own tables. Built and run with the manual
 * only.
 */
#include <stdio.h>

#include "report/report.h"

/* scdoc takes _ and * for markup, inside of words as well. */
static void print_plain(const char *text)
{
	for (; *text; text++) {
		if (*text == '_' || *text == '*' || *text == '\\')
			(void)putchar('\\');
		(void)putchar(*text);
	}
}

int main(void)
{
	puts("# REPORTS\n\nWith their fields, as JSON and CSV name them; the end of a name is its unit.\n");
	for (size_t i = 0; i < reports_count(); i++) {
		const struct report *report = reports_at(i);

		printf("*%s*\n\t", report->name);
		print_plain(report->summary);
		printf(".\n");
		for (size_t j = 0; j < report->field_count; j++) {
			printf("\n\t_");
			print_plain(report->fields[j].name);
			printf("_: ");
			print_plain(report->fields[j].text);
			puts("");
		}
		puts("");
	}
	return 0;
}
