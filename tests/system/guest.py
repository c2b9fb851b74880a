# SPDX-License-Identifier: MIT
"""Debian's kernel under QEMU with our programs in its initramfs, and what it prints.

The emulator counts instructions and calls that the time (-icount): idle time passes at once, the
load of this machine cannot be felt inside, and the same guest prints the same every time. Nothing
here touches this machine's clock.

Another guest lives in this machine's time, for what cannot be had otherwise: it is stopped and let go
by its host, whose clock, and with it the guest's hardware clock, goes on (live_guest.py)."""
import gzip, hashlib, lzma, os, pathlib, re, shutil, struct, subprocess, sys, tempfile, threading

import live_guest, peers

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
PACKAGES = ["qemu-system-x86", "busybox-static", "cpio", "lz4", "zstd", "tzdata", "util-linux", "libc-bin", "make", "gcc-12", "binutils"]
KERNEL = "linux-image-amd64" # that of cloud images has no GPIO
KERNEL_MODULES = ["pps-ldisc"] # of its own, which scenarios load
START = "2026-11-22T12:00:00" # what the guest's RTC says
PATIENCE_S = 900


class Unavailable(Exception):
    """There can be no guest here; the reason is the text."""


def run(*command, **more):
    return subprocess.run([str(word) for word in command], check=True, text=True,
                          stdout=subprocess.PIPE, **more).stdout


def install_packages():
    if os.uname().machine != "x86_64":
        raise Unavailable(f"the guest's kernel is for x86_64, this is {os.uname().machine}")
    if not shutil.which("apt-get"):
        raise Unavailable("no apt-get to fetch QEMU and a kernel with")
    try:
        subprocess.run([TOP / "tools/install-packages", *PACKAGES], check=True, stdout=sys.stderr)
    except subprocess.CalledProcessError:
        raise Unavailable("could not install " + " ".join(PACKAGES)) from None


def kernel_package():
    depends = run("apt-cache", "depends", KERNEL)
    name = re.search(r"Depends: (linux-image-\S+)", depends)
    if not name:
        raise Unavailable(f"no package {KERNEL}")
    return name[1]


def unpacked(image):
    """The kernel itself (an ELF file) out of a bzImage: booting it saves emulating the unpacking.

    The header's fields are of Documentation/x86/boot.rst: setup_sects, payload_offset, _length."""
    setup_sectors = image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    payload = image[start:start + length]
    if payload.startswith(b"\xfd7zXZ\0"):
        return lzma.LZMADecompressor().decompress(payload)
    if payload.startswith(b"\x1f\x8b"):
        return gzip.decompress(payload)
    for magic, tool in (b"\x28\xb5\x2f\xfd", "zstd"), (b"\x02\x21\x4c\x18", "lz4"):
        if payload.startswith(magic):
            # What follows the frame (its size) makes the tools complain after their work.
            return subprocess.run([tool, "-dc"], input=payload, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL).stdout
    raise Unavailable(f"kernel packed in an unknown way ({payload[:6].hex()})")


def download(packages, into):
    """Unpacks Debian packages, which are not installed."""
    with tempfile.TemporaryDirectory(dir=into.parent) as place:
        try:
            run("apt-get", "download", "-q", *packages, cwd=place, stderr=subprocess.STDOUT)
            for package in pathlib.Path(place).glob("*.deb"):
                run("dpkg", "-x", package, into)
        except subprocess.CalledProcessError:
            raise Unavailable("could not download " + " ".join(packages)) from None


def build_modules(root, version, into):
    """Devices whose truth is known (modules/), for the kernel whose headers are under `root`."""
    headers = root / f"usr/src/linux-headers-{version}"
    makefile = headers / "Makefile"
    makefile.write_text(makefile.read_text().replace("/usr/src/", f"{root}/usr/src/")
                        .replace(f"{root}{root}", f"{root}"))
    shutil.copytree(HERE / "modules", into, dirs_exist_ok=True)
    try:
        run("make", "-s", "-C", headers, f"M={into}", "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules",
            stderr=subprocess.STDOUT)
    except subprocess.CalledProcessError as failure:
        sys.exit(f"Bail out! the test devices do not build: {failure.stdout}")
    for module in into.glob("*.ko"):
        run("strip", "-g", module)


def kernel(cache):
    """The kernel's and its test devices' directory; made when there is none of this version yet."""
    package = kernel_package()
    version = package.removeprefix("linux-image-")
    made_of = " ".join(KERNEL_MODULES).encode() + b"".join(
        path.read_bytes() for path in sorted((HERE / "modules").iterdir()))
    place = cache / f"{version}-{hashlib.sha1(made_of).hexdigest()[:8]}"
    if place.exists():
        return place
    half = cache / "half"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    root = half / "root"
    common = re.sub(r"(-cloud)?-amd64$", "-common", version)
    series = ".".join(version.split(".")[:2])
    download([package, f"linux-headers-{version}", f"linux-headers-{common}",
              f"linux-kbuild-{series}", "linux-compiler-gcc-12-x86"], root)
    image = unpacked(next((root / "boot").glob("vmlinuz-*")).read_bytes())
    if image[:4] != b"\x7fELF":
        raise Unavailable(f"{package} holds no kernel that could be unpacked")
    (half / "kernel").write_bytes(image)
    build_modules(root, version, half / "modules")
    for name in KERNEL_MODULES:
        shutil.copy(next((root / "lib/modules").rglob(name + ".ko")), half / "modules")
    shutil.rmtree(root)
    for old in cache.glob("*-amd64-*"): # of an older version, or of other devices
        shutil.rmtree(old)
    half.rename(place)
    return place


