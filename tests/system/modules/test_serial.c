// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A serial port, /dev/ttyTEST0, whose truth is known: its data carrier detect plays what is written
 * to /dev/test_serial_pin (edge_player.h), and it receives what is written to /dev/test_serial.
 * What is sent to it is lost. For guests of the system tests only. */
#include <linux/platform_device.h>
#include <linux/serial_core.h>
#include <linux/tty_flip.h>

#include "edge_player.h"

static struct uart_port port;

/* ---- the port ---- */

static unsigned int tx_empty(struct uart_port *unused)
{
	return TIOCSER_TEMT;
}

static unsigned int get_mctrl(struct uart_port *unused)
{
	return TIOCM_CTS | TIOCM_DSR | (is_high ? TIOCM_CAR : 0);
}

static void set_mctrl(struct uart_port *unused, unsigned int lines)
{
}

static void nothing(struct uart_port *unused)
{
}

static void start_tx(struct uart_port *uart)
{
	uart->state->xmit.tail = uart->state->xmit.head;
	uart_write_wakeup(uart);
}

static int startup(struct uart_port *unused)
{
	return 0;
}

static void set_termios(struct uart_port *uart, struct ktermios *termios,
                        const struct ktermios *old)
{
	uart_update_timeout(uart, termios->c_cflag,
	                    uart_get_baud_rate(uart, termios, old, 0, 4000000));
}

static const char *type(struct uart_port *unused)
{
	return "test";
}

static const struct uart_ops uart_ops = {
	.tx_empty = tx_empty,
	.set_mctrl = set_mctrl,
	.get_mctrl = get_mctrl,
	.stop_tx = nothing,
	.start_tx = start_tx,
	.stop_rx = nothing,
	.enable_ms = nothing,
	.startup = startup,
	.shutdown = nothing,
	.set_termios = set_termios,
	.type = type,
	.release_port = nothing,
};

static struct uart_driver driver = {
	.owner = THIS_MODULE,
	.driver_name = "test_serial",
	.dev_name = "ttyTEST",
	.major = 204, /* of serial ports that are soldered in; minors there are free for us */
	.minor = 250,
	.nr = 1,
};

static void on_level(bool level)
{
	spin_lock(&port.lock);
	uart_handle_dcd_change(&port, level);
	wake_up_interruptible(&port.state->port.delta_msr_wait);
	spin_unlock(&port.lock);
}

/* ---- its bytes ---- */

static ssize_t receive(struct file *unused, const char __user *text, size_t length, loff_t *at)
{
	for (size_t i = 0; i < length; i++) {
		char c;
		int error = get_user(c, text + i);

		if (error)
			return error;
		port.icount.rx++;
		tty_insert_flip_char(&port.state->port, c, TTY_NORMAL);
	}
	tty_flip_buffer_push(&port.state->port);
	return length;
}

static const struct file_operations bytes_operations = {
	.owner = THIS_MODULE,
	.write = receive,
};

static struct miscdevice bytes = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "test_serial",
	.fops = &bytes_operations,
};

/* ---- all of it ---- */

static struct platform_device *platform;

static int add_port(void)
{
	int error = uart_register_driver(&driver);

	if (error)
		return error;
	platform = platform_device_register_simple("test_serial", -1, NULL, 0);
	port = (struct uart_port){
		.dev = &platform->dev,
		.ops = &uart_ops,
		.type = PORT_16550,
		.iotype = UPIO_MEM,
		.mapbase = 1,
		.uartclk = 64000000,
		.fifosize = 16,
	};
	error = uart_add_one_port(&driver, &port);
	if (error) {
		platform_device_unregister(platform);
		uart_unregister_driver(&driver);
	}
	return error;
}

static void remove_port(void)
{
	uart_remove_one_port(&driver, &port);
	platform_device_unregister(platform);
	uart_unregister_driver(&driver);
}

static int __init start(void)
{
	int error = add_port();

	if (error)
		return error;
	error = edge_player_start("test_serial_pin");
	if (!error) {
		error = misc_register(&bytes);
		if (error)
			edge_player_stop();
	}
	if (error)
		remove_port();
	return error;
}

static void __exit stop(void)
{
	misc_deregister(&bytes);
	edge_player_stop();
	remove_port();
}

module_init(start);
module_exit(stop);
MODULE_DESCRIPTION("Serial port for system tests");
MODULE_LICENSE("Dual MIT/GPL");
