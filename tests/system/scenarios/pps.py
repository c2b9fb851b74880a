# SPDX-License-Identifier: MIT
"""/dev/ppsN; the pulses are of modules/test_pps.c."""
import json

from check import check
from scenario import US, check_bounds, expect, scenario

# A second's number from the network, where it is 5 us wrong, and its beginning from a pulse.
scenario("pps", r"""
	true_epoch -0.02
	start_server "$epoch" offset 0.000005
	say epoch "$epoch"
	insmod /etc/test_pps.ko phase_ns=$(echo "$epoch" | awk -F. '{ print 1000000000 - $2 }')
	configure rtcsync 'refclock PPS /dev/pps0 refid PPS poll 2 prefer' 'makestep 0.01 1'
	client_options="-F 1"; start_client
	probe watch 90
	timeball sources --json | sed 's/^/@sources /'
""")


@expect("pps", "follows the pulses of /dev/pps0, numbered by a server that is 5 us off")
def _(scenario):
    late = scenario.samples[-20:]
    check(late[-1].is_synchronised, late[-1])
    worst = max(abs(sample.error) for sample in late)
    check(worst < 2 * US, f"off by {worst} ns: {late[-1]}")


# Antenna and network are lost for three minutes, then the antenna is back.
scenario("holdover", r"""
	true_epoch -0.02
	start_server "$epoch"
	insmod /etc/test_pps.ko phase_ns=$(echo "$epoch" | awk -F. '{ print 1000000000 - $2 }')
	configure rtcsync 'refclock PPS /dev/pps0 refid PPS poll 2 prefer' 'makestep 0.01 1'
	client_options="-F 1"; start_client
	probe watch 60
	kill $server && wait $server
	echo 1 >/sys/module/test_pps/parameters/mute
	for i in 1 2 3; do
		probe watch 60
		timeball tracking --json | sed 's/^/@tracking /'
	done
	timeball why --json | sed 's/^/@why /'
	timeball status 2>&1 | sed 's/^/@status /'
	echo 0 >/sys/module/test_pps/parameters/mute
	probe watch 40
	timeball why --json | sed 's/^/@why /'
""")


@expect("holdover", "holds over without pulses: its bound grows and holds, and it says so")
def _(scenario):
    check_bounds(scenario, 3000)
    bounds = [json.loads(line)["rows"][0]["bound_ns"] for line in scenario.all("tracking")]
    check(all(then < now for then, now in zip(bounds, bounds[1:])), f"bounds {bounds}")
    check(bounds[-1] > 2 * bounds[0], f"bounds {bounds}")
    clock = json.loads(scenario.all("why")[0])["rows"][0]
    check(clock["state"] == "holdover", clock)
    check("holding over: nothing was heard for 17" in scenario.all("status")[0], scenario.all("status"))


@expect("holdover", "follows the pulses again when they are back, without a jump")
def _(scenario):
    check(len(scenario.jumps) == 1, f"jumps: {scenario.jumps}") # at the start
    clock = json.loads(scenario.all("why")[1])["rows"][0]
    check(clock["state"] == "synchronised", clock)
    check(scenario.samples[-1].maxerror < 3000, scenario.samples[-1])
