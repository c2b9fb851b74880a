# SPDX-License-Identifier: MIT
"""A virtual machine that its host stops and lets go, or restores in another emulator: but for the hardware
clock nothing in it knows."""
from check import check
from scenario import MS, US, Sample, expect, scenario

STOP_S = 5

# The server is away while it happens: no measurement can tell. Then there is one that knows the time.
SCRIPT = rf"""
	rtc() {{ cat /sys/class/rtc/rtc0/since_epoch; }}
	epoch=$(clock_probe epoch 0)
	start_server "$epoch"
	configure 'makestep 1 -1' rtcsync allow
	start_client
	timeball wait --tries 300 --interval 0.2 --max-offset 0.01 >/dev/null
	say "waited $?"
	sleep 3
	kill $server && wait $server
	behind=$(($(rtc) - $(date +%s)))
	say WISH-me {STOP_S}
	for i in $(seq 20); do
		sleep 0.5
		probe state
		say "look $(($(rtc) - $(date +%s) - behind))"
	done
	say again
	start_server "$(echo "$epoch + $(rtc) - $(date +%s) - $behind" | bc)"
	timeball wait --tries 300 --interval 0.2 --max-offset 0.5 >/dev/null
	say "waited $?"
	probe state
	stop_client
"""

for name, wish in ("stopped", "stop"), ("restored", "restore"):
    scenario(name, SCRIPT.replace("WISH", wish), live=True)


def looks(scenario):
    """[(seconds that the hardware clock is ahead of what it was, Sample of a moment before)] each half second."""
    return [(int(text), Sample(sample, None))
            for (_, sample), (kind, text) in zip(scenario.lines, scenario.lines[1:]) if kind == "look"]


@expect("stopped", "notices by the hardware clock that the machine stood still, and serves nothing until it has measured")
@expect("restored", "notices that the machine was restored from what was saved, and serves nothing until it has measured")
def _(scenario):
    check(scenario.all("waited")[0] == "0", f"not synchronised at first: {scenario.log}")
    seen = looks(scenario)
    after = [sample for ahead, sample in seen if ahead >= STOP_S - 2]
    before = [sample for ahead, sample in seen if ahead < STOP_S - 2]
    check(len(after) > 8, f"the host did not do it: {seen}")
    check(all(sample.is_synchronised for sample in before), f"not synchronised before: {before}")
    print(f"# told to the kernel {next((i for i, sample in enumerate(after) if not sample.is_synchronised), None)} "
          "half seconds after the first look")
    check(scenario.said("This machine was stopped for at least"), scenario.log)
    check(not after[-1].is_synchronised and after[-1].maxerror >= 16000000, after[-1])


@expect("stopped", "has the time right again when it has measured anew")
@expect("restored", "has the time right again after it was restored")
def _(scenario):
    check(scenario.all("waited")[1] == "0", f"not synchronised in the end: {scenario.log}")
    last = scenario.samples[-1]
    check(last.is_synchronised and abs(last.error) <= last.maxerror * US and abs(last.error) < 500 * MS, last)


# The clock of a host goes on by 0.7 s while ours does not: too short to be seen by whole seconds.
scenario("host_clock", r"""
	true_epoch 0
	start_server "$epoch"
	epoch_ns=$(echo "$epoch" | tr -d .)
	insmod /etc/test_phc.ko epoch_ns=$epoch_ns name=hyperv
	configure rtcsync 'makestep 0.1 -1'
	client_options="-F 1"; start_client
	probe watch 20
	kill $server && wait $server
	say missed
	echo $((epoch_ns + 700000000)) >/sys/module/test_phc/parameters/epoch_ns
	probe watch 4
	say again
	start_server "$(echo "$epoch + 0.7" | bc)"
	probe watch 30
""")


@expect("host_clock", "notices by the clock of its host within a second that it missed 0.7 s")
def _(scenario):
    check(scenario.said("This machine was stopped for at least 0."), scenario.log)
    samples = scenario.between("missed", "again")
    check(len(samples) == 4 and not any(sample.is_synchronised for sample in samples[1:]), samples)
    last = scenario.samples[-1]
    check(last.is_synchronised and abs(last.error) < 20 * US, last)
