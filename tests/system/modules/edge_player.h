/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Plays edges by the true time: what is written to a device of ours as the lines of an edge file,
 * "SECONDS.NANOSECONDS 0|1" (see src/wire/edge_line.h). Each edge comes when CLOCK_MONOTONIC_RAW
 * plus epoch_ns is that time, whatever is done to the system's clock; those that are over are
 * skipped. They are played once the device is closed. For one module each: it defines on_level().
 */
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define EARLY_NS  20000 /* the timer's; the rest is waited for, so that no edge is late */
#define EDGES_MAX 65536
#define LINE_SIZE 128

static unsigned long epoch_ns;
module_param(epoch_ns, ulong, 0444);
static int mute; /* the line stays as it is, as when the antenna is off */
module_param(mute, int, 0644);

static void on_level(bool is_high); /* called in interrupt context */

static struct edge {
	u64 at_ns;
	bool is_high;
} * edges;
static size_t edges_count, edges_next;
static char line[LINE_SIZE];
static size_t line_length;
static struct hrtimer timer;
static bool is_high; /* the level of the moment */

static u64 true_now_ns(void)
{
	return ktime_get_raw_ns() + epoch_ns;
}

/* Aimed anew for each edge: CLOCK_MONOTONIC is slewed, the edges are not. */
static void aim(void)
{
	const s64 rest_ns = (s64)(edges[edges_next].at_ns - true_now_ns());

	hrtimer_set_expires(&timer, ktime_add_ns(ktime_get(), rest_ns - EARLY_NS));
}

static enum hrtimer_restart on_edge(struct hrtimer *unused)
{
	const struct edge *edge = &edges[edges_next++];

	while (true_now_ns() < edge->at_ns)
		cpu_relax();
	if (edge->is_high != is_high && !mute) {
		is_high = edge->is_high;
		on_level(is_high);
	}
	if (edges_next == edges_count)
		return HRTIMER_NORESTART;
	aim();
	return HRTIMER_RESTART;
}

static int take_line(void)
{
	unsigned long long seconds, nanoseconds;
	unsigned int level;

	line[line_length] = '\0';
	line_length = 0;
	if (line[0] == '#')
		return 0;
	if (sscanf(line, "%llu.%9llu %u", &seconds, &nanoseconds, &level) != 3)
		return -EINVAL;
	if (edges_count == EDGES_MAX)
		return -ENOSPC;
	edges[edges_count] = (struct edge){ seconds * NSEC_PER_SEC + nanoseconds, level != 0 };
	if (edges[edges_count].at_ns > true_now_ns() + NSEC_PER_MSEC)
		edges_count++;
	return 0;
}

static ssize_t take(struct file *unused, const char __user *text, size_t length, loff_t *at)
{
	for (size_t i = 0; i < length; i++) {
		char c;
		int error = get_user(c, text + i);

		if (!error && c == '\n')
			error = take_line();
		else if (!error && line_length < LINE_SIZE - 1)
			line[line_length++] = c;
		if (error)
			return error;
	}
	return length;
}

static int play(struct inode *unused, struct file *file)
{
	if (edges_next < edges_count && !hrtimer_active(&timer)) {
		aim();
		hrtimer_start_expires(&timer, HRTIMER_MODE_ABS_HARD);
	}
	return 0;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.write = take,
	.release = play,
};

static struct miscdevice player = {
	.minor = MISC_DYNAMIC_MINOR,
	.fops = &operations,
};

/* name: of the device under /dev */
static int edge_player_start(const char *name)
{
	int error;

	edges = vmalloc(EDGES_MAX * sizeof *edges);
	if (!edges)
		return -ENOMEM;
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);
	timer.function = on_edge;
	player.name = name;
	error = misc_register(&player);
	if (error)
		vfree(edges);
	return error;
}

static void edge_player_stop(void)
{
	hrtimer_cancel(&timer);
	misc_deregister(&player);
	vfree(edges);
}
