# SPDX-License-Identifier: MIT
"""Edges, (time, level) each, as other people's programs write them."""


def as_text(edges):
    return "".join(f"{at:.9f} {level}\n" for at, level in edges)


def as_gpiomon_1(edges):
    return "".join(f"event: {'RISING' if level else 'FALLING'} EDGE offset: 17 timestamp: [{when:18.9f}]\n"
                   for when, level in edges)


def as_gpiomon_2(edges):
    return "".join(f"{when:.9f}\t{'rising' if level else 'falling'}\tgpiochip0 17\n" for when, level in edges)


def as_table(edges):
    return "time,level\n" + "".join(f"{when * 1e6:.0f},{level}\n" for when, level in edges)


def as_python(edges):
    """As print() writes numbers, from the start of the recording on: 0.30000000000000004, 5e-05."""
    return "".join(f"{when - edges[0][0]} {bool(level)}\n" for when, level in edges)


def as_numpy(edges):
    return "".join(f"{when:.18e} {level:.18e}\n" for when, level in edges)


def as_nanoseconds(edges):
    """Of a clock that runs since the machine was started."""
    return "".join(f"{round((when - edges[0][0] + 5000) * 1e9)} {level}\n" for when, level in edges)


def as_milliseconds(edges):
    return "; a comment\nseconds;level\n" + "".join(f"{round((when - edges[0][0]) * 1e3)};{level}\n" for when, level in edges)


def as_samples(edges):
    """The level every 5 ms, as a program that polls the pin writes it."""
    lines, i, level = [], 0, 1
    when = int(edges[0][0])
    while when < edges[-1][0]:
        while i < len(edges) and edges[i][0] <= when:
            level = edges[i][1]
            i += 1
        lines.append(f"{when:.3f} {level}\n")
        when += 0.005
    return "".join(lines)


FOREIGN = (as_gpiomon_1, as_gpiomon_2, as_table, as_samples, as_python, as_numpy, as_nanoseconds, as_milliseconds)


def shift(write, edges):
    """By how much the written times are more than the edges'."""
    return {as_python: -edges[0][0], as_milliseconds: -edges[0][0], as_nanoseconds: 5000 - edges[0][0]}.get(write, 0)
