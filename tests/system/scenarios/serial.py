# SPDX-License-Identifier: MIT
"""A satellite receiver on a serial port with its pulse on DCD; the port is of modules/test_serial.c."""
import json

from check import check
from scenario import MS, US, check_bounds, expect, scenario

# What docs/stratum-1.md makes: the receiver read by the daemon itself, pulses by the kernel's line
# discipline. No network; the clock is three days wrong.
scenario("receiver", r"""
	true_epoch -259200
	start_receiver
	attach_pulses
	configure 'refclock NMEA /dev/ttyTEST0 refid GPS noselect offset auto' \
		'refclock PPS /dev/pps0 refid PPS lock GPS poll 2' 'makestep 1 3' rtcsync
	sed -i '/^server/d' /etc/timeball/timeball.conf
	client_options="-F 1"; start_client
	probe watch 120
	timeball refclocks --json | sed 's/^/@refclocks /'
	timeball diag gps 2>&1 | sed 's/^/@diag /'
	su timeball -s /bin/sh -c 'timeballd -d -x "refclock PPS /dev/pps0" "pidfile /" "port 0" "cmdport 0" \
		"controlsocket /tmp/none" "bindcmdaddress /"' >/tmp/other 2>&1 &
	other=$!
	sleep 3
	kill $other && wait $other
	sed 's/^/@other /' /tmp/other
""")


@expect("receiver", "reads a receiver on a serial port and its pulse on DCD, with what the README says")
def _(scenario):
    late = scenario.samples[-40:]
    worst = max(abs(sample.error) for sample in late)
    check(worst < 2 * US, f"off by {worst} ns: {late[-1]}")
    check_bounds(scenario, 5000)
    gps, pps = json.loads(scenario.all("refclocks")[0])["rows"]
    check(abs(gps["lateness_ns"] - 120e6) < 2e6, f"lateness learnt: {gps}")
    check(pps["letter"] == "*" and pps["lock"] == "GPS", pps)


@expect("receiver", "(timeball diag gps) asks the daemon, and misses nothing")
def _(scenario):
    said = " ".join(scenario.all("diag"))
    check("MISSING" not in said and "its time is good" in said and "pulses" in said, said)


@expect("receiver", "says what to do when it may not open a device")
def _(scenario):
    said = " ".join(scenario.all("other"))
    check("/dev/pps0: Permission denied: not permitted; start as root, or give" in said, said)


# The same by way of gpsd, which finds the daemon's socket by its name and attaches the pulses itself.
scenario("gpsd", r"""
	true_epoch -259200
	start_receiver
	insmod /etc/pps-ldisc.ko
	configure 'refclock SHM 0 refid NMEA noselect offset 0.12 precision 1e-3' \
		'refclock SOCK /run/chrony.ttyTEST0.sock refid PPS poll 2' 'makestep 1 3' rtcsync
	sed -i '/^server/d; s/^user.*/user root/' /etc/timeball/timeball.conf
	client_options="-F 1"; start_client
	sleep 1
	gpsd -N -n -b -D 4 -F /tmp/gpsd.sock /dev/ttyTEST0 >/tmp/gpsd.log 2>&1 &
	gpsd=$!
	probe watch 120
	timeball refclocks --json | sed 's/^/@refclocks /'
	timeball diag gps /dev/ttyTEST0 2>&1 | sed 's/^/@diag /'
	kill $gpsd && wait $gpsd
	grep 'chrony sock' /tmp/gpsd.log | tail -1 | sed 's/^/@gpsd /'
""", needs=["gpsd"])


@expect("gpsd", "takes pulses from gpsd's socket and the time from its shared memory, the lines unchanged")
def _(scenario):
    check("accepted chrony sock" in scenario.all("gpsd")[0], scenario.all("gpsd"))
    late = scenario.samples[-40:]
    worst = max(abs(sample.error) for sample in late)
    check(worst < 2 * US, f"off by {worst} ns: {late[-1]}")
    check_bounds(scenario, 5000)
    nmea, pps = json.loads(scenario.all("refclocks")[0])["rows"]
    check(pps["letter"] == "*" and pps["reach"] == 255 and nmea["reach"] == 255, (nmea, pps))


@expect("gpsd", "(timeball diag gps) says that gpsd has the port")
def _(scenario):
    check("gpsd (process" in scenario.all("diag")[0], scenario.all("diag"))


# The daemon's user may not read the port; then root looks, at a port that was left at a wrong speed.
scenario("diag", r"""
	true_epoch 0
	start_receiver
	attach_pulses
	chown root:dialout /dev/ttyTEST0
	chmod 660 /dev/ttyTEST0
	su timeball -s /bin/sh -c 'timeball diag gps /dev/ttyTEST0' 2>&1 | sed 's/^/@forbidden /'
	stty -F /dev/ttyTEST0 19200 echo icanon
	stty -F /dev/ttyTEST0 -a | sed 's/^/@before /'
	timeball diag gps /dev/ttyTEST0 --seconds 4 2>&1 | sed 's/^/@diag /'
	stty -F /dev/ttyTEST0 -a | sed 's/^/@after /'
	echo 1 >/sys/module/test_serial/parameters/mute
	timeball diag gps /dev/ttyTEST0 --seconds 4 2>&1 | sed 's/^/@mute /'
""")


