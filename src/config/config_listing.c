/* SPDX-License-Identifier: MIT */
#include "config/config_listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void config_listing_init(struct config_listing *listing)
{
	*listing = (struct config_listing){ 0 };
}

void config_listing_free(struct config_listing *listing)
{
	for (size_t i = 0; i < listing->count; i++)
		free((char *)listing->rows[i].value);
	free(listing->rows);
	config_listing_init(listing);
}

static int grow(struct config_listing *listing)
{
	const size_t capacity = listing->capacity ? 2 * listing->capacity : 32;
	struct config_listing_row *rows = calloc(capacity, sizeof *rows);

	if (!rows)
		return -ENOMEM;
	if (listing->count > 0)
		memcpy(rows, listing->rows, listing->count * sizeof *rows);
	free(listing->rows);
	listing->rows = rows;
	listing->capacity = capacity;
	return 0;
}

int config_listing_add(struct config_listing *listing, const struct config_listing_row *row)
{
	const size_t size = strlen(row->value) + 1;
	char *value;

	if (listing->count == listing->capacity && grow(listing) < 0)
		return -ENOMEM;
	value = malloc(size);
	if (!value)
		return -ENOMEM;
	memcpy(value, row->value, size);
	listing->rows[listing->count] = *row;
	listing->rows[listing->count++].value = value;
	return 0;
}

int config_listing_copy(const struct config_listing *from, struct config_listing *listing)
{
	int error = 0;

	for (size_t i = 0; i < from->count && error == 0; i++) {
		struct config_listing_row row = from->rows[i];

		row.file = "";
		error = config_listing_add(listing, &row);
	}
	return error;
}

void config_listing_override(struct config_listing *listing, const char *directive)
{
	for (size_t i = 0; i < listing->count; i++) {
		struct config_listing_row *row = &listing->rows[i];

		if (row->use == CONFIG_IN_USE && strcmp(row->directive, directive) == 0)
			row->use = CONFIG_OVERRIDDEN;
	}
}
