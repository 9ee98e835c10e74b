# SPDX-License-Identifier: GPL-3.0-or-later
# Everything is built under build/. `make help` lists the targets.

PREFIX ?= /usr/local
DESTDIR ?=
CC ?= gcc
BUILD ?= build
V ?= 0
JOBS := $(shell nproc)
comma := ,
Q := $(if $(filter 1,$(V)),,@)

PACKAGES := libuv libpq libcurl libconfig libmicrohttpd jansson libsodium libidn2 libseccomp
CLIENT_PACKAGES := libcurl libconfig jansson libsodium smartcols libidn2
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wformat=2
HARDENING = -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fPIE \
             -ftrivial-auto-var-init=zero
LINK_HARDENING := -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack
CFLAGS ?= -O2 -g
DEFINES = -D_GNU_SOURCE -DDSRD_VERSION='"$(VERSION)"' -DDSRD_SYSCONFDIR='"$(SYSCONFDIR)"' -DDSRD_DATADIR='"$(DATADIR)"'
VERSION := 0.1.0
SYSCONFDIR ?= /etc/dsrd
DATADIR ?= $(PREFIX)/share/dsrd
ALL_CFLAGS = -std=c17 $(CFLAGS) $(WARNINGS) $(HARDENING) $(SANITIZE) $(DEFINES) -Idaemon -I. -include daemon/shared/banned.h \
             $(PACKAGE_CFLAGS)
PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) smartcols 2>/dev/null)
LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
CLIENT_LIBS := $(shell pkg-config --libs $(CLIENT_PACKAGES) 2>/dev/null) -lcsv

