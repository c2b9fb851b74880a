# SPDX-License-Identifier: MIT
"""/dev/ppsN; the pulses are of modules/test_pps.c."""
from check import check
from scenario import US, expect, scenario

# A second's number from the network, where it is 5 us wrong, and its beginning from a pulse.
scenario("pps", r"""
	true_epoch -0.02
	start_server "$epoch" offset 0.000005
	say epoch "$epoch"
	insmod /etc/test_pps.ko phase_ns=$(echo "$epoch" | awk -F. '{ print 1000000000 - $2 }')
	configure rtcsync 'refclock PPS /dev/pps0 refid PPS poll 2 prefer' 'makestep 0.01 1'
	start_client
	probe watch 90
	timeball sources --json | sed 's/^/@sources /'
""")


@expect("pps", "follows the pulses of /dev/pps0, numbered by a server that is 5 us off")
def _(scenario):
    late = scenario.samples[-20:]
    check(late[-1].is_synchronised, late[-1])
    worst = max(abs(sample.error) for sample in late)
    check(worst < 2 * US, f"off by {worst} ns: {late[-1]}")
