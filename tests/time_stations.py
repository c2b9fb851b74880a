# SPDX-License-Identifier: MIT
"""What MSF, DCF77, WWVB and JJY send, spelled from their operators' publications, and what cheap receivers make of it.

Written apart from src/radio, whose encoder shares its tables with the decoder: what both had wrong would not show there.

MSF: NPL, "MSF 60 kHz Time and Date Code". DCF77: PTB, "DCF77 time code". WWVB: NIST SP 432, appendix; a leap second is one more
position marker (observed in 1997: leapsecond.com/notes/ls-wwvb-97.htm). JJY: NICT, jjy.nict.go.jp/jjy/trans/index-e.html; a leap
second is a 0 at second 59, and P0 comes at 60 (jjy.nict.go.jp/news/leaps.html)."""
import datetime, random

UTC = datetime.timezone.utc
MINUTE = datetime.timedelta(minutes=1)


def bcd(value, *weights):
    """Bits of a decimal number for weights like 40 20 10 8 4 2 1, as strings of 0 and 1."""
    bits = ""
    for weight in weights:
        ten = 100 if weight >= 100 else 10 if weight >= 10 else 1
        bits += "1" if value // ten % 10 & weight // ten else "0"
    return bits


def odd(bits):
    return bits.count("1") % 2 == 1


def last_sunday(year, month):
    day = datetime.datetime(year, month, 31, 1, tzinfo=UTC)
    return day - datetime.timedelta(days=day.isoweekday() % 7)


def nth_sunday(year, month, nth):
    first = datetime.datetime(year, month, 1, tzinfo=UTC)
    return first + datetime.timedelta(days=-first.isoweekday() % 7 + 7 * (nth - 1))


def is_european_summer(when):
    return last_sunday(when.year, 3) <= when < last_sunday(when.year, 10)


def american_summer_bits(when):
    """WWVB's 57 and 58: the first changes at 00:00 UTC of the Sunday, the second a day later."""
    day = datetime.timedelta(days=1)
    begins, ends = nth_sunday(when.year, 3, 2), nth_sunday(when.year, 11, 1)
    return "01"[begins <= when < ends] + "01"[begins + day <= when < ends + day]


def msf(minute, dut1=0, leap=None):
    """Pulses of the minute that begins at `minute`: for each second (carrier off from, to) in ms."""
    named = minute + MINUTE
    summer = is_european_summer(named)
    local = named + datetime.timedelta(hours=1) if summer else named
    a, b = ["0"] * 60, ["0"] * 60
    for i in range(abs(dut1)):
        b[(1 if dut1 > 0 else 9) + i] = "1"
    year = bcd(local.year % 100, 80, 40, 20, 10, 8, 4, 2, 1)
    month, day = bcd(local.month, 10, 8, 4, 2, 1), bcd(local.day, 20, 10, 8, 4, 2, 1)
    weekday = bcd(local.isoweekday() % 7, 4, 2, 1)
    clock = bcd(local.hour, 20, 10, 8, 4, 2, 1) + bcd(local.minute, 40, 20, 10, 8, 4, 2, 1)
    a[17:60] = year + month + day + weekday + clock + "01111110"
    change = min(((c - minute).total_seconds() for year_ in (minute.year,) for c in
                  (last_sunday(year_, 3), last_sunday(year_, 10)) if c > minute), default=1e9)
    b[53] = "01"[change <= 61 * 60]
    for second, bits in ((54, year), (55, month + day), (56, weekday), (57, clock)):
        b[second] = "01"[not odd(bits)]
    b[58] = "01"[summer]
    seconds = [[(0, 500)]]
    for second in range(1, 60):
        off = [(0, 200 if a[second] == "1" else 100)]
        if b[second] == "1":
            off = [(0, 300)] if a[second] == "1" else off + [(200, 300)]
        seconds.append(off)
    if leap == minute + MINUTE:
        seconds.insert(17, [(0, 100)])
    return seconds


