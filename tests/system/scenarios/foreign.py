# SPDX-License-Identifier: MIT
"""Others at the kernel's clock, while we keep it; and what a program that ended badly leaves to the next one."""
from check import check
from scenario import MS, US, check_bounds, expect, scenario

scenario("foreign", r"""
	start_server "$(clock_probe epoch 0)"
	configure rtcsync
	start_client
	probe watch 20
	say stepped
	probe step 0.0003
	probe watch 20
	say touched
	probe leave-slews
	probe watch 30
""")


@expect("foreign", "notices a step of 0.3 ms at once and is not synchronised until it is put right")
def _(scenario):
    samples = scenario.between("stepped", "touched")
    check(scenario.said("time jump detected"), scenario.log)
    check(not samples[0].is_synchronised, f"a second later: {samples[0]}")
    check(samples[-1].is_synchronised and abs(samples[-1].error) < 20 * US, samples[-1])


@expect("foreign", "notices a slew and a PLL of another program, stops both, and measures anew")
def _(scenario):
    samples = scenario.between("touched")
    check(scenario.said("Another program adjusts the system clock"), scenario.log)
    check(any(not sample.is_synchronised for sample in samples[:3]), samples[:3])
    check(samples[-1].is_synchronised and abs(samples[-1].error) < 20 * US, samples[-1])


@expect("foreign", "keeps the kernel's maxerror true, whatever others do")
def _(scenario):
    check_bounds(scenario, 100000)


scenario("budget", r"""
	start_server "$(clock_probe epoch -100)"
	configure 'makestep 1 3' rtcsync
	start_client
	probe watch 20
	kill -9 "$client"
	wait "$client"
	probe step 20
	say again
	start_client
	probe watch 15
	stop_client
""")


@expect("budget", "gives a program that crashed no new steps within the same boot, and says so")
def _(scenario):
    check(len(scenario.jumps) == 1 and abs(scenario.jumps[0] - 100e9) < 1 * MS, scenario.jumps)
    check(scenario.samples[-1].error > 15e9 and scenario.samples[-1].ppm < -50000, scenario.samples[-1])
    check(scenario.said("updates since the boot were before this start"), scenario.log)
