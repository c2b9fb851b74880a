# SPDX-License-Identifier: MIT
"""The observatory's configuration, as it stands, and the check that watches it (docs/ittn-009.md)."""
import re

from check import check, check_equal
from scenario import MS, expect, scenario

LIMIT_S = 0.005

# start_observatory_server ADDRESS ERROR: stratum 1, at the address that the configuration has.
scenario("observatory", r"""
	start_observatory_server() {
		timeballd -d "virtualclock epoch $epoch offset $2" 'local stratum 1' allow "bindaddress $1" \
			'cmdport 0' 'bindcmdaddress /' "controlsocket /tmp/server/$1" 'pidfile /' 'user root' \
			2>>/tmp/server/log &
	}
	look() {
		clock_probe state | sed 's/^/@/'
		timeball check --kernel-synchronised $* >/tmp/check
		say "check $? $(cat /tmp/check)"
	}
	for last in 140 141 142; do ip address add 140.252.1.$last/32 dev lo; done
	mkdir -p /etc/chrony /var/lib/chrony /run/systemd
	cp /etc/observatory.conf /etc/chrony/chrony.conf
	true_epoch -0.25
	start_observatory_server 140.252.1.140 0; servers=$!
	start_observatory_server 140.252.1.141 0; servers="$servers $!"
	start_observatory_server 140.252.1.142 0; third=$!
	start_client
	timeball wait --tries 60 --interval 5 --max-offset 0.001 --max-bound 0.005 >/tmp/wait
	say "wait $? $(tail -n 1 /tmp/wait)"
	say "flag $(ls /run/systemd/timesync)"
	sleep 120
	say phase right
	look --stratum1 3
	kill $third && wait $third
	start_observatory_server 140.252.1.142 1; third=$!
	sleep 400
	say phase liar
	look
	timeball why | sed 's/^/@why /'
	kill $servers $third
	say phase alone
	for i in $(seq 150); do
		sleep 60
		look
		grep -q '^TIME OK' /tmp/check || break
	done
	stop_client
	for last in 140 141 142; do ip address del 140.252.1.$last/32 dev lo; done
	rm -rf /run/systemd /etc/chrony /var/lib/chrony
""")


def phase(scenario, name):
    """The checks of a phase: (exit status, line, the kernel's clock a moment before)."""
    found, sample, now = [], None, None
    samples = iter(scenario.samples)
    for kind, rest in scenario.lines:
        if kind == "phase":
            now = rest
        elif kind == "sample":
            sample = next(samples)
        elif kind == "check" and now == name:
            status, _, line = rest.partition(" ")
            found.append((int(status), line, sample))
    return found


def bound_s(line):
    return float(re.search(r"bound=([0-9.]+)s", line)[1])


@expect("observatory", "is waited for by timeball wait, and raises systemd's flag")
def _(scenario):
    check_equal(scenario.words("wait")[0], "0", f"exit status of timeball wait: {scenario.all('wait')}")
    check_equal(scenario.words("flag"), ["synchronized"], "what is in /run/systemd/timesync")


@expect("observatory", "is green with three servers of stratum 1, with CLOCK_TAI, RTC and kernel right")
def _(scenario):
    (status, line, sample), = phase(scenario, "right")
    error = sample.error
    check_equal(status, 0, f"exit status: {line}")
    for part in "CLOCK_TAI is 37 s ahead", "3 of stratum 1", "tai=37", "leap_table_days=":
        check(part in line, f"not told: {part}: {line}")
    check(abs(float(re.search(r"rtc=(\S+)", line)[1])) <= 1, line)
    check(abs(error) < 1 * MS and abs(error) < bound_s(line) * 1e9, f"{error} ns off: {line}")


@expect("observatory", "stays green when one server is a second off, and names the liar")
def _(scenario):
    (status, line, sample), = phase(scenario, "liar")
    error = sample.error
    check_equal(status, 0, f"exit status: {line}")
    check("not believed: 140.252.1.142" in line, line)
    check(abs(error) < 1 * MS, f"{error} ns off: {line}")
    check(any("140.252.1.142" in each and "1.00 s" in each for each in scenario.all("why")),
          "\n".join(scenario.all("why")))


@expect("observatory", "with all three gone turns the check after the bound has passed 5 ms, not before")
def _(scenario):
    checks = phase(scenario, "alone")
    check(len(checks) > 3, f"{len(checks)} checks")
    for status, line, sample in checks:
        check(abs(sample.error) <= bound_s(line) * 1e9, f"{sample.error} ns off: {line}")
        check_equal(status, 0 if bound_s(line) <= LIMIT_S else 1, f"exit status: {line}")
    check("3 unreachable" in checks[-1][1], checks[-1][1])
    check_equal(checks[-1][0], 1, f"it never turned: {checks[-1][1]}")


@expect("observatory", "keeps the kernel's maxerror at the bound that it publishes for hours without a source")
def _(scenario):
    kernel_adds_us = 500 # a second, and it is told once a second
    for _, line, sample in phase(scenario, "alone"):
        check(sample.is_synchronised, sample)
        check(-1 <= sample.maxerror - bound_s(line) * 1e6 <= 2 * kernel_adds_us, f"{sample.maxerror} us: {line}")
        check(0 < sample.esterror <= sample.maxerror, sample)
