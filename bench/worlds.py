# SPDX-License-Identifier: MIT
"""The worlds of the benchmarks, as a table: each as a scenario for the simulator and, where it has
the words for it, as expressions for clknetsim."""
import dataclasses

DURATION_S = 100_000
SETTLE_S = 20_000


@dataclasses.dataclass(frozen=True)
class World:
    name: str
    kind: str            # worlds of one kind share a plot and a target
    base: float          # s, one way
    jitter: float        # s, mean, or standard deviation if normal
    law: str = "exponential"
    wander: float = 1e-9 # s/s per sqrt(s)
    is_stationary: bool = True # one server, nothing changes: the limit is known
    clock: str = ""      # more settings of the client's clock
    links: tuple = ()    # lines of the scenario: links and events; {base} and {jitter} are filled in
    servers: tuple = ("ideal a",)
    options: str = ""    # of the server lines, ours and theirs
    expressions: dict = None # for clknetsim, if its words differ: there, back, rate
    short: bool = False  # also in the short form

    def expression(self, which):
        """there, back or rate for clknetsim; None when it has no words for this world."""
        own = self.expressions or {}
        rate = own.get("rate", "(+ 1e-4 {noise})")
        there = own.get("there", "(+ {base} (* {jitter} (" + self.law + ")))")
        text = {"there": there, "back": own.get("back", there), "rate": rate}[which]
        noise = f"(sum (* {self.wander:g} (normal)))"
        return text and text.format(base=f"{self.base:g}", jitter=f"{self.jitter:g}", noise=noise)

    def scenario(self, iburst=True):
        burst = " iburst" if iburst else ""
        names = [line.split()[1] for line in self.servers]
        lines = [f"{self.name}: {self.kind}.", "", f"duration {DURATION_S}s", "observe 4s",
                 f"settle {SETTLE_S}s",
                 f"network base {self.base:g} jitter {self.law} {self.jitter:g}", *self.servers,
                 f"node client offset 10ms freq 100ppm wander {self.wander:g} {self.clock}",
                 *(f"\tserver {name}{burst} {self.options}" for name in names),
                 *(line.format(base=self.base, jitter=self.jitter) for line in self.links)]
        return "\n".join(lines) + "\n"



EXPONENTIAL, GAUSSIAN, HEAVY = "exponential jitter", "Gaussian jitter", "heavy-tailed jitter"
TEMPERATURE, PATHS, UPLINK = "temperature", "path changes", "busy uplink"
SERVERS, OTHER = "several servers", "other"

# clknetsim's words for what happens at some time: 1 from AT on, 1 for the first FOR of each EVERY
def _from(at, time="time"):
    return f"(min 1 (max 0 (+ {time} -{at})))"


def _during(every, length):
    return f"(min 1 (max 0 (+ {length} (* -1 (% time {every})))))"


_LATE = "(+ {base} (* {jitter} (exponential)))"
_HEAVY = {"there": "(+ {base} (* {jitter} (exponential) (exponential) (exponential)))"}
_STEP = "(+ {base} (* {jitter} (exponential)) (* 4e-3 " + _from(60000) + "))"
_NEVER = {"there": None} # clknetsim has no words for it
_JUMP = "(+ 1e-4 {noise} (* %s " + _from(60000, "(sum 1)") + "))"


def _lost(when):
    return {"there": "(+ {base} (* {jitter} (exponential)) (* -10 " + when + "))"}


