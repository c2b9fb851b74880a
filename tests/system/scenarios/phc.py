# SPDX-License-Identifier: MIT
"""/dev/ptpN; the clock is of modules/test_phc.c."""
import json

from check import check
from scenario import US, check_bounds, expect, scenario

# No network at all; the hardware clock counts TAI.
scenario("phc", r"""
	true_epoch -100
	insmod /etc/test_phc.ko epoch_ns=$(echo "$epoch" | awk -F. '{ print $1 + 37 $2 }')
	configure rtcsync 'refclock PHC /dev/ptp0 refid PHC poll 0 dpoll -2 tai' 'makestep 1 3' \
		'leapsectz right/UTC'
	sed -i '/^server/d' /etc/timeball/timeball.conf
	client_options="-F 1"; start_client
	probe watch 60
	timeball sources --json | sed 's/^/@sources /'
""")


@expect("phc", "follows /dev/ptp0, which counts TAI, without any network")
def _(scenario):
    late = scenario.samples[-20:]
    check(late[-1].is_synchronised and late[-1].tai == 37, late[-1])
    worst = max(abs(sample.error) for sample in late)
    check(worst < 2 * US, f"off by {worst} ns: {late[-1]}")
    check_bounds(scenario, 1000)


# The clock stamps pulses on channel 1 of pin 1 and keeps no time of day that anybody knows; a second's
# number comes from the network, where it is 5 us wrong.
scenario("extpps", r"""
	true_epoch -0.02
	start_server "$epoch" offset 0.000005
	say epoch "$epoch"
	insmod /etc/test_phc.ko epoch_ns=$(echo "$epoch" | awk -F. '{ print $1 - 1000000 $2 }')
	configure rtcsync 'refclock PHC /dev/ptp0:extpps:pin=1:channel=1 refid EXT poll 2 prefer' 'makestep 0.01 1'
	client_options="-F 1"; start_client
	probe watch 90
	timeball refclocks --json | sed 's/^/@refclocks /'
""")


@expect("extpps", "follows the pulses that /dev/ptp0 stamps on a pin (extpps, pin, channel)")
def _(scenario):
    late = scenario.samples[-20:]
    check(late[-1].is_synchronised, late[-1])
    worst = max(abs(sample.error) for sample in late)
    check(worst < 2 * US, f"off by {worst} ns: {late[-1]}")


# Named by its network interface. It stands still after a minute, and there is nothing else.
scenario("phc_freeze", r"""
	true_epoch -0.5
	insmod /etc/test_phc.ko epoch_ns=$(echo "$epoch" | awk -F. '{ print $1 + 37 $2 }')
	configure rtcsync 'refclock PHC testphc refid PHC poll 0 dpoll -2 tai' 'makestep 1 3' \
		'leapsectz right/UTC'
	sed -i '/^server/d' /etc/timeball/timeball.conf
	client_options="-F 1"; start_client
	probe watch 60
	say freeze
	echo 1 >/sys/module/test_phc/parameters/freeze
	probe watch 120
	timeball why --json | sed 's/^/@why /'
	timeball refclocks --json | sed 's/^/@refclocks /'
	timeball sources --json | sed 's/^/@sources /'
""")


@expect("phc_freeze", "does not follow a PTP hardware clock that stands still, and says so")
def _(scenario):
    check(not scenario.jumps, f"jumps: {scenario.jumps}")
    worst = max(abs(sample.error) for sample in scenario.samples[40:])
    check(worst < 10 * US, f"followed it: off by {worst} ns")
    check_bounds(scenario, 100000) # the kernel's grows by 500 ppm
    clock, source = json.loads(scenario.all("why")[0])["rows"]
    check(clock["state"] == "holdover" and "nothing was heard for 120 s" in clock["sentence"], clock)
    check("stands still" in source["sentence"], source)