# What reads mails from outside is a program of its own, and the only one that GMime is linked into.
DAEMON_SOURCES := $(filter-out daemon/inbox/%,$(wildcard daemon/*/*.c))
INBOX_SOURCES := $(filter-out daemon/inbox/main.c,$(wildcard daemon/inbox/*.c))
GMIME_CFLAGS := $(shell pkg-config --cflags gmime-3.0 2>/dev/null)
GMIME_LIBS := $(shell pkg-config --libs gmime-3.0 2>/dev/null)
CLIENT_SOURCES := $(filter-out client/main.c,$(wildcard client/*.c))
# dsr links what needs no loop, no database and no mail.
CLIENT_DAEMON_SOURCES := $(wildcard daemon/shared/*.c daemon/law/*.c) daemon/request/reference.c daemon/request/event.c daemon/request/outcome.c \
    daemon/request/residence.c $(wildcard daemon/vendor/*.c) daemon/mail/address.c
object = $(patsubst %.c,$(BUILD)/%.o,$(1))

all: packages-build
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) programs

programs: $(BUILD)/dsrd $(BUILD)/dsr $(BUILD)/dsrd-inbox

# Other flags or paths than last time: everything is compiled again.
$(BUILD)/flags: force
	@mkdir -p $(@D)
	@echo '$(CC) $(subst ','\'',$(ALL_CFLAGS))' | cmp -s - $@ || echo '$(CC) $(subst ','\'',$(ALL_CFLAGS))' > $@

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/libdsrd.a: $(call object,$(DAEMON_SOURCES))
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/daemon/inbox/parse.o: PACKAGE_CFLAGS += $(GMIME_CFLAGS)
$(BUILD)/libdsrd-inbox.a: $(call object,$(INBOX_SOURCES))
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/libdsr.a: $(call object,$(CLIENT_SOURCES) $(CLIENT_DAEMON_SOURCES))
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/dsrd: $(call object,daemon/main.c) $(BUILD)/libdsrd.a
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(LINK_HARDENING) $(SANITIZE) -o $@ $^ $(LIBS)

$(BUILD)/dsr: $(call object,client/main.c) $(BUILD)/libdsr.a
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(LINK_HARDENING) $(SANITIZE) -o $@ $^ $(CLIENT_LIBS)

$(BUILD)/dsrd-inbox: $(call object,daemon/inbox/main.c) $(BUILD)/libdsrd-inbox.a $(BUILD)/libdsrd.a
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(LINK_HARDENING) $(SANITIZE) -o $@ $^ $(LIBS) $(GMIME_LIBS)

# dsrd with failpoints (daemon/shared/failpoint.h): what has some is compiled anew with them, the rest is that of the normal build.
FAILPOINT_SOURCES := daemon/main.c $(shell grep -lw FAILPOINT daemon/*/*.c) tests/fault/failpoint.c
FAILPOINT_OBJECTS := $(patsubst %.c,$(BUILD)/failpoints/%.o,$(FAILPOINT_SOURCES))
$(BUILD)/failpoints/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  CC      $< (failpoints)"
	$(Q)$(CC) $(ALL_CFLAGS) -DDSRD_FAILPOINTS -MMD -MP -c $< -o $@
$(BUILD)/failpoints/dsrd: $(FAILPOINT_OBJECTS) $(BUILD)/libdsrd.a
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(LINK_HARDENING) $(SANITIZE) -o $@ $^ $(LIBS)
failpoints: $(BUILD)/failpoints/dsrd

# tests/unit/NAME_test.c is one program, linked with everything but the two main.c.
UNIT_TESTS := $(patsubst tests/unit/%_test.c,$(BUILD)/unit/%_test,$(wildcard tests/unit/*_test.c))
$(BUILD)/unit/%_test: $(BUILD)/tests/unit/%_test.o $(BUILD)/libdsrd.a $(BUILD)/libdsr.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(SANITIZE) -pie -o $@ $^ -lcmocka $(LIBS) $(CLIENT_LIBS)

# tests/unit/NAME_memory_test.c refuses memory: the calls for it in dsrd's own code go to tests/unit/memory.h.
MEMORY_CALLS := malloc calloc realloc reallocarray strdup strndup asprintf vasprintf __asprintf_chk __vasprintf_chk free sodium_malloc sodium_init idn2_to_ascii_8z
$(BUILD)/unit/%_memory_test: LDFLAGS += $(addprefix -Wl$(comma)--wrap=,$(MEMORY_CALLS))

# tests/unit/NAME_calls_test.c refuses calls of the system: those of dsrd's own code go to tests/unit/calls.h.
SYSTEM_CALLS := open fstat stat read __read_chk write pwrite fsync close flock link unlink rename renameat2 fchown access time
$(BUILD)/unit/%_calls_test: LDFLAGS += $(addprefix -Wl$(comma)--wrap=,$(SYSTEM_CALLS))

# authority_memory_test.c answers in the place of the database and of libmicrohttpd.
$(BUILD)/unit/authority_memory_test: LDFLAGS += $(addprefix -Wl$(comma)--wrap=,exchange_call exchange_header exchange_set_source \
    MHD_get_connection_info MHD_get_connection_values)

# tests/harness/NAME.c is a program that a system test runs.
HARNESS_PROGRAMS := $(patsubst tests/harness/%.c,$(BUILD)/harness/%,$(wildcard tests/harness/*.c))
$(BUILD)/harness/%: $(BUILD)/tests/harness/%.o $(BUILD)/libdsrd.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(SANITIZE) -pie -o $@ $^ $(LIBS)

$(BUILD)/harness/dsrd_next: $(call object,daemon/main.c) $(BUILD)/tests/harness/dsrd_next.o $(BUILD)/libdsrd.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(LINK_HARDENING) $(SANITIZE) -o $@ $^ $(LIBS)

# Preloaded into programs under test.
FAULT_LIBRARIES := $(addprefix $(BUILD)/fault/,allocations.so clock.so poison.so)
$(BUILD)/fault/%.so: tests/fault/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) -std=c17 $(CFLAGS) $(WARNINGS) -D_GNU_SOURCE -fPIC -shared -o $@ $<

$(BUILD)/unit/inbox_%_test: $(BUILD)/tests/unit/inbox_%_test.o $(BUILD)/libdsrd-inbox.a $(BUILD)/libdsrd.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(SANITIZE) -pie -o $@ $^ -lcmocka $(LIBS) $(GMIME_LIBS)

force:

unit: $(UNIT_TESTS)
	$(Q)CMOCKA_MESSAGE_OUTPUT=TAP prove -e '' $(UNIT_TESTS)

packages-build:
	$(Q)tests/harness/packages.sh build
packages-test:
	$(Q)tests/harness/packages.sh test
packages-all:
	$(Q)tests/harness/packages.sh all

# What the tests run.
TESTED := programs failpoints $(UNIT_TESTS) $(HARNESS_PROGRAMS) $(FAULT_LIBRARIES)

# pkg-config can only answer once the packages are there, hence the second make of each.
check: packages-test
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) fuzzers $(TESTED)
	$(Q)$(MAKE) --no-print-directory run-tests

# Tests mostly wait, so there run more at once than there are cores; those that measure how long something takes, or need a machine that keeps up, come last, one by one.
MEASURING_TESTS := $(patsubst %,tests/fault/%.t,descriptors disk names silence slow_clients standstill)
WAITING_TESTS := $(filter-out $(MEASURING_TESTS),$(wildcard tests/sql/*.t tests/system/*.t tests/fault/*.t))
PROVE = CMOCKA_MESSAGE_OUTPUT=TAP BUILD=$(BUILD) prove --timer -e ''
run-tests: $(TESTED)
	$(Q)status=0; $(PROVE) -j$$(($(JOBS) + 1)) $(UNIT_TESTS) $(WAITING_TESTS) || status=1; $(PROVE) $(MEASURING_TESTS) || status=1; exit $$status

# The same suite under AddressSanitizer and UndefinedBehaviorSanitizer.
sanitize: packages-test fuzzers
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/sanitize HARDENING= CFLAGS="-O1 -g -fno-omit-frame-pointer" \
	    SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=undefined -DDSRD_SANITIZED" run-tests

# What the tests ran of the code; COVERAGE_TESTS="tests/system/api.t" takes fewer of them, COVERAGE_TESTS= the unit tests alone.
coverage: packages-all
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) BUILD=$(BUILD)/coverage HARDENING= CFLAGS="-O0 -g" SANITIZE="--coverage -fprofile-update=atomic" \
	    measured-programs
	$(Q)BUILD=$(BUILD)/coverage tests/coverage/run
measured-programs: $(TESTED)

# Whether the tests would see a wrong line of the modules that decide: MUTATION_SAMPLE=200, FAULT_SEED.
mutation: packages-all
	$(Q)tests/mutation/run

# Threads are libuv's, for the look-up of names and the tables of a quarter: the tests of both, and the API's, under ThreadSanitizer.
tsan: packages-test
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/tsan HARDENING= CFLAGS="-O1 -g" SANITIZE="-fsanitize=thread -DDSRD_SANITIZED" \
	    programs $(BUILD)/tsan/unit/published_test
	$(Q)BUILD=$(BUILD)/tsan SANDBOX=off prove --timer -e '' tests/system/database.t tests/system/api.t tests/system/restart.t tests/system/counts.t

# The unit tests, and dsrd while it sends mail, under valgrind's memcheck: no error, and nothing that is lost for good.
valgrind: packages-all
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) programs $(UNIT_TESTS)
	$(Q)BUILD=$(BUILD) tests/fault/valgrind

# libFuzzer targets: tests/fuzz/NAME_fuzz.c. They need clang; `make check` runs each for a moment, `make soak` for long.
FUZZERS := $(patsubst tests/fuzz/%_fuzz.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
fuzzers:
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzzing CC=clang HARDENING= CFLAGS="-O1 -g" \
	    SANITIZE="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined" fuzz-programs
fuzz-programs: $(FUZZERS)
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%_fuzz.o $(BUILD)/libdsrd.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -pie -o $@ $^ $(LIBS)

$(BUILD)/fuzz/reply: $(BUILD)/tests/fuzz/reply_fuzz.o $(BUILD)/libdsrd-inbox.a $(BUILD)/libdsrd.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -pie -o $@ $^ $(LIBS) $(GMIME_LIBS)

$(BUILD)/fuzz/arguments: $(BUILD)/tests/fuzz/arguments_fuzz.o $(BUILD)/libdsr.a $(BUILD)/libdsrd.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -pie -o $@ $^ $(LIBS) $(CLIENT_LIBS)

bench: packages-all
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) programs
	$(Q)BUILD=$(BUILD) tests/bench/run

soak: packages-all
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) fuzzers $(TESTED)
	$(Q)BUILD=$(BUILD) tests/soak/run

lint: packages-all
	$(Q)tests/lint/run

format:
	clang-format -i $(shell git ls-files '*.[ch]')

try: packages-build
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) programs
	$(Q)BUILD=$(BUILD) tests/try/start
try-stop:
	$(Q)BUILD=$(BUILD) tests/try/stop

BINDIR = $(DESTDIR)$(PREFIX)/bin
SBINDIR = $(DESTDIR)$(PREFIX)/sbin
DATA = $(DESTDIR)$(DATADIR)
CONF = $(DESTDIR)$(SYSCONFDIR)
MAN = $(DESTDIR)$(PREFIX)/share/man
DOC = $(DESTDIR)$(PREFIX)/share/doc/dsrd
UNITDIR ?= $(PREFIX)/lib/systemd/system
USERUNITDIR ?= $(PREFIX)/lib/systemd/user
UNITS := $(notdir $(wildcard systemd/*.service systemd/*.socket))
USER_UNITS := $(notdir $(wildcard systemd/user/*))
UNIT_PATHS = 's|@SBINDIR@|$(PREFIX)/sbin|g; s|@SYSCONFDIR@|$(SYSCONFDIR)|g'
install: packages-build
	$(Q)$(MAKE) --no-print-directory programs install-files

# Files in etc that a library has changed are kept; what a release changes of them stands beside them as *.new. To tell the two apart, a copy of
# what was shipped is kept in $(DATA)/etc: install over the old release, without an uninstall between.
install-files:
	install -d $(BINDIR) $(SBINDIR) $(DATA)/sql/schema $(DATA)/sql/functions $(CONF) $(MAN)/man1 $(MAN)/man5 $(MAN)/man7 $(MAN)/man8
	install -m 755 $(BUILD)/dsr $(BINDIR)/dsr
	install -m 755 $(BUILD)/dsrd $(SBINDIR)/dsrd
	install -m 755 $(BUILD)/dsrd-inbox $(SBINDIR)/dsrd-inbox
	install -m 644 sql/roles.sql $(DATA)/sql/
	install -m 644 sql/schema/*.sql $(DATA)/sql/schema/
	install -m 644 sql/functions/*.sql $(DATA)/sql/functions/
	install -m 644 daemon/http/openapi.json $(DATA)/
	etc/install.sh $(CONF) $(DATA)/etc
	install -D -m 644 etc/nginx.conf.example $(DOC)/nginx.conf
	install -m 644 etc/nginx-several.conf.example $(DOC)/nginx-several.conf
	install -m 644 client/dsr.1 $(MAN)/man1/
	install -m 644 daemon/config/dsrd.conf.5 $(MAN)/man5/
	install -m 644 daemon/dsrd-many.7 $(MAN)/man7/
	install -m 644 daemon/dsrd.8 daemon/inbox/dsrd-inbox.8 $(MAN)/man8/
	install -D -m 644 client/dsr.bash-completion $(DESTDIR)$(PREFIX)/share/bash-completion/completions/dsr
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(USERUNITDIR) $(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
	for unit in $(UNITS); do sed $(UNIT_PATHS) systemd/$$unit > $(DESTDIR)$(UNITDIR)/$$unit; done
	for unit in $(USER_UNITS); do sed $(UNIT_PATHS) systemd/user/$$unit > $(DESTDIR)$(USERUNITDIR)/$$unit; done
	install -m 644 systemd/dsrd.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/dsrd.conf
	install -m 644 systemd/dsrd.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/dsrd.conf
	install -d $(DOC)/systemd && install -m 644 systemd/README.md systemd/*.conf $(DOC)/systemd/

# What dsrd has recorded (the database, the key ring) and $(SYSCONFDIR) stay.
uninstall:
	rm -f $(BINDIR)/dsr $(SBINDIR)/dsrd $(SBINDIR)/dsrd-inbox $(MAN)/man1/dsr.1 $(MAN)/man5/dsrd.conf.5 $(MAN)/man7/dsrd-many.7 $(MAN)/man8/dsrd.8 $(MAN)/man8/dsrd-inbox.8
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/dsr $(DESTDIR)$(PREFIX)/lib/sysusers.d/dsrd.conf
	rm -f $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/dsrd.conf $(addprefix $(DESTDIR)$(UNITDIR)/,$(UNITS)) $(addprefix $(DESTDIR)$(USERUNITDIR)/,$(USER_UNITS))
	rm -rf $(DATA) $(DOC)

clean:
	rm -rf $(BUILD)

help:
	@echo "make            build dsrd and dsr under build/"
	@echo "make try        install what is missing, build, run a trial dsrd with real requests; make try-stop ends it"
	@echo "make check      install what tests need, build, run every test"
	@echo "make install    DESTDIR, PREFIX ($(PREFIX)), SYSCONFDIR ($(SYSCONFDIR)); make uninstall"
	@echo "make lint       warnings and analyzers of gcc and clang, cppcheck, man pages, scripts"
	@echo "make sanitize   the tests under AddressSanitizer and UndefinedBehaviorSanitizer"
	@echo "make coverage   which lines and branches the tests ran, by folder; make mutation: whether they see a wrong line"
	@echo "make tsan       tests of what has threads, under ThreadSanitizer; make valgrind: unit tests and a mailer under memcheck"
	@echo "make bench      speed and memory, as ratios; make soak: long runs; make format; make clean"

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all programs failpoints force help clean format \
        packages-build packages-test packages-all \
        check run-tests unit sanitize tsan valgrind coverage measured-programs mutation lint \
        fuzzers fuzz-programs bench soak try try-stop \
        install install-files uninstall
.SECONDARY:
