// SPDX-License-Identifier: GPL-3.0-or-later
// The command line of dsrd.
#ifndef RUN_OPTIONS_H
#define RUN_OPTIONS_H

#include <stdbool.h>
#include <sys/types.h>

#include "shared/error.h"

// Exit statuses of dsrd; 78 is sysexits' EX_CONFIG: no restart will mend it.
enum { EXIT_FINE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_CONFIGURATION = 78 };

struct options {
    const char *command;        // run, api, mailer, migrate, setup, keys, rekey, library, time, check, version, help
    const char *action;         // of keys: "make"; of library: "add" or "set"; of time: "confirm"; or NULL
    const char *operand;        // of library add: its name; of library set: its number
    bool now;                   // --now of `keys make`
    const char *config_path;    // -c; NULL = the standard file, or none with --private
    char *private_folder;       // --private, absolute; NULL without; owned
    bool has_owner;             // --owner UID: the account with all roles of the private mode
    uid_t owner;
    const char *owner_email;    // --owner-email
    const char *owner_name;     // --owner-name
    int number;                 // --number of a mailer
    // of setup
    const char *library_name, *library_zone, *conninfo, *relay, *mail_from;
    const char *contact;        // --contact of library
    bool yes;                   // --yes: ask nothing
};

// Fills *options from the arguments (strings stay theirs) and makes the private folder. Release it in any case.
bool options_parse(int argc, char **argv, struct options *options, struct error *error);
void options_release(struct options *options);
const char *options_usage(void);

#endif