def libraries(program, environment=None):
    said = run("ldd", program, env=environment)
    return re.findall(r"(?:=> |^\s+)(/\S+) \(0x", said, re.MULTILINE)


def leap_list(tai):
    """leap-seconds.list with one more event, at the end of 2026, that nobody has announced."""
    updated, expires = 3945196800, 4102444800
    rows = [line.split()[:2] for line in open("/usr/share/zoneinfo/leap-seconds.list")
            if line[0].isdigit()]
    rows = [row for row in rows if int(row[0]) < 4007750400] + [["4007750400", str(tai)]]
    digits = f"{updated}{expires}" + "".join(ntp + tai for ntp, tai in rows)
    sha = hashlib.sha1(digits.encode()).hexdigest()
    return "\n".join([f"#$\t{updated}", f"#@\t{expires}", *(f"{ntp}\t{tai}" for ntp, tai in rows),
                      "#h\t" + " ".join(sha[i:i + 8] for i in range(0, 40, 8)), ""])


def add_peer(root, package):
    """Somebody else's program, as tests/peers.py has unpacked it."""
    program = peers.program(peers.PEERS[package])
    shutil.copy(program, root / "bin")
    for path in libraries(program, peers.environment()):
        # what was unpacked is where the guest's linker does not look
        to = path if not path.startswith(str(peers.root())) else "/usr/lib/" + os.path.basename(path)
        (root / to[1:]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, root / to[1:])


def initramfs(build, cache, place, scripts, packages):
    root = cache / "root"
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("bin", "dev", "proc", "sys", "run", "tmp", "etc", "var/lib"):
        (root / folder).mkdir(parents=True)
    programs = [build / each for each in ("src/timeballd", "src/timeball", "tests/system/clock_probe",
                                          "tests/system/nmea_talker")]
    programs.append("/usr/sbin/ldattach")
    shutil.copy("/bin/busybox", root / "bin/busybox")
    for applet in run("/bin/busybox", "--list").split():
        if applet != "busybox":
            (root / "bin" / applet).symlink_to("busybox")
    for program in programs:
        shutil.copy(program, root / "bin")
    for path in {*(path for program in programs for path in libraries(program)),
                 "/usr/share/zoneinfo/right/UTC", "/usr/share/zoneinfo/leap-seconds.list"}:
        (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, root / path[1:])
    for package in packages:
        add_peer(root, package)
    for module in (place / "modules").glob("*.ko"):
        shutil.copy(module, root / "etc")
    (root / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\ntimeball:x:990:990::/:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\ndialout:x:20:\ntimeball:x:990:\n")
    (root / "etc/leap-seconds.list").write_text(leap_list(38))
    (root / "etc/leap-seconds-delete.list").write_text(leap_list(36))
    shutil.copy(HERE.parent / "configs/observatory.conf", root / "etc")
    shutil.copy(HERE / "guest_init", root / "init")
    (root / "scenarios").write_text((HERE / "guest_functions").read_text() + "".join(
        f"scenario_{name}() {{\n{script}\n}}\n" for name, script in scripts.items()))
    (root / "init").chmod(0o755)
    for path in root.rglob("*"):
        os.utime(path, (0, 0), follow_symlinks=False)
    names = "\n".join(sorted(str(path.relative_to(root)) for path in root.rglob("*")))
    with open(cache / "initramfs", "wb") as out:
        subprocess.run(["cpio", "-o", "-H", "newc", "--quiet", "--reproducible", "-R", "0:0"],
                       cwd=root, input=names.encode(), stdout=out, check=True)
    return cache / "initramfs"


def machine(place, archive, names, console):
    """The command that both guests have in common."""
    # To Linux an AMD has an RTC whose seconds go on as they were when it is set: not what is to be seen.
    return ["qemu-system-x86_64", "-accel", "tcg", "-seed", "1", "-machine", "pc,hpet=off",
            "-cpu", "qemu64,vendor=GenuineIntel", "-m", "256", "-nodefaults", "-display", "none",
            # a file never makes the guest wait, as a pipe may
            "-chardev", f"file,id=console,path={console},append=on", "-serial", "chardev:console",
            "-kernel", place / "kernel", "-initrd", archive, "-append",
            "console=ttyS0 panic=-1 quiet tsc=reliable random.trust_cpu=on scenarios=" + ",".join(names)]


def run_counted(command, console):
    said = ""
    try:
        said = run(*command, "-icount", "shift=2,sleep=off", "-rtc", f"clock=vm,base={START}",
                   stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        said = f"the guest was not done within {PATIENCE_S} s"
    except subprocess.CalledProcessError as failure:
        said = failure.stdout
    return (console.read_text(errors="replace") if console.exists() else "") + said


def boot(build, scripts, live_scripts, packages):
    """Runs the scenarios (shell by name) one after the other, with the peers of these packages, and
    beside them those of the guest that lives; returns all that each of both printed."""
    install_packages()
    cache = build / "system"
    cache.mkdir(exist_ok=True)
    place = kernel(cache)
    consoles = [cache / "console", cache / "live-console"]
    archive = initramfs(build, cache, place, {**scripts, **live_scripts}, packages)
    said = ["", ""]
    for console in consoles:
        console.unlink(missing_ok=True)

    def live():
        command = machine(place, archive, live_scripts, consoles[1])
        said[1] = live_guest.run(command, consoles[1], PATIENCE_S)
    beside = threading.Thread(target=live)
    if live_scripts:
        beside.start()
    if scripts:
        said[0] = run_counted(machine(place, archive, scripts, consoles[0]), consoles[0])
    if live_scripts:
        beside.join()
    return said