def dcf77(minute, dut1=0, leap=None):
    named = minute + MINUTE
    summer = is_european_summer(named)
    local = named + datetime.timedelta(hours=2 if summer else 1)
    weather = random.Random(minute.timestamp())
    bits = "0" + "".join(weather.choice("01") for _ in range(14)) + "0"
    hour = datetime.timedelta(hours=1)
    bits += "01"[is_european_summer(minute) != is_european_summer(minute + hour)]
    bits += "10" if summer else "01"
    bits += "01"[leap is not None and datetime.timedelta() < leap - minute <= hour]
    bits += "1"
    minutes = bcd(local.minute, 40, 20, 10, 8, 4, 2, 1)[::-1]
    hours = bcd(local.hour, 20, 10, 8, 4, 2, 1)[::-1]
    date = (bcd(local.day, 20, 10, 8, 4, 2, 1)[::-1] + bcd(local.isoweekday(), 4, 2, 1)[::-1] +
            bcd(local.month, 10, 8, 4, 2, 1)[::-1] + bcd(local.year % 100, 80, 40, 20, 10, 8, 4, 2, 1)[::-1])
    for part in (minutes, hours, date):
        bits += part + "01"[odd(part)]
    if leap == minute + MINUTE:
        bits += "0"
    return [[(0, 200 if bit == "1" else 100)] for bit in bits] + [[]]


def wwvb(minute, dut1=0, leap=None):
    day = minute.timetuple().tm_yday
    is_leap_year = minute.year % 4 == 0 and (minute.year % 100 != 0 or minute.year % 400 == 0)
    warned = leap is not None and minute < leap and (leap - MINUTE).month == minute.month
    bits = "M" + bcd(minute.minute, 40, 20, 10) + "0" + bcd(minute.minute, 8, 4, 2, 1) + "M"
    bits += "00" + bcd(minute.hour, 20, 10) + "0" + bcd(minute.hour, 8, 4, 2, 1) + "M"
    bits += "00" + bcd(day, 200, 100) + "0" + bcd(day, 80, 40, 20, 10) + "M"
    bits += bcd(day, 8, 4, 2, 1) + "00" + ("101" if dut1 >= 0 else "010") + "M"
    bits += bcd(abs(dut1), 8, 4, 2, 1) + "0" + bcd(minute.year % 100, 80, 40, 20, 10) + "M"
    bits += bcd(minute.year % 100, 8, 4, 2, 1) + "0" + "01"[is_leap_year] + "01"[warned]
    bits += american_summer_bits(minute) + "M"
    if leap == minute + MINUTE:
        bits += "M"
    return [[(0, {"0": 200, "1": 500, "M": 800}[bit])] for bit in bits]


def jjy(minute, dut1=0, leap=None):
    local = minute + datetime.timedelta(hours=9)
    day = local.timetuple().tm_yday
    minutes, hours = bcd(local.minute, 40, 20, 10, 8, 4, 2, 1), bcd(local.hour, 20, 10, 8, 4, 2, 1)
    warned = leap is not None and minute < leap and leap - minute < datetime.timedelta(days=30)
    bits = "M" + minutes[:3] + "0" + minutes[3:] + "M" + "00" + hours[:2] + "0" + hours[2:] + "M"
    bits += "00" + bcd(day, 200, 100) + "0" + bcd(day, 80, 40, 20, 10) + "M"
    bits += bcd(day, 8, 4, 2, 1) + "00" + "01"[odd(hours)] + "01"[odd(minutes)] + "0" + "M"
    bits += "0" + bcd(local.year % 100, 80, 40, 20, 10, 8, 4, 2, 1) + "M"
    bits += bcd(local.isoweekday() % 7, 4, 2, 1) + ("11" if warned else "00") + "0000" + "M"
    if leap == minute + MINUTE:
        bits = bits[:59] + "0M"
    seconds = [[({"0": 800, "1": 500, "M": 200}[bit], 1000)] for bit in bits]
    if local.minute in (15, 45): # the call sign in Morse, twice, where the year would be
        seconds[40:49] = call_sign()
        seconds[50:56] = [[(800, 1000)]] * 6
    return seconds