WORLDS = [
    World("lan", EXPONENTIAL, 1e-4, 1e-5, short=True),
    World("lan-quiet", EXPONENTIAL, 1e-4, 1e-5, wander=1e-10, short=True),
    World("lan-restless", EXPONENTIAL, 1e-4, 1e-5, wander=1e-8, short=True),
    World("lan-fine", EXPONENTIAL, 2e-5, 1e-6),
    World("switches", EXPONENTIAL, 1e-4, 1e-4, short=True),
    World("metro", EXPONENTIAL, 1e-3, 1e-4, wander=1e-10),
    World("wan", EXPONENTIAL, 3e-2, 1e-3, short=True),
    World("wan-quiet", EXPONENTIAL, 3e-2, 1e-3, wander=1e-10),
    World("wan-rough", EXPONENTIAL, 3e-2, 1e-2, short=True),
    World("lan-16s", EXPONENTIAL, 1e-4, 1e-5, options="minpoll 4 maxpoll 4"),
    World("wan-1024s", EXPONENTIAL, 1e-2, 1e-3, options="minpoll 10 maxpoll 10"),
    World("loss", EXPONENTIAL, 1e-3, 1e-4, links=("network loss 30%",),
          expressions=_lost("(max 0 (min 1 (* 1e9 (+ (uniform) -0.7))))")),
    World("gauss-lan", GAUSSIAN, 1e-4, 1e-5, "normal", short=True),
    World("gauss-metro", GAUSSIAN, 1e-3, 1e-4, "normal", short=True),
    World("gauss-quiet", GAUSSIAN, 1e-3, 1e-4, "normal", wander=1e-10),
    World("lognormal-metro", HEAVY, 1e-3, 1e-4, "lognormal", short=True, expressions=_NEVER),
    World("lognormal-wan", HEAVY, 3e-2, 1e-3, "lognormal", expressions=_NEVER),
    World("pareto-metro", HEAVY, 1e-3, 1e-4, "pareto", short=True,
          expressions=_HEAVY),
    World("pareto-wan", HEAVY, 3e-2, 1e-3, "pareto",
          expressions=_HEAVY),
    World("bursts", HEAVY, 1e-3, 1e-4, short=True,
          links=("network burst-every 1h burst-for 10m burst-jitter 2ms",),
          expressions={"there": "(+ {base} (* {jitter} (exponential) (+ 1 (* 20 "
                                + _during(4200, 600) + "))))"}),
    World("temperature-1h", TEMPERATURE, 1e-4, 1e-5, wander=1e-10, is_stationary=False, short=True,
          clock="temperature 2ppm temperature-period 1h",
          expressions={"rate": "(+ 1e-4 (* 2e-6 (sine 3600)) {noise})"}),
    World("temperature-2h", TEMPERATURE, 1e-4, 1e-5, wander=1e-10, is_stationary=False,
          clock="temperature 10ppm temperature-period 2h",
          expressions={"rate": "(+ 1e-4 (* 1e-5 (sine 7200)) {noise})"}),
    World("temperature-day", TEMPERATURE, 1e-3, 1e-4, wander=1e-10, is_stationary=False,
          clock="temperature 2ppm temperature-period 1d",
          expressions={"rate": "(+ 1e-4 (* 2e-6 (sine 86400)) {noise})"}),
    World("path-one-way", PATHS, 1e-3, 1e-4, is_stationary=False, short=True,
          links=("at 60000s link client -> a base 5ms",),
          expressions={"there": _STEP, "back": _LATE}),
    World("path-both", PATHS, 1e-3, 1e-4, is_stationary=False,
          links=("at 60000s link client a base 5ms",),
          expressions={"there": _STEP}),
    World("uplink", UPLINK, 1e-3, 1e-4,
          links=("link client -> a jitter 200us", "link a -> client jitter 0"), short=True,
          expressions={"there": "(+ {base} (* {jitter} 2 (exponential)))", "back": "(* 1 {base})"}),
    World("uplink-hours", UPLINK, 5e-3, 2e-4, is_stationary=False,
          links=("link client -> a burst-every 1h burst-for 30m burst-jitter 20ms",),
          expressions={"there": "(+ {base} (* {jitter} (exponential) (+ 1 (* 100 "
                                + _during(5400, 1800) + "))))", "back": _LATE}),
    World("ticks-1us", OTHER, 1e-4, 1e-6, clock="granularity 1us", expressions=_NEVER),
    World("white-noise", OTHER, 1e-4, 1e-5, wander=1e-10, clock="white 1e-8",
          expressions={"rate": "(+ 1e-4 (* 1e-8 (normal)) {noise})"}),
    World("asymmetric", OTHER, 1e-2, 1e-3, is_stationary=False, links=("network asymmetry 5%",),
          expressions={"there": "(+ 1.05e-2 (* {jitter} (exponential)))",
                       "back": "(+ 0.95e-2 (* {jitter} (exponential)))"}),
    World("away", OTHER, 1e-3, 1e-4, is_stationary=False,
          links=("network up-every 3h up-for 1h",),
          expressions=_lost("(min 1 (max 0 (+ (% time 10800) -3600)))")),
    World("jump-2ppm", OTHER, 1e-3, 1e-4, is_stationary=False,
          links=("at 60000s clock client freq 2ppm",),
          expressions={"rate": _JUMP % "2e-6"}),
    World("jump-50ppm", OTHER, 1e-3, 1e-4, is_stationary=False,
          links=("at 60000s clock client freq 50ppm",),
          expressions={"rate": _JUMP % "50e-6"}),
    World("four-servers", SERVERS, 1e-3, 1e-4, is_stationary=False, short=True,
          servers=("ideal a", "ideal b", "ideal c", "ideal d")),
    World("four-asymmetric", SERVERS, 1e-3, 1e-4, is_stationary=False,
          servers=("ideal a", "ideal b", "ideal c", "ideal d"),
          links=("link client a asymmetry 5%", "link client b asymmetry -4%",
                 "link client c asymmetry 2%", "link client d asymmetry -3%"), expressions=_NEVER),
    World("one-liar", SERVERS, 1e-3, 1e-4, is_stationary=False,
          servers=("ideal a", "ideal b", "ideal c", "ideal d offset 20ms")),
]
