// SPDX-License-Identifier: GPL-3.0-or-later
// Every setting of dsrd.conf, one row each: from it the file is read and checked, and the default file and dsrd.conf(5) are made.
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum setting_type {
    SETTING_TEXT,
    SETTING_INT,
    SETTING_BOOL,
    SETTING_WORD,     // one of `words`, stored as int
    SETTING_MODE,     // file mode in octal, as text
    SETTING_ZONE,     // IANA time zone
    SETTING_TIME,     // "20:00"
    SETTING_SECONDS,  // array of seconds (mail.backoff_s)
    SETTING_OFFSETS,  // array of days, into a reminder_rule
    SETTING_PEOPLE,   // array of filer, subject, manager
};

struct setting {
    const char *name; // group.member or group.group.member
    enum setting_type type;
    size_t offset;    // in struct config
    size_t count_offset; // of arrays
    int minimum, maximum; // of numbers
    const char *words; // "required opportunistic none"
    const char *standard; // default, as written in the file
    bool reloadable;
    const char *meaning;
};

extern const struct setting settings[];
extern const size_t setting_count;

// Writes the commented default file.
void settings_print(FILE *file);

#endif
