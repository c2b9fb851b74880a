# SPDX-License-Identifier: MIT
"""A time station on a GPIO line; the lines are of modules/test_gpio.c."""
import json

from check import check, check_between, check_equal
from scenario import MS, check_bounds, expect, scenario

# MSF through a receiver that is 35 ms late, on two pins, one the other's opposite: the daemon on
# one, `timeball decode` on the other. No network at all.
scenario("msf", r"""
	true_epoch -20
	insmod /etc/test_gpio.ko epoch_ns=$(echo "$epoch" | tr -d .)
	timeball encode msf --from "$(date -d @$(($(date +%s) / 60 * 60)) +%Y-%m-%dT%H:%M)" --minutes 12 \
		--noise delay=35,jitter=2 --seed 1 >/dev/test_gpio
	configure 'refclock MSF gpiochip0:0 refid MSF offset 0.035' 'makestep 1 3' rtcsync
	sed -i '/^server/d' /etc/timeball/timeball.conf
	client_options="-F 1"; start_client
	timeball decode msf --gpio gpiochip0:1:active-low:pull-up:debounce=1000 --json >/tmp/minutes 2>&1 &
	decoder=$!
	probe watch 600
	kill $decoder && wait $decoder
	sed 's/^/@minute /' /tmp/minutes
	timeball radio --json | sed 's/^/@radio /'
	timeball sources --json | sed 's/^/@sources /'
""")


@expect("msf", "sets the clock by a time station on a GPIO line, without any network")
def _(scenario):
    check(len(scenario.jumps) == 1, f"jumps: {scenario.jumps}")
    late = scenario.samples[-120:]
    worst = max(abs(sample.error) for sample in late)
    check(worst < 1 * MS, f"off by {worst} ns: {late[-1]}")
    check_bounds(scenario, 50000)


@expect("msf", "reports each minute of the time station, and no edge lost")
def _(scenario):
    row = json.loads(scenario.all("radio")[0])["rows"][0]
    check_equal(row["driver"], "MSF", "the station")
    check_equal(row["lost_count"], 0, "edges lost")
    check(row["edges_count"] > 1000, f"edges heard: {row}")


@expect("msf", "(timeball decode) hears the same on a pin that is active-low, pulled up and debounced by the kernel")
def _(scenario):
    minutes = [json.loads(line) for line in scenario.all("minute") if line.startswith("{")]
    good = [minute for minute in minutes if minute["verdict"] == "good"]
    check(len(good) >= 5 and good[0]["utc"] == "2026-11-22T12:03:00Z", good[:1])
    for minute in good[1:]: # the first was timed before the step; debouncing goes by ticks of 4 ms
        check_between(minute["at_s"] - minute["utc_s"], 0.035, 0.045, f"lateness of {minute}")
