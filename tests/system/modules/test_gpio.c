// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* GPIO lines whose truth is known. Line 0 plays what is written to /dev/test_gpio (edge_player.h),
 * line 1 is always the opposite. For guests of the system tests only. */
#include <linux/gpio/driver.h>

#include "edge_player.h"

#define LINES 2

static bool is_heard[LINES];

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

static void on_level(bool unused)
{
	for (unsigned int i = 0; i < LINES; i++) {
		if (is_heard[i])
			generic_handle_domain_irq(chip.irq.domain, i);
	}
}

static int __init start(void)
{
	int error = edge_player_start("test_gpio");

	if (error)
		return error;
	gpio_irq_chip_set_chip(&chip.irq, &irq_chip);
	chip.irq.handler = handle_simple_irq;
	chip.irq.default_type = IRQ_TYPE_NONE;
	error = gpiochip_add_data(&chip, NULL);
	if (error)
		edge_player_stop();
	return error;
}

static void __exit stop(void)
{
	edge_player_stop();
	gpiochip_remove(&chip);
}

module_init(start);
module_exit(stop);
MODULE_DESCRIPTION("GPIO lines for system tests");
MODULE_LICENSE("Dual MIT/GPL");
