# SPDX-License-Identifier: GPL-3.0-or-later
# Everything is built under build/. `make help` lists the targets.

PREFIX ?= /usr/local
DESTDIR ?=
CC ?= gcc
BUILD ?= build
V ?= 0
Q := $(if $(filter 1,$(V)),,@)

PACKAGES := libuv libpq libcurl libconfig libmicrohttpd jansson libsodium libidn2
CLIENT_PACKAGES := libcurl libconfig jansson libsodium smartcols
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
             $(shell pkg-config --cflags $(PACKAGES) smartcols 2>/dev/null)
LIBS = $(shell pkg-config --libs $(PACKAGES))
CLIENT_LIBS = $(shell pkg-config --libs $(CLIENT_PACKAGES)) -lcsv

DAEMON_SOURCES := $(filter-out daemon/main.c,$(wildcard daemon/*/*.c))
CLIENT_SOURCES := $(filter-out client/main.c,$(wildcard client/*.c))
# dsr links what needs no loop, no database and no mail.
CLIENT_DAEMON_SOURCES := $(wildcard daemon/shared/*.c daemon/law/*.c) daemon/request/reference.c daemon/request/event.c daemon/request/outcome.c
object = $(patsubst %.c,$(BUILD)/%.o,$(1))

all: $(BUILD)/dsrd $(BUILD)/dsr

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/libdsrd.a: $(call object,$(DAEMON_SOURCES))
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/libdsr.a: $(call object,$(CLIENT_SOURCES) $(CLIENT_DAEMON_SOURCES))
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/dsrd: $(call object,daemon/main.c) $(BUILD)/libdsrd.a
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(LINK_HARDENING) $(SANITIZE) -o $@ $^ $(LIBS)

$(BUILD)/dsr: $(call object,client/main.c) $(BUILD)/libdsr.a
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(LINK_HARDENING) $(SANITIZE) -o $@ $^ $(CLIENT_LIBS)

# tests/unit/NAME_test.c is one program, linked with everything but the two main.c.
UNIT_TESTS := $(patsubst tests/unit/%_test.c,$(BUILD)/unit/%_test,$(wildcard tests/unit/*_test.c))
$(BUILD)/unit/%_test: $(BUILD)/tests/unit/%_test.o $(BUILD)/libdsrd.a $(BUILD)/libdsr.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(SANITIZE) -pie -o $@ $^ -lcmocka $(LIBS) $(CLIENT_LIBS)

unit: $(UNIT_TESTS)
	$(Q)CMOCKA_MESSAGE_OUTPUT=TAP prove -e '' $(UNIT_TESTS)

packages-build:
	$(Q)tests/harness/packages.sh build
packages-test:
	$(Q)tests/harness/packages.sh test

# pkg-config can only answer once the packages are there, hence the second make.
check: packages-test
	$(Q)$(MAKE) --no-print-directory all run-tests

run-tests: all $(UNIT_TESTS)
	$(Q)CMOCKA_MESSAGE_OUTPUT=TAP BUILD=$(BUILD) prove -e '' $(UNIT_TESTS) $(wildcard tests/sql/*.t) $(wildcard tests/system/*.t)

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all unit check run-tests clean packages-build packages-test
.SECONDARY:
