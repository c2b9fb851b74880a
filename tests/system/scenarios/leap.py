# SPDX-License-Identifier: MIT
"""Leap seconds in the kernel."""
from check import check
from scenario import DEL, INS, MS, US, expect, scenario

# Nobody says so but leapseclist. The server is away around midnight, and then a second later too.
scenario("leap_insert", r"""
	clock_probe step $((1798761600 - 60 - $(date +%s)))
	epoch=$(clock_probe epoch -0.02)
	start_server "$epoch"
	configure rtcsync 'leapseclist /etc/leap-seconds.list'
	start_client
	probe watch 50
	kill $server && wait $server
	probe watch 20
	start_server "$(echo "$epoch - 1" | bc)"
	probe watch 20
""")


# A second that is left out: never yet, but it may come.
scenario("leap_delete", r"""
	clock_probe step $((1798761600 - 40 - $(date +%s)))
	start_server "$(clock_probe epoch -0.02)"
	configure rtcsync 'leapseclist /etc/leap-seconds-delete.list'
	start_client
	probe watch 35
	kill $server && wait $server
	probe watch 20
""")


@expect("leap_delete", "has the kernel leave out a second: 23:59:58, 00:00:00")
def _(scenario):
    check(len(scenario.jumps) == 1 and abs(scenario.jumps[0] - 1e9) < 1 * MS,
          f"jumps: {scenario.jumps}")
    midnight = 1798761600 * 10**9
    before = [sample for sample in scenario.samples if 2e9 < midnight - sample.real < 20e9]
    check(before and all(sample.status & DEL for sample in before), f"not armed: {before[:1]}")
    check(not any(midnight - 1e9 <= sample.real < midnight for sample in scenario.samples),
          "23:59:59 was")
    last = scenario.samples[-1]
    check(not last.status & DEL and last.state == 0, f"not disarmed: {last}")


@expect("leap_delete", "keeps CLOCK_TAI right when a second is left out: 37, then 36")
def _(scenario):
    late = [sample for sample in scenario.samples if sample.tai][3:]
    check(late[0].tai == 37 and late[-1].tai == 36, f"{late[0]} then {late[-1]}")
    check(len(scenario.tai_jumps) == 1, f"CLOCK_TAI jumped: {scenario.tai_jumps}")
    for sample in late:
        check(abs(sample.tai_minus_real - sample.tai * 1e9) < 5 * US, sample)


@expect("leap_insert", "has the kernel insert the leap second of leapseclist")
def _(scenario):
    check(len(scenario.jumps) == 1 and abs(scenario.jumps[0] + 1e9) < 1 * MS,
          f"jumps: {scenario.jumps}")
    midnight = 1798761600 * 10**9
    before = [sample for sample in scenario.samples if 10e9 < midnight - sample.real < 30e9]
    check(before and all(sample.status & INS for sample in before), f"not armed: {before[:1]}")


@expect("leap_insert", "keeps CLOCK_TAI right through the leap second: 37, then 38")
def _(scenario):
    late = [sample for sample in scenario.samples if sample.tai][3:]
    check(late[0].tai == 37 and late[-1].tai == 38, f"{late[0]} then {late[-1]}")
    check(len(scenario.tai_jumps) == 1, f"CLOCK_TAI jumped: {scenario.tai_jumps}")
    for sample in late:
        check(abs(sample.tai_minus_real - sample.tai * 1e9) < 5 * US, sample)


@expect("leap_insert", "disarms it afterwards, so that it comes once")
def _(scenario):
    last = scenario.samples[-1]
    check(not last.status & INS and last.state == 0, last)
    check(abs(last.error) < 20 * US, last)
