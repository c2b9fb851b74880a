/* SPDX-License-Identifier: MIT */
#include "os/privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

int privilege_find_user(const char *name, struct privilege_user *user_out)
{
	const struct passwd *entry;

	errno = 0;
	entry = getpwnam(name);
	if (!entry)
		return errno != 0 ? -errno : -ENOENT;
	user_out->uid = entry->pw_uid;
	user_out->gid = entry->pw_gid;
	return 0;
}

/* What we never had cannot be kept: asking for it would lose the rest. */
static bool is_permitted(cap_t have, cap_value_t capability)
{
	cap_flag_value_t value = CAP_CLEAR;

	return cap_get_flag(have, capability, CAP_PERMITTED, &value) == 0 && value == CAP_SET;
}

static int keep_capabilities(bool may_set_clock)
{
	const cap_value_t wanted[] = { CAP_NET_BIND_SERVICE, CAP_SYS_TIME };
	const size_t wanted_count = may_set_clock ? 2 : 1;
	cap_t have = cap_get_proc(), kept = cap_init();
	int error = have && kept ? 0 : -ENOMEM;

	for (size_t i = 0; i < wanted_count && error == 0; i++) {
		if (!is_permitted(have, wanted[i]))
			continue;
		if (cap_set_flag(kept, CAP_PERMITTED, 1, &wanted[i], CAP_SET) != 0 ||
		    cap_set_flag(kept, CAP_EFFECTIVE, 1, &wanted[i], CAP_SET) != 0)
			error = -errno;
	}
	if (error == 0 && cap_set_proc(kept) != 0)
		error = -errno;
	(void)cap_free(have);
	(void)cap_free(kept);
	return error;
}

int privilege_drop(const char *name, const struct privilege_user *user, bool may_set_clock)
{
	/* Without this the change of user would take all capabilities at once. */
	if (prctl(PR_SET_KEEPCAPS, 1) != 0)
		return -errno;
	if (initgroups(name, user->gid) != 0 || setgid(user->gid) != 0 || setuid(user->uid) != 0)
		return -errno;
	if (prctl(PR_SET_KEEPCAPS, 0) != 0)
		return -errno;
	return keep_capabilities(may_set_clock);
}
