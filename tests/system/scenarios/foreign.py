# SPDX-License-Identifier: MIT
"""Others at the kernel's clock, while we keep it."""
from check import check
from scenario import US, check_bounds, expect, scenario

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


def between(scenario, begin, end=None):
    """The samples that were taken between two things that were said."""
    kinds = [kind for kind, _ in scenario.lines]
    first = kinds[:kinds.index(begin)].count("sample")
    last = kinds[:kinds.index(end)].count("sample") if end else len(scenario.samples)
    return scenario.samples[first:last]


@expect("foreign", "notices a step of 0.3 ms at once and is not synchronised until it is put right")
def _(scenario):
    samples = between(scenario, "stepped", "touched")
    check(scenario.said("time jump detected"), scenario.log)
    check(not samples[0].is_synchronised, f"a second later: {samples[0]}")
    check(samples[-1].is_synchronised and abs(samples[-1].error) < 20 * US, samples[-1])


@expect("foreign", "notices a slew and a PLL of another program, stops both, and measures anew")
def _(scenario):
    samples = between(scenario, "touched")
    check(scenario.said("Another program adjusts the system clock"), scenario.log)
    check(any(not sample.is_synchronised for sample in samples[:3]), samples[:3])
    check(samples[-1].is_synchronised and abs(samples[-1].error) < 20 * US, samples[-1])


@expect("foreign", "keeps the kernel's maxerror true, whatever others do")
def _(scenario):
    check_bounds(scenario, 100000)