def call_sign():
    """JJY JJY in nine seconds from 40.0 on; the carrier off between the signs."""
    on, at = [], 500.0
    dot = 9000 * 0.9 / 2 / 39
    for letter in (".---", ".---", "-.--") * 2:
        for sign in letter:
            length = dot if sign == "." else 3 * dot
            on.append((at, at + length))
            at += length + dot
        at += 2 * dot
    off, end = [], 0.0
    for begin, stop in on:
        off.append((end, begin))
        end = stop
    off.append((end, 9000))
    seconds = [[] for _ in range(9)]
    for begin, stop in off:
        while begin < stop:
            second = int(begin // 1000)
            cut = min(stop, (second + 1) * 1000)
            if second < 9:
                seconds[second].append((begin - second * 1000, cut - second * 1000))
            begin = cut
    return seconds


STATIONS = {"msf": msf, "dcf77": dcf77, "wwvb": wwvb, "jjy": jjy}


class Recording:
    """Edges of a station from `start` (UTC) on for so many minutes, by a recorder that calls the start `epoch`."""

    def __init__(self, station, start, minutes, dut1=0, leap=None, epoch=None):
        self.station, self.leap = station, leap
        self.epoch = start.timestamp() if epoch is None else epoch
        self.off = []        # (from, to) in s since the start
        self.begins = {}     # of each minute, by its UTC: s since the start
        at = 0
        for i in range(minutes + 1):
            minute = start + i * MINUTE
            self.begins[int(minute.timestamp())] = at
            if i == minutes:
                break
            for second, pulses in enumerate(STATIONS[station](minute, dut1, leap)):
                self.off += [(at + second + a / 1000, at + second + b / 1000) for a, b in pulses]
            at += second + 1
        self.length = at

    def drop(self, begin, end):
        """The signal is gone, and the receiver's output rests."""
        self.off = [pulse for pulse in self.off if pulse[1] < begin or pulse[0] > end]

    def pulses(self, chance, delay, stretch, jitter, width, missing, wrong, fades):
        """(from, to) as the receiver's output has them: those that run into each other are one."""
        pulses = []
        for begin, end in sorted(self.off):
            if any(a <= begin < b for a, b, _ in fades) or chance.random() < missing:
                continue
            if chance.random() < wrong:
                end = begin + chance.choice((0.1, 0.2, 0.3, 0.5, 0.8))
            begin += delay + chance.gauss(0, jitter)
            end += delay + stretch + chance.gauss(0, jitter) + chance.gauss(0, width)
            if pulses and begin <= pulses[-1][1]:
                pulses[-1] = (pulses[-1][0], max(end, pulses[-1][1]))
            elif end > begin:
                pulses.append((begin, end))
        return pulses

    def receive(self, seed=1, delay=0.0, stretch=0.0, jitter=0.0, width=0.0, glitches=0.0, bounce=0.0, extra=0.0, missing=0.0,
                wrong=0.0, fades=(), ppm=0.0, quantum=0.0, skip=0.0, inverted=False):
        """(recorder's time, level) of each edge. stretch: pulses of low carrier end so much later, give or take width;
        glitches: a second, of 1 to 8 ms; extra: the same, of 20 to 250 ms; bounce: chance that an edge comes several times;
        missing, wrong: chance that a pulse is lost, or has another length; fades: (from, to, spikes a second);
        skip: the recording begins so late; levels 1 = full carrier unless inverted."""
        chance = random.Random(seed)
        times = [t for pulse in self.pulses(chance, delay, stretch, jitter, width, missing, wrong, fades) for t in pulse]

        def add_noise(rate, low, high, begin=0.0, end=None):
            at = begin + chance.expovariate(rate) if rate else float("inf")
            while at < (end or self.length):
                times.extend((at, at + chance.uniform(low, high)))
                at += chance.expovariate(rate)

        for t in times[:]:
            for _ in range(chance.randint(1, 4) if chance.random() < bounce else 0):
                again = t + chance.uniform(0.0002, 0.006)
                times += [again, again + chance.uniform(0.0001, 0.002)]
        add_noise(glitches, 0.001, 0.008)
        add_noise(extra, 0.02, 0.25)
        for begin, end, rate in fades:
            add_noise(rate, 0.005, 0.2, begin, end)
        edges, is_low = [], False
        for t in sorted(times):
            is_low = not is_low
            at = self.epoch + t * (1 + ppm * 1e-6)
            at = round(at / quantum) * quantum if quantum else at
            if t >= skip:
                edges.append((at, int(is_low == inverted)))
        return edges
