# SPDX-License-Identifier: MIT
"""The real-time clock as a source of its own."""
import json

from check import check, check_equal
from scenario import MS, expect, scenario

# It is right to half a second, as set by hwclock; the system's clock is then set five seconds back.
scenario("rtc_source", r"""
	hwclock -w -u
	clock_probe step -5
	true_epoch -5
	configure 'refclock RTC /dev/rtc0:utc refid RTC' 'makestep 1 3'
	sed -i '/^server/d' /etc/timeball/timeball.conf
	client_options="-F 1"; start_client
	probe watch 60
	timeball refclocks --json | sed 's/^/@refclocks /'
	timeball tracking --json | sed 's/^/@tracking /'
""")


@expect("rtc_source", "takes the time from the real-time clock, and believes it to a second")
def _(scenario):
    check_equal(len(scenario.jumps), 1, "jumps")
    check(abs(scenario.samples[-1].error) < 600 * MS, scenario.samples[-1])
    row = json.loads(scenario.all("refclocks")[0])["rows"][0]
    check(row["letter"] == "*" and row["reach"] == 63 and row["samples_count"] > 40, row)
    check(row["scatter_ns"] < 1 * MS, row)
    bound_ns = json.loads(scenario.all("tracking")[0])["rows"][0]["bound_ns"]
    check(900 * MS < bound_ns < 1500 * MS, f"bound {bound_ns}")
