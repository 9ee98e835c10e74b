// SPDX-License-Identifier: GPL-3.0-or-later
#include "mail/texts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/conf.h"
#include "shared/memory.h"

enum { FILE_MAXIMUM = 16384 };

static const struct {
    const char *name;
    bool file;
    const char *words;
} table[] = {
#define X(name, file, words) {#name, file, words},
    TEXT_TABLE(X)
#undef X
};

struct texts {
    char *list[TEXT_COUNT];
};

static bool is_word(const char *words, const char *word, size_t length)
{
    for (const char *at = words; *at != '\0';) {
        size_t part = strcspn(at, " ");
        if (part == length && memcmp(at, word, length) == 0)
            return true;
        at += part + (at[part] == ' ');
    }
    return false;
}

// The first unknown word in braces, or NULL.
static const char *unknown_word(const char *text, const char *words, int *line)
{
    *line = 1;
    for (; *text != '\0'; text++) {
        *line += *text == '\n';
        size_t length = *text == '{' ? strcspn(text + 1, "}\n") : 0;
        if (*text == '{' && !(text[length + 1] == '}' && is_word(words, text + 1, length)))
            return text;
    }
    return NULL;
}

static bool take(struct texts *texts, int name, const char *text, const char *where, struct error *error)
{
    int line;
    const char *unknown = unknown_word(text, table[name].words, &line);
    if (!text_is_utf8(text, strlen(text)) || text_has_controls(text, strlen(text), table[name].file))
        return error_set(error, ERROR_invalid, table[name].name, "%s: %s must be UTF-8 without control characters.", where, table[name].name);
    if (unknown != NULL)
        return error_set(error, ERROR_invalid, table[name].name, "%s:%d: %s: %.*s} is no word it can be filled with; those are: %s.", where, line,
                         table[name].name, (int)strcspn(unknown, "}\n"), unknown, table[name].words[0] != '\0' ? table[name].words : "none");
    texts->list[name] = strdup(text);
    return texts->list[name] != NULL || memory_error(error);
}

static bool read_file(struct texts *texts, int name, const char *folder, struct error *error)
{
    char content[FILE_MAXIMUM];
    struct text path = {0};
    text_format(&path, "%s/%s.txt", folder, table[name].name);
    FILE *file = fopen(path.text, "re");
    size_t length = file != NULL ? fread(content, 1, sizeof content - 1, file) : 0;
    bool good = file != NULL && ferror(file) == 0 && length < sizeof content - 1;
    content[length] = '\0';
    if (file == NULL)
        error_set(error, memory_error_code(errno, ERROR_invalid), "paths.mail", "%s cannot be read: %s.", path.text, strerror(errno));
    else if (!good)
        error_set(error, ERROR_invalid, "paths.mail", "%s cannot be read: it is too long.", path.text);
    if (file != NULL)
        fclose(file);
    good = good && take(texts, name, content, path.text, error);
    text_release(&path);
    return good;
}

static bool read_phrases(struct texts *texts, const char *folder, struct error *error)
{
    const char *names[TEXT_COUNT + 1];
    size_t count = 0;
    struct conf conf;
    struct text path = {0};
    text_format(&path, "%s/phrases.conf", folder);
    bool good = conf_open(&conf, path.text, error);
    if (good) {
        const config_setting_t *root = config_root_setting(&conf.config);
        for (int i = 0; i < TEXT_COUNT; i++)
            if (!table[i].file)
                names[count++] = table[i].name;
        names[count] = NULL;
        conf_only(&conf, root, names);
        for (int i = 0; i < TEXT_COUNT && !conf.failed; i++) {
            const char *text = table[i].file ? NULL : conf_string(&conf, root, table[i].name, CONF_REQUIRED);
            if (text != NULL && !take(texts, i, text, path.text, error))
                conf.failed = true;
        }
        good = !conf.failed;
        conf_release(&conf);
    }
    text_release(&path);
    return good;
}

struct texts *texts_load(const char *folder, struct error *error)
{
    struct texts *texts = calloc(1, sizeof *texts);
    if (texts == NULL) {
        memory_error(error);
        return NULL;
    }
    bool good = true;
    for (int i = 0; good && i < TEXT_COUNT; i++)
        good = !table[i].file || read_file(texts, i, folder, error);
    if (good && read_phrases(texts, folder, error))
        return texts;
    texts_free(texts);
    return NULL;
}

void texts_free(struct texts *texts)
{
    if (texts == NULL)
        return;
    for (int i = 0; i < TEXT_COUNT; i++)
        free(texts->list[i]);
    free(texts);
}

static const char *value_of(const struct text_field *fields, const char *word, size_t length)
{
    for (; fields->word != NULL; fields++)
        if (strlen(fields->word) == length && memcmp(fields->word, word, length) == 0)
            return fields->value != NULL ? fields->value : "";
    return "";
}

void texts_fill(const struct texts *texts, enum text_name name, const struct text_field *fields, struct text *out)
{
    for (const char *at = texts->list[name]; *at != '\0';) {
        size_t plain = strcspn(at, "{");
        text_append_bytes(out, at, plain);
        at += plain;
        if (*at == '{') {
            size_t length = strcspn(at + 1, "}");
            text_append(out, value_of(fields, at + 1, length));
            at += length + 2;
        }
    }
}
