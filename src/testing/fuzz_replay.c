/* testing/fuzz_replay: runs a fuzz target over its stored corpus, so that every test run does.
 * SPDX-License-Identifier: MIT
 *
 * usage: TARGET DIRECTORY|FILE… — and the empty input, always. TAP on standard output. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static int number;

static void replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = malloc(1 << 20);
	const size_t length = file && bytes ? fread(bytes, 1, 1 << 20, file) : 0;
	uint8_t *exact = malloc(length ? length : 1); /* so that ASan sees a read past the end */

	if (exact && length > 0)
		memcpy(exact, bytes, length);
	if (file && exact) {
		LLVMFuzzerTestOneInput(exact, length);
		printf("ok %d - %s\n", ++number,
		       strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
	} else {
		printf("not ok %d - cannot read %s\n", ++number, path);
	}
	if (file)
		fclose(file);
	free(bytes);
	free(exact);
}

int main(int argc, char **argv)
{
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	printf("ok %d - empty\n", ++number);
	for (int i = 1; i < argc; i++) {
		struct dirent **names = NULL;
		const int found = scandir(argv[i], &names, NULL, alphasort);

		if (found < 0) {
			replay(argv[i]);
			continue;
		}
		for (int j = 0; j < found; j++) {
			char path[4096];

			snprintf(path, sizeof path, "%s/%s", argv[i], names[j]->d_name);
			if (names[j]->d_name[0] != '.')
				replay(path);
			free(names[j]);
		}
		free(names);
	}
	printf("1..%d\n", number);
	return 0;
}
