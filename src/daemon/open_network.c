/* SPDX-License-Identifier: MIT */
#include "daemon/open_network.h"

#include <errno.h>
#include <string.h>

static void say_cannot_listen(const struct daemon *daemon, const struct address *address, int error)
{
	char text[ADDRESS_TEXT_SIZE];
	const bool is_any = address->family == ADDRESS_NONE;
	const unsigned port = daemon->config->port;
	const char *at = is_any ? "" : address_format(address, text);

	if (error == -EADDRINUSE)
		log_say(daemon->log, LOG_SEVERITY_FATAL,
		        "cannot listen on UDP port %u%s%s: already in use; another time service runs "
		        "(chronyd, ntpd, systemd-timesyncd?): stop it, or set 'port 0'",
		        port, is_any ? "" : " of ", at);
	else if (error == -EACCES)
		log_say(daemon->log, LOG_SEVERITY_FATAL,
		        "cannot listen on UDP port %u%s%s: not permitted; start as root (or with "
		        "CAP_NET_BIND_SERVICE), or set 'port 0'",
		        port, is_any ? "" : " of ", at);
	else
		log_say(daemon->log, LOG_SEVERITY_FATAL, "cannot listen on UDP port %u%s%s: %s",
		        port, is_any ? "" : " of ", at, strerror(-error));
}

static const char *hardware_reason(int error)
{
	switch (-error) {
	case ENODEV:
		return "there is no such interface, or its clock is not there";
	case EOPNOTSUPP:
		return "it has no such time stamps; see ethtool -T";
	case EPERM:
	case EACCES:
		return "not permitted; start as root (or with CAP_NET_ADMIN)";
	default:
		return strerror(-error);
	}
}

int open_network_hardware(struct daemon *daemon)
{
	const struct daemon_config *config = daemon->config;
	struct hw_clocks *clocks = &daemon->hw_clocks;

	for (size_t i = 0; i < config->hwtimestamps_count; i++) {
		const struct hw_options *options = &config->hwtimestamps[i];
		const size_t count = clocks->count;
		const int error = hw_clocks_open(clocks, options);

		if (error != 0) {
			log_say(daemon->log, LOG_SEVERITY_FATAL,
			        "Could not enable HW timestamping on %s: %s", options->name,
			        hardware_reason(error));
			return error;
		}
		for (size_t j = count; j < clocks->count; j++)
			log_say(daemon->log, LOG_SEVERITY_INFORMATION,
			        "Enabled HW timestamping on %s", clocks->clocks[j].interface.name);
	}
	daemon->sockets.options.is_hardware_stamped = clocks->count > 0;
	return 0;
}

static bool is_family_wanted(const struct daemon *daemon, enum address_family family)
{
	return daemon->line->family == ADDRESS_NONE || daemon->line->family == family;
}

/* A machine, or a simulator, that lacks one of the families is none the worse; that somebody has
 * the port is said whichever it is. */
static int serve_any(struct daemon *daemon)
{
	static const enum address_family families[] = { ADDRESS_IPV4, ADDRESS_IPV6 };
	static const struct address any = { .family = ADDRESS_NONE };
	bool is_serving = false;
	int failure = 0;

	for (size_t i = 0; i < ARRAY_COUNT(families) && failure != -EADDRINUSE; i++) {
		int error;

		if (!is_family_wanted(daemon, families[i]))
			continue;
		error = ntp_sockets_serve(&daemon->sockets, families[i], &any,
		                          daemon->config->port);
		if (error == 0)
			is_serving = true;
		else if (failure == 0 || error == -EADDRINUSE)
			failure = error;
	}
	if (is_serving && failure != -EADDRINUSE)
		return 0;
	say_cannot_listen(daemon, &any, failure);
	return failure;
}

static const struct address loopbacks[] = {
	{ .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 } },
	{ .family = ADDRESS_IPV6, .bytes = { [15] = 1 } },
};

void open_network_ntpq(struct daemon *daemon)
{
	const struct daemon_config *config = daemon->config;

	for (size_t i = 0; config->ntpqallow && config->port != 0 && i < ARRAY_COUNT(loopbacks);
	     i++) {
		const struct address *address = &loopbacks[i];
		int error;

		if (!is_family_wanted(daemon, address->family) ||
		    ntp_sockets_is_serving(&daemon->sockets, address))
			continue;
		error = ntp_sockets_serve(&daemon->sockets, address->family, address, config->port);
		if (error != 0 && address->family == ADDRESS_IPV4)
			log_say(daemon->log, LOG_SEVERITY_WARNING,
			        "ntpq cannot be answered on UDP port %u: %s (ntpqallow)",
			        config->port, strerror(-error));
	}
}

