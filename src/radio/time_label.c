/* SPDX-License-Identifier: MIT */
#include "radio/time_label.h"

#define MINUTES_A_DAY 1440

int64_t time_label_age(const struct time_search *search, unsigned index)
{
	return search->minutes[search->count - 1].number - search->minutes[index].number;
}

int time_label_before(int minute_of_day, enum summer_change change, int64_t age)
{
	const int label = minute_of_day - (int)age;

	if (change == SUMMER_STEADY || age <= minute_of_day % 60)
		return label;
	return change == SUMMER_BEGAN ? label - 60 : label + 60;
}

int time_label_modulo_day(int minute_of_day)
{
	return (minute_of_day + MINUTES_A_DAY) % MINUTES_A_DAY;
}
