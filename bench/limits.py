# SPDX-License-Identifier: MIT
"""The physical limit of a world: bench-limit's filter, which knows the true law of the delays."""
import pathlib, statistics, subprocess, tempfile


def poll_s(world):
    words = world.options.split()
    return 2 ** int(words[words.index("minpoll") + 1]) if "minpoll" in words else 64


def limit(build, world, seeds, particles=2000):
    """The median RMS error in seconds; None where the limit is not known."""
    if not world.is_stationary:
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".scenario") as file:
        file.write(world.scenario())
        file.flush()
        ran = subprocess.run([f"{build}/bench-limit", file.name, str(poll_s(world)), str(seeds),
                              str(particles)], capture_output=True, text=True, check=True)
    return statistics.median(float(line.split()[0]) for line in ran.stdout.splitlines())
