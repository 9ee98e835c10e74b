// SPDX-License-Identifier: GPL-3.0-or-later
// A copy of the laws and calendars of tests/vectors/small, in which a test changes what it likes.
#ifndef UNIT_SMALL_H
#define UNIT_SMALL_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "law/catalogue.h"
#include "shared/text.h"
#include "tests/unit/check.h"

static const char *const small_files[] = {"laws/counting.conf",      "laws/all.conf",           "laws/own.conf",        "laws/quiet.conf", "calendars/home.conf",
                                          "calendars/strict.conf", "calendars/wide.conf", "calendars/local.conf"};

struct small {
    char folder[32], laws[48], calendars[48];
};

static char *small_read(const char *file)
{
    struct text text = {0}, path = {0};
    char bytes[4096];
    size_t got;
    text_format(&path, "tests/vectors/small/%s", file);
    FILE *in = fopen(path.text, "re");
    assert_non_null(in);
    while ((got = fread(bytes, 1, sizeof bytes, in)) > 0)
        text_append_bytes(&text, bytes, got);
    fclose(in);
    text_release(&path);
    return text_take(&text);
}

static void small_write(const struct small *small, const char *file, const char *content)
{
    char path[96];
    snprintf(path, sizeof path, "%s/%s", small->folder, file);
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    assert_true(fputs(content, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static void small_restore(const struct small *small, const char *file)
{
    char *content = small_read(file);
    small_write(small, file, content);
    free(content);
}

static void small_make(struct small *small)
{
    *small = (struct small){.folder = "/tmp/dsrd-small-XXXXXX"};
    assert_non_null(mkdtemp(small->folder));
    snprintf(small->laws, sizeof small->laws, "%s/laws", small->folder);
    snprintf(small->calendars, sizeof small->calendars, "%s/calendars", small->folder);
    assert_int_equal(mkdir(small->laws, 0700) | mkdir(small->calendars, 0700), 0);
    for (size_t i = 0; i < COUNT(small_files); i++)
        small_restore(small, small_files[i]);
}

static inline void small_unlink(const struct small *small, const char *file)
{
    char path[96];
    snprintf(path, sizeof path, "%s/%s", small->folder, file);
    unlink(path);
}

static void small_remove(const struct small *small)
{
    for (size_t i = 0; i < COUNT(small_files); i++)
        small_unlink(small, small_files[i]);
    rmdir(small->laws);
    rmdir(small->calendars);
    assert_int_equal(rmdir(small->folder), 0);
}

// The file with the first `from` in it replaced, or with `to` at its end where `from` is "".
static inline void small_change(const struct small *small, const char *file, const char *from, const char *to)
{
    struct text changed = {0};
    char *content = small_read(file), *at = from[0] != '\0' ? strstr(content, from) : content + strlen(content);
    if (at == NULL)
        fail_msg("%s holds no %s", file, from);
    text_append_bytes(&changed, content, (size_t)(at - content));
    text_append(&changed, to);
    text_append(&changed, at + strlen(from));
    small_write(small, file, changed.text);
    text_release(&changed);
    free(content);
}

// For a group of tests, as cmocka has it: their state is the catalogue.
static inline int small_load(struct small *small, void **state)
{
    struct error error;
    small_make(small);
    *state = catalogue_load(small->laws, small->calendars, &error);
    if (*state == NULL)
        print_error("%s\n", error.text);
    return *state == NULL;
}

static inline int small_unload(struct small *small, void **state)
{
    catalogue_free(*state);
    small_remove(small);
    return 0;
}

#endif
