#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeballd asked by collectd's chrony plugin, which speaks chronyc's protocol by a program of its own."""
import re

import peers, tap
from check import check_between, check_equal
from world import wait_until


def configuration(directory, at):
    return f"""
BaseDir "{directory}"
PluginDir "{peers.program("usr/lib/collectd")}"
TypesDB "{peers.program("usr/share/collectd/types.db")}"
Interval 1
LoadPlugin chrony
LoadPlugin csv
<Plugin csv>
  DataDir "stdout"
</Plugin>
<Plugin chrony>
  Host "{at.host}"
  Port "{at.port}"
</Plugin>
"""


def values(collectd):
    """The newest of each that it printed; the value stands behind the time: `PUTVAL NAME … TIME:VALUE`."""
    return {name: float(value) for name, value in
            re.findall(r"^PUTVAL [^/]*/chrony/(\S+) .*:(\S+)$", collectd.log(), re.M)}


@tap.test("shows collectd the clock and its source")
def dashboard(place):
    at, ask = place.endpoint(4), place.endpoint(4)
    place.timeballd("server", ["local stratum 3", "allow", place.clock(), f"bindaddress {at.host}",
                               f"port {at.port}"])
    client = place.timeballd("client", [
        f"server {at.host} port {at.port} iburst minpoll 0 maxpoll 2", "port 0", f"cmdport {ask.port}",
        f"bindcmdaddress {ask.host}", "cmdallow all", place.clock("offset 0.02 freq 30"), "makestep 0.01 3"])
    wait_until(client.is_synchronised, "the client is synchronised")

    directory = place.new_directory("collectd")
    (directory / "collectd.conf").write_text(configuration(directory, ask))
    collectd = place.peer("collectd-core", "collectd", [
        peers.program("usr/sbin/collectd"), "-f", "-C", directory / "collectd.conf"])
    wait_until(lambda: f"clock_stratum-{at.host}" in values(collectd), "collectd has both reports")
    shown = values(collectd)
    check_equal(shown["clock_stratum-chrony"], client.tracking()["stratum"], "stratum of the clock")
    check_equal(shown[f"clock_stratum-{at.host}"], 3, "stratum of the source")
    check_equal(shown[f"clock_state-{at.host}"], 0, "state of the source: selected")
    check_between(shown["frequency_error-chrony"], 20, 40, "ppm that the clock gains")
    check_between(shown["time_ref-chrony"], 1.7e9, 4e9, "when it was last updated")


tap.main(needs=("collectd-core",))
