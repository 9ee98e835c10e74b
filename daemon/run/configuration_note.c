// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/configuration_note.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "database/job.h"
#include "law/hash.h"
#include "shared/log.h"
#include "shared/text.h"

enum { AGAIN_MS = 5000, MARK_DIGITS = 16, FILE_MAXIMUM = 1 << 20 };

struct configuration_note {
    struct service *service;
    struct job *job;
    const char *event;
};

struct marks {
    const struct vault *vault;
    json_t *object;
};

// Keyed, so that nobody who has the database alone can try values out.
static void add_mark(const char *name, const char *value, void *context)
{
    struct marks *marks = context;
    char hash[VAULT_LOOKUP_HEX];
    struct text both = {0};
    text_format(&both, "%s=%s", name, value);
    vault_lookup(marks->vault, "setting", both.text != NULL ? both.text : "", hash);
    text_release(&both);
    json_object_set_new(marks->object, name, json_stringn(hash, MARK_DIGITS));
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void append_file(const char *folder, const char *name, struct text *out)
{
    char buffer[4096];
    size_t length, total = 0;
    struct text path = {0};
    text_format(&path, "%s/%s", folder, name);
    FILE *file = path.text != NULL ? fopen(path.text, "re") : NULL;
    text_format(out, "%s\n", name);
    while (file != NULL && total < FILE_MAXIMUM && (length = fread(buffer, 1, sizeof buffer, file)) > 0) {
        text_append_bytes(out, buffer, length);
        total += length;
    }
    text_format(out, "\n%zu\n", total);
    if (file != NULL)
        fclose(file);
    text_release(&path);
}

// The names and contents of a folder's files as one hash; the same for a folder that cannot be read as for an
// empty one.
static void add_folder(struct marks *marks, const char *name, const char *folder)
{
    struct dirent **entries = NULL;
    struct text all = {0};
    char hex[HASH_TEXT_SIZE];
    int count = scandir(folder, &entries, is_shown, alphasort);
    for (int i = 0; i < count; i++) {
        append_file(folder, entries[i]->d_name, &all);
        free(entries[i]);
    }
    free(entries);
    hash_parts(&(struct hash_part){all.text != NULL ? all.text : "", all.length}, 1, hex);
    add_mark(name, hex, marks);
    text_release(&all);
}

static void add_letters(struct marks *marks, const struct service *service)
{
    add_folder(marks, "files.letters", service->config->paths_letters);
    for (size_t i = 0; i < letters_language_count(service->letters); i++) {
        struct text name = {0}, path = {0};
        text_format(&name, "files.letters.%s", letters_language_code(service->letters, i));
        text_format(&path, "%s/%s", service->config->paths_letters, letters_language_code(service->letters, i));
        if (name.text != NULL && path.text != NULL)
            add_folder(marks, name.text, path.text);
        text_release(&name);
        text_release(&path);
    }
}

static json_t *describe(const struct configuration_note *note)
{
    const struct service *service = note->service;
    struct marks marks = {service->vault, json_object()};
    char host[HOST_NAME_MAX + 1] = "";
    if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0')
        snprintf(host, sizeof host, "unnamed");
    config_each(service->config, add_mark, &marks);
    add_mark("files.laws", catalogue_hash(service->catalogue), &marks);
    add_folder(&marks, "files.mail", service->config->paths_mail);
    add_letters(&marks, service);
    add_folder(&marks, "files.vendors", service->config->paths_vendors);
    return json_pack("{s:s, s:s, s:s, s:o}", "host", host, "event", note->event, "version", DSRD_VERSION,
                     "marks", marks.object);
}

// It is done until somebody calls again.
static void on_noted(void *context, const json_t *answer)
{
    (void)context;
    (void)answer;
}

static void look(void *context)
{
    struct configuration_note *note = context;
    job_ask(note->job, STATEMENT_configuration_note, describe(note), on_noted);
}

struct configuration_note *configuration_note_new(uv_loop_t *loop, struct service *service)
{
    struct configuration_note *note = calloc(1, sizeof *note);
    if (note == NULL)
        return NULL;
    note->service = service;
    note->job = job_new(loop, service->database,
                        &(struct job_plan){"audit: noting the configuration", 0, AGAIN_MS, look, note});
    if (note->job == NULL) {
        free(note);
        return NULL;
    }
    return note;
}

void configuration_note_make(struct configuration_note *note, const char *event)
{
    note->event = event;
    if (job_is_started(note->job))
        job_wake(note->job, 0);
    else
        job_start(note->job);
}

void configuration_note_stop(struct configuration_note *note)
{
    job_stop(note->job);
}

void configuration_note_free(struct configuration_note *note)
{
    if (note == NULL)
        return;
    job_free(note->job);
    free(note);
}