static int serve(struct daemon *daemon)
{
	const struct daemon_config *config = daemon->config;

	if (config->bindaddresses_count == 0)
		return serve_any(daemon);
	for (size_t i = 0; i < config->bindaddresses_count; i++) {
		const struct address *address = &config->bindaddresses[i];
		int error;

		if (!is_family_wanted(daemon, address->family))
			continue;
		error = ntp_sockets_serve(&daemon->sockets, address->family, address, config->port);
		if (error != 0) {
			say_cannot_listen(daemon, address, error);
			return error;
		}
	}
	return 0;
}

int open_network_serve(struct daemon *daemon, bool is_wanted)
{
	int error;

	if (daemon->config->port == 0 || !is_wanted || daemon->is_serving)
		return 0;
	ntp_sockets_close(&daemon->sockets, ASSOCIATION_SERVER); /* ntpq's, in the way of others */
	error = serve(daemon);
	daemon->is_serving = error == 0;
	if (error != 0)
		ntp_sockets_close(&daemon->sockets, ASSOCIATION_SERVER);
	return error;
}

int open_network_control(struct daemon *daemon)
{
	const char *path = daemon->config->controlsocket;
	const int error = control_socket_open(&daemon->control, path);

	if (error == -EADDRINUSE) {
		log_say(daemon->log, LOG_SEVERITY_FATAL,
		        "another timeballd answers on %s: stop it, or set another 'controlsocket'",
		        path);
		return error;
	}
	if (error != 0)
		log_say(daemon->log, LOG_SEVERITY_WARNING,
		        "No control socket at %s: %s; reports cannot be asked for", path,
		        strerror(-error));
	return 0;
}

static void open_chronyc_unix(struct daemon *daemon)
{
	const char *path = daemon->config->bindcmdpath;
	int error;

	if (strcmp(path, "/") == 0)
		return;
	if (path[0] == '\0')
		path = CHRONYC_SOCKET_PATH;
	error = chronyc_sockets_open_unix(&daemon->chronyc_sockets, path);
	if (error == -EADDRINUSE)
		log_say(daemon->log, LOG_SEVERITY_WARNING,
		        "No socket for chronyc at %s: another daemon answers there "
		        "(bindcmdaddress)",
		        path);
	else if (error != 0)
		log_say(daemon->log, LOG_SEVERITY_WARNING,
		        "No socket for chronyc at %s: %s (bindcmdaddress)", path, strerror(-error));
}

static void open_chronyc_udp(struct daemon *daemon, const struct address *address, bool is_asked)
{
	const uint16_t port = daemon->config->cmdport;
	char text[ADDRESS_TEXT_SIZE];
	int error;

	if (!is_family_wanted(daemon, address->family))
		return;
	error = chronyc_sockets_open_udp(&daemon->chronyc_sockets, address, port,
	                                 daemon->config->bindcmddevice);
	/* A machine, or a simulator, without IPv6 is none the worse. */
	if (error == 0 || (!is_asked && address->family == ADDRESS_IPV6 && error != -EADDRINUSE))
		return;
	log_say(daemon->log, LOG_SEVERITY_WARNING,
	        "chronyc cannot be answered on UDP port %u of %s: %s (bindcmdaddress, cmdport)",
	        port, address_format(address, text), strerror(-error));
}

void open_network_limits(struct daemon *daemon)
{
	const struct daemon_config *config = daemon->config;

	daemon->chronyc.limit = config->cmdratelimit;
	daemon->chronyc.open_commands =
		chronyc_open_commands(!config->has_opencommands, config->opencommands);
}

void open_network_chronyc(struct daemon *daemon)
{
	const struct daemon_config *config = daemon->config;
	const bool is_asked = config->bindcmdaddresses_count > 0;
	const struct address *addresses = is_asked ? config->bindcmdaddresses : loopbacks;
	const size_t count = is_asked ? config->bindcmdaddresses_count : ARRAY_COUNT(loopbacks);

	daemon->chronyc.access = config->cmdaccess;
	open_network_limits(daemon);
	open_chronyc_unix(daemon);
	for (size_t i = 0; config->cmdport != 0 && i < count; i++)
		open_chronyc_udp(daemon, &addresses[i], is_asked);
}
