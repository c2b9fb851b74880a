# SPDX-License-Identifier: MIT
"""/dev/ptpN; the clock is of modules/test_phc.c."""
from check import check
from scenario import US, check_bounds, expect, scenario

# No network at all; the hardware clock counts TAI.
scenario("phc", r"""
	true_epoch -100
	insmod /etc/test_phc.ko epoch_ns=$(echo "$epoch" | awk -F. '{ print $1 + 37 $2 }')
	configure rtcsync 'refclock PHC /dev/ptp0 refid PHC poll 0 dpoll -2 tai' 'makestep 1 3' \
		'leapsectz right/UTC'
	sed -i '/^server/d' /etc/timeball/timeball.conf
	start_client
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
