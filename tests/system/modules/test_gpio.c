// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* GPIO lines whose truth is known. Line 0 plays the edges that are written to /dev/test_gpio as the
 * lines of an edge file, "SECONDS.NANOSECONDS 0|1" (see src/wire/edge_line.h), each when
 * CLOCK_MONOTONIC_RAW plus epoch_ns is that time, whatever is done to the system's clock; those that
 * are over already are skipped. Line 1 is always the opposite. For guests of the system tests only. */
#include <linux/fs.h>
#include <linux/gpio/driver.h>
#include <linux/hrtimer.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define EDGES_MAX 65536
#define LINE_SIZE 128
#define LINES     2

static unsigned long epoch_ns;
module_param(epoch_ns, ulong, 0444);
static int mute; /* the line stays as it is, as when the antenna is off */
module_param(mute, int, 0644);

static struct edge {
	u64 at_ns;
	bool is_high;
} *edges;
static size_t edges_count, edges_next;
static char line[LINE_SIZE];
static size_t line_length;
static struct hrtimer timer;
static bool is_high, is_heard[LINES];

/* ---- the chip ---- */

static int get(struct gpio_chip *chip, unsigned int offset)
{
	return is_high != (offset == 1);
}

static int get_direction(struct gpio_chip *chip, unsigned int offset)
{
	return GPIO_LINE_DIRECTION_IN;
}

static int direction_input(struct gpio_chip *chip, unsigned int offset)
{
	return 0;
}

static void mask(struct irq_data *irq)
{
	is_heard[irqd_to_hwirq(irq)] = false;
	gpiochip_disable_irq(irq_data_get_irq_chip_data(irq), irqd_to_hwirq(irq));
}

static void unmask(struct irq_data *irq)
{
	gpiochip_enable_irq(irq_data_get_irq_chip_data(irq), irqd_to_hwirq(irq));
	is_heard[irqd_to_hwirq(irq)] = true;
}

static int set_type(struct irq_data *irq, unsigned int type)
{
	return (type & IRQ_TYPE_SENSE_MASK & ~IRQ_TYPE_EDGE_BOTH) ? -EINVAL : 0;
}

static const struct irq_chip irq_chip = {
	.name = "test_gpio",
	.irq_mask = mask,
	.irq_unmask = unmask,
	.irq_set_type = set_type,
	.flags = IRQCHIP_IMMUTABLE,
	GPIOCHIP_IRQ_RESOURCE_HELPERS,
};

static struct gpio_chip chip = {
	.label = "test_gpio",
	.owner = THIS_MODULE,
	.base = -1,
	.ngpio = LINES,
	.get = get,
	.get_direction = get_direction,
	.direction_input = direction_input,
};

/* ---- playing ---- */

static u64 true_now_ns(void)
{
	return ktime_get_raw_ns() + epoch_ns;
}

/* Aimed anew for each edge: CLOCK_MONOTONIC is slewed, the edges are not. */
static void aim(void)
{
	hrtimer_set_expires(&timer,
	                    ktime_add_ns(ktime_get(), edges[edges_next].at_ns - true_now_ns()));
}

static enum hrtimer_restart on_edge(struct hrtimer *unused)
{
	const struct edge *edge = &edges[edges_next++];

	if (edge->is_high != is_high && !mute) {
		is_high = edge->is_high;
		for (unsigned int i = 0; i < LINES; i++) {
			if (is_heard[i])
				generic_handle_domain_irq(chip.irq.domain, i);
		}
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

/* Played once all are there. */
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

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "test_gpio",
	.fops = &operations,
};

static int __init start(void)
{
	int error;

	edges = vmalloc(EDGES_MAX * sizeof *edges);
	if (!edges)
		return -ENOMEM;
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);
	timer.function = on_edge;
	gpio_irq_chip_set_chip(&chip.irq, &irq_chip);
	chip.irq.handler = handle_simple_irq;
	chip.irq.default_type = IRQ_TYPE_NONE;
	error = gpiochip_add_data(&chip, NULL);
	if (!error) {
		error = misc_register(&device);
		if (error)
			gpiochip_remove(&chip);
	}
	if (error)
		vfree(edges);
	return error;
}

static void __exit stop(void)
{
	hrtimer_cancel(&timer);
	misc_deregister(&device);
	gpiochip_remove(&chip);
	vfree(edges);
}

module_init(start);
module_exit(stop);
MODULE_DESCRIPTION("GPIO lines for system tests");
MODULE_LICENSE("Dual MIT/GPL");
