// SPDX-License-Identifier: GPL-3.0-or-later
// Strict reading of libconfig files: every member is known, of the right type, and refused with file and line if not.
#ifndef SHARED_CONF_H
#define SHARED_CONF_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

#include "shared/date.h"
#include "shared/error.h"

// A file while it is read. `first` keeps the first error; later reads do nothing useful after it, so that a reader may fetch
// all members and check once, at the end of a group.
struct conf {
    config_t config;
    const char *name;    // as shown in messages
    char *content;       // the bytes of the file, for hashing; NULL when read from memory
    size_t length;
    struct error *error; // where the first error goes
    bool failed;
};

// Reads a file, or text in memory. False when it cannot be read or is no libconfig; then nothing is to be released.
bool conf_open(struct conf *conf, const char *path, struct error *error);
bool conf_open_text(struct conf *conf, const char *text, size_t length, const char *name, struct error *error);
void conf_release(struct conf *conf);

// "FILE:LINE: member: what". Only the first one is kept. Returns false.
bool conf_fail(struct conf *conf, const config_setting_t *at, const char *member, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// Refuses members that are not in the NULL-terminated list.
bool conf_only(struct conf *conf, const config_setting_t *group, const char *const *allowed);

enum conf_need { CONF_OPTIONAL, CONF_REQUIRED };

// Each gives the member or the fallback; a wrong type is an error. Strings are borrowed from the config_t.
const char *conf_string(struct conf *conf, const config_setting_t *group, const char *member, enum conf_need need);
int conf_int(struct conf *conf, const config_setting_t *group, const char *member, enum conf_need need, int minimum,
             int maximum, int fallback);
bool conf_bool(struct conf *conf, const config_setting_t *group, const char *member, bool fallback);
date conf_date(struct conf *conf, const config_setting_t *group, const char *member, enum conf_need need);
// One of the NULL-terminated words; the index of it, or -1.
int conf_word(struct conf *conf, const config_setting_t *group, const char *member, enum conf_need need,
              const char *const *words);
// The group, list or array of that name (or NULL).
const config_setting_t *conf_group(struct conf *conf, const config_setting_t *group, const char *member,
                                   enum conf_need need);
const config_setting_t *conf_list(struct conf *conf, const config_setting_t *group, const char *member,
                                  enum conf_need need); // list of groups ( {..}, {..} )
const config_setting_t *conf_array(struct conf *conf, const config_setting_t *group, const char *member,
                                   enum conf_need need); // array of strings [ "a", "b" ]
int conf_count(const config_setting_t *list); // 0 for NULL
const config_setting_t *conf_group_at(struct conf *conf, const config_setting_t *list, int index);
const char *conf_string_at(struct conf *conf, const config_setting_t *array, int index);

// What the reader keeps, for the caller to free. NULL when memory runs out, which is a failure like any other: a file is never read in part.
char *conf_keep(struct conf *conf, const char *text); // NULL `text` is nothing to keep
char *conf_copy(struct conf *conf, const config_setting_t *group, const char *member, enum conf_need need); // conf_string(), kept
void *conf_new(struct conf *conf, size_t count, size_t size); // zeroed; one more than `count`, so that a list may end with a zero

// The sorted paths of folder/*.conf. False when the folder cannot be read. Free each and the list: conf_paths_free().
bool conf_paths(const char *folder, char ***paths, size_t *count, struct error *error);
void conf_paths_free(char **paths, size_t count);

#endif
