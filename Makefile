# SPDX-License-Identifier: MIT
# The front door: every target installs the Debian packages it misses, then calls meson or a tool.
#   make run   see it work          make test   every test        make install   onto this machine
#   make demo  ten blinking clocks  make bench  the figures       make fuzz, make soak, make check
BUILD ?= build
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 15
SOAK_SECONDS ?= 120
SEEDS ?= 3

MESON = PATH=/usr/bin:$$PATH meson
NINJA = ninja -C $(BUILD)
NEED = tools/install-packages
FOR_BUILD = gcc libc6-dev meson ninja-build pkg-config python3 libcmocka-dev libcap-dev libseccomp-dev libjansson-dev nettle-dev scdoc
FOR_TEST = $(FOR_BUILD) iproute2 netbase util-linux
FOR_FUZZ = $(FOR_BUILD) clang libclang-rt-14-dev
FOR_CHECK = $(FOR_BUILD) clang-format-14 cppcheck

.PHONY: build packages packages-all run demo test system-test install bench fuzz soak check format clean

build: $(BUILD)/build.ninja
	$(NINJA)

packages:
	@$(NEED) $(FOR_BUILD)

packages-all:
	$(NEED) git $(FOR_TEST) $(FOR_FUZZ) $(FOR_CHECK)

$(BUILD)/build.ninja: | packages
	$(MESON) setup --prefix=$(PREFIX) --sysconfdir=/etc --localstatedir=/var $(BUILD)

run: build
	$(BUILD)/src/timeball run

demo: build
	$(BUILD)/src/timeball demo

# The summary's exit status is the verdict: it also fails when the log is missing.
test: build
	$(NEED) $(FOR_TEST)
	rm -f $(BUILD)/meson-logs/testlog.json
	-$(MESON) test -C $(BUILD) --no-rebuild --print-errorlogs
	tools/summarise-tests $(BUILD)

# On a real kernel, which is emulated; this machine's clock is not touched. Under a minute.
system-test: build
	rm -f $(BUILD)/meson-logs/systemlog.json
	-$(MESON) test -C $(BUILD) --no-rebuild --print-errorlogs --suite system --logbase systemlog
	tools/summarise-tests $(BUILD)/meson-logs/systemlog.json

install: build
	$(MESON) configure $(BUILD) -Dprefix=$(PREFIX)
	$(NINJA)
	DESTDIR=$(DESTDIR) $(MESON) install -C $(BUILD) --no-rebuild

# make bench SEEDS=10 takes all the worlds.
bench: build
	$(NEED) $(FOR_TEST)
	bench/accuracy $(BUILD) --seeds $(SEEDS)
	tests/bench.py $(BUILD)
	$(BUILD)/src/timeball sim scenarios/ten-clocks-a-day.scenario >/dev/null

fuzz:
	$(NEED) $(FOR_FUZZ)
	[ -e build-fuzz/build.ninja ] || CC=clang $(MESON) setup build-fuzz -Dfuzz=true \
	  -Db_sanitize=address,undefined -Db_lundef=false
	tools/run-fuzzers build-fuzz $(FUZZ_SECONDS)

soak: build
	tools/soak $(BUILD) $(SOAK_SECONDS)

check: build
	$(NEED) $(FOR_CHECK)
	git ls-files '*.[ch]' | xargs clang-format-14 --dry-run -Werror
	$(NINJA) check-floors
	tools/run-cppcheck
	tools/tidy

format:
	$(NEED) clang-format-14
	git ls-files '*.[ch]' | xargs clang-format-14 -i

clean:
	rm -rf $(BUILD) build-fuzz build-ci build-asan

# The table of docs/radio.md; a quarter of an hour.
.PHONY: bench-radio
bench-radio: build
	$(NINJA) bench-radio
	tools/bench-radio $(BUILD)