@expect("diag", "(timeball diag gps) says which group may read the port")
def _(scenario):
    said = " ".join(scenario.all("forbidden"))
    check("MISSING" in said and "dialout" in said and "usermod" in said, said)


@expect("diag", "(timeball diag gps) sees receiver and pulses, and leaves the port as it was")
def _(scenario):
    said = " ".join(scenario.all("diag"))
    check("MISSING" not in said, said)
    check("/dev/pps0" in said and "pulses" in said, said)
    check(scenario.all("before") == scenario.all("after"), (scenario.all("before"), scenario.all("after")))


@expect("diag", "(timeball diag gps) misses the pulses when there are none")
def _(scenario):
    said = " ".join(scenario.all("mute"))
    check("/dev/pps0" in said and "had no edge" in said, said)


# A time station's receiver on DCD: the daemon listens on its own port's pin.
scenario("serial_pin", r"""
	true_epoch 0.3
	insmod /etc/test_serial.ko epoch_ns=$(echo "$epoch" | tr -d .)
	timeball encode dcf77 --from "$(date -d @$((second / 60 * 60)) +%Y-%m-%dT%H:%M)" --minutes 8 \
		--noise delay=20 >/dev/test_serial_pin
	configure 'refclock DCF77 /dev/ttyTEST0:dcd refid DCF offset 0.02' 'makestep 0.1 3' rtcsync
	sed -i '/^server/d' /etc/timeball/timeball.conf
	client_options="-F 1"; start_client
	timeball decode dcf77 --serial /dev/ttyTEST0:dcd --json >/tmp/minutes 2>&1 &
	decoder=$!
	probe watch 400
	say "pins $(ps -o user,comm | grep -c 'nobody *timeball-pin')"
	kill $decoder && wait $decoder
	sed 's/^/@minute /' /tmp/minutes
	timeball radio --json | sed 's/^/@radio /'
	timeball why --json | sed 's/^/@why /'
	stop_client
	probe watch 3
	say "left $(ps -o comm | grep -c timeball-pin)"
""")


@expect("serial_pin", "sets the clock by a time station on a serial port's DCD")
def _(scenario):
    check(len(scenario.jumps) == 1, f"jumps: {scenario.jumps}")
    worst = max(abs(sample.error) for sample in scenario.samples[-100:])
    check(worst < 100 * US, # nothing is off but the stamps: 32 us late
          f"off by {worst} ns: {scenario.samples[-1]}")
    check_bounds(scenario, 50000)
    row = json.loads(scenario.all("radio")[0])["rows"][0]
    check(row["lost_count"] == 0 and row["edges_count"] > 600, row)


@expect("serial_pin", "waits for the pin in a process that may do nothing else, and that ends with it")
def _(scenario):
    check(scenario.words("pins") == ["2"], scenario.words("pins")) # the daemon's and decode's
    check(scenario.words("left") == ["0"], scenario.words("left"))
    minutes = [json.loads(line) for line in scenario.all("minute") if line.startswith("{")]
    good = [minute for minute in minutes if minute["verdict"] == "good"]
    check(len(good) >= 2, minutes)
    check(abs(good[-1]["at_s"] - good[-1]["utc_s"] - 0.02) < 0.001, good[-1])


# As on a Raspberry Pi: the pulse is on a pin of its own, and gpsd is given both devices.
scenario("gpsd_pps0", r"""
	true_epoch -259200
	start_receiver
	echo 1 >/sys/module/test_serial/parameters/mute
	insmod /etc/test_pps.ko phase_ns=$(echo "$epoch" | awk -F. '{ print 1000000000 - $2 }')
	configure 'refclock SHM 0 refid NMEA offset 0.12 delay 0.2 noselect' \
		'refclock SOCK /run/chrony.pps0.sock refid SOCK lock NMEA poll 2' 'makestep 1 3' rtcsync
	sed -i '/^server/d; s/^user.*/user root/' /etc/timeball/timeball.conf
	client_options="-F 1"; start_client
	sleep 1
	gpsd -N -n -b -D 4 -F /tmp/gpsd.sock /dev/ttyTEST0 /dev/pps0 >/tmp/gpsd.log 2>&1 &
	gpsd=$!
	probe watch 60
	timeball refclocks --json | sed 's/^/@refclocks /'
	kill $gpsd && wait $gpsd
""", needs=["gpsd"])


@expect("gpsd_pps0", "takes the pulses of gpsd's /dev/pps0 from the socket of that name")
def _(scenario):
    worst = max(abs(sample.error) for sample in scenario.samples[-20:])
    check(worst < 2 * US, f"off by {worst} ns: {scenario.samples[-1]}")
    nmea, sock = json.loads(scenario.all("refclocks")[0])["rows"]
    check(sock["letter"] == "*" and sock["reach"] == 255 and nmea["samples_count"] > 40, (nmea, sock))
