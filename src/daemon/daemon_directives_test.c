/* SPDX-License-Identifier: MIT */
#include "daemon/daemon_directives.h"
#include "testing/check.h"

#include "daemon/daemon_config.h"

static const char *const chronys_directives[] = {
	"acquisitionport",
	"allow",
	"authselectmode",
	"bindacqaddress",
	"bindacqdevice",
	"bindaddress",
	"bindcmdaddress",
	"bindcmddevice",
	"binddevice",
	"broadcast",
	"clientloglimit",
	"clockprecision",
	"cmdallow",
	"cmddeny",
	"cmdport",
	"cmdratelimit",
	"combinelimit",
	"confdir",
	"corrtimeratio",
	"deny",
	"driftfile",
	"dscp",
	"dumpdir",
	"dumponexit",
	"fallbackdrift",
	"hwclockfile",
	"hwtimestamp",
	"hwtstimeout",
	"include",
	"initstepslew",
	"keyfile",
	"leapsecmode",
	"leapsectz",
	"leapseclist",
	"local",
	"lock_all",
	"log",
	"logbanner",
	"logchange",
	"logdir",
	"mailonchange",
	"makestep",
	"manual",
	"maxchange",
	"maxclockerror",
	"maxdistance",
	"maxdrift",
	"maxjitter",
	"maxntsconnections",
	"maxsamples",
	"maxslewrate",
	"maxstratum",
	"maxtxbuffers",
	"maxupdateskew",
	"minsamples",
	"minsources",
	"minstratum",
	"nocerttimecheck",
	"noclientlog",
	"nosystemcert",
	"ntpsigndsocket",
	"ntsaeads",
	"ntscachedir",
	"ntsdumpdir",
	"ntsntpserver",
	"ntsport",
	"ntsprocesses",
	"ntsratelimit",
	"ntsrefresh",
	"ntsrotate",
	"ntsservercert",
	"ntsserverkey",
	"ntstrustedcerts",
	"opencommands",
	"peer",
	"pidfile",
	"pool",
	"port",
	"ptpdomain",
	"ptpport",
	"ratelimit",
	"refclock",
	"refresh",
	"reselectdist",
	"rtcautotrim",
	"rtcdevice",
	"rtcfile",
	"rtconutc",
	"rtcsync",
	"sched_priority",
	"server",
	"smoothtime",
	"sourcedir",
	"stratumweight",
	"tempcomp",
	"user",
	"commandkey",
	"generatecommandkey",
	"linux_freq_scale",
	"linux_hz",
};

static const char *const chronys_source_options[] = {
	"asymmetry",
	"auto_offline",
	"burst",
	"certset",
	"copy",
	"extfield",
	"filter",
	"iburst",
	"ipv4",
	"ipv6",
	"key",
	"maxdelay",
	"maxdelaydevratio",
	"maxdelayquant",
	"maxdelayratio",
	"maxpoll",
	"maxsamples",
	"maxsources",
	"maxunreach",
	"mindelay",
	"minpoll",
	"minsamples",
	"minstratum",
	"noselect",
	"nts",
	"ntsport",
	"offline",
	"offset",
	"polltarget",
	"port",
	"prefer",
	"presend",
	"require",
	"trust",
	"version",
	"xleave",
};

static const char *const chronys_local_options[] = { "activate", "distance",   "orphan",
	                                             "stratum",  "waitsynced", "waitunsynced" };
static const char *const chronys_log_categories[] = { "measurements", "rawmeasurements",
	                                              "refclocks",    "rtc",
	                                              "selection",    "statistics",
	                                              "tempcomp",     "tracking" };

static struct config_grammar whole_grammar(void)
{
	static struct daemon_config unused;
	struct config_grammar grammar = { .known = daemon_directives_known };

	node_config_add_grammar(&unused.node, &grammar);
	config_grammar_add(&grammar, daemon_directives, &unused);
	return grammar;
}

TEST(daemon_directives, knows_every_directive_of_chrony_once)
{
	const struct config_grammar grammar = whole_grammar();

	for (size_t i = 0; i < ARRAY_COUNT(chronys_directives); i++) {
		const char *name = chronys_directives[i];
		const bool is_here = config_grammar_find(&grammar, name) != NULL;
		const bool is_known = config_grammar_find_known(&grammar, name) != NULL;

		if (is_here == is_known)
			check_fail(__FILE__, __LINE__, "%s is %s", name,
			           is_here ? "there twice" : "unknown");
	}
}

static void check_options(const char *directive, const char *const *names, size_t count)
{
	const struct config_grammar grammar = whole_grammar();
	const struct config_directive *found = config_grammar_find(&grammar, directive);

	CHECK(found != NULL);
	for (size_t i = 0; i < count; i++) {
		const struct config_option *row = found->options;

		while (row->name && strcmp(row->name, names[i]) != 0)
			row++;
		if (!row->name)
			check_fail(__FILE__, __LINE__, "%s has no option %s", directive, names[i]);
	}
}

TEST(daemon_directives, knows_every_option_of_chrony)
{
	check_options("server", chronys_source_options, ARRAY_COUNT(chronys_source_options));
	check_options("pool", chronys_source_options, ARRAY_COUNT(chronys_source_options));
	check_options("local", chronys_local_options, ARRAY_COUNT(chronys_local_options));
	check_options("log", chronys_log_categories, ARRAY_COUNT(chronys_log_categories));
}

TEST(daemon_directives, documents_every_directive_and_option)
{
	static char text[1 << 17];
	FILE *out = fmemopen(text, sizeof text, "w");
	const struct config_grammar grammar = whole_grammar();

	CHECK(out != NULL);
	daemon_config_document(out);
	CHECK(fclose(out) == 0);
	for (size_t i = 0; i < grammar.sections_count; i++) {
		const struct config_directive *row = grammar.sections[i].directives;

		for (; row->name; row++) {
			CHECK(row->text && *row->text);
			for (const struct config_option *option = row->options;
			     option && option->name; option++)
				CHECK(option->text || option->type == CONFIG_NOT_HERE ||
				      option->type == CONFIG_NOT_HERE_FLAG);
		}
	}
	CHECK(strstr(text, "\n*makestep* _threshold_ _limit_\n\tLets the clock jump") != NULL);
	CHECK(strstr(text, "\n\t*minpoll* _log2 s_\n\t\tShortest poll interval") != NULL);
	CHECK(strstr(text, "Must be between -7 and 24. Default: 6.\n") != NULL);
	CHECK(strstr(text, "*lock\\_all*") != NULL);
	CHECK(strstr(text, "Options: those of *server*.") != NULL);
	CHECK(strstr(text, "*refclock*") != NULL);
}
