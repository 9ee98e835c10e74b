// SPDX-License-Identifier: GPL-3.0-or-later
// Changing the directory of vendors: a new one, an edited one, one found right, one taken over.
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/answer.h"
#include "client/body.h"
#include "client/dates.h"
#include "client/handlers.h"
#include "client/vendor_address.h"
#include "client/vendor_document.h"
#include "shared/date.h"
#include "shared/json.h"
#include "shared/text.h"
#include "vendor/vendor.h"

enum { PATH_SIZE = 256, LINE_SIZE = 16 };

extern char **environ;

static void print_added(const json_t *vendor)
{
    const char *slug = json_text(vendor, "slug");
    printf("Added: %s, %s.\n", slug, json_text(vendor, "name"));
    if (json_array_size(json_object_get(vendor, "channels")) == 0)
        printf("It has no channel yet; `dsr vendor edit %s` adds one.\n", slug);
    else
        printf(
            "`dsr file %s RIGHT --law LAW` records a request; `dsr vendor edit %s` changes what is known.\n",
            slug, slug);
}

int run_vendor_add(struct client *client, const struct arguments *arguments)
{
    struct error error;
    char today[DATE_TEXT_SIZE];
    const char *name = argument_at(arguments, 0), *file = argument_value(arguments, "file");
    if ((name == NULL) == (file == NULL)) {
        error_set(&error, ERROR_malformed, "name",
                  "Name the vendor, or a file with its document: dsr vendor add \"Acme Books\" --country "
                  "US-NY --email privacy@acme.example");
        return client_fail(&error);
    }
    json_t *document = file != NULL
                           ? vendor_document_read(file, &error)
                           : vendor_document_make(name, arguments, date_format(dates_today(), today), &error);
    if (document == NULL)
        return client_fail(&error);
    json_t *answer = client_write(client, "POST", "/v1/vendors", document, &error);
    json_decref(document);
    return answer_show(client, answer, &error, print_added);
}

static void print_confirmed(const json_t *vendor)
{
    const char *id;
    json_t *channel;
    printf("%s is confirmed as of today:", json_text(vendor, "slug"));
    json_object_foreach(json_object_get(json_object_get(vendor, "directory"), "channels"), id,
                        channel) if (json_text(channel, "confirmed_on") != NULL)
        printf(" %s (%s)", id, json_text(channel, "confirmed_on"));
    puts(".");
}

int run_vendor_confirm(struct client *client, const struct arguments *arguments)
{
    struct error error;
    json_t *body = json_object();
    body_set_text(body, "channel", argument_at(arguments, 1));
    body_set_text(body, "source", argument_value(arguments, "source"));
    char *path = vendor_address(client, "/v1/vendors/{}/confirmations", argument_at(arguments, 0), &error);
    json_t *answer = path != NULL ? client_write(client, "POST", path, body, &error) : NULL;
    free(path);
    json_decref(body);
    return answer_show(client, answer, &error, print_confirmed);
}

static void print_merged(const json_t *vendor)
{
    const json_t *old = json_object_get(json_object_get(vendor, "directory"), "asked_for");
    if (json_is_object(old))
        printf(
            "%s leads to %s from now on. Its requests stay as they are; `dsr list --vendor %s` shows both.\n",
            json_text(old, "slug"), json_text(vendor, "slug"), json_text(vendor, "slug"));
    else
        printf("%s stands for itself.\n", json_text(vendor, "slug"));
}

int run_vendor_merge(struct client *client, const struct arguments *arguments)
{
    struct error error;
    if ((arguments->count == 2) == argument_flag(arguments, "undo")) {
        error_set(
            &error, ERROR_malformed, "vendor",
            "Say who was taken over and by whom: dsr vendor merge OLD NEW; or dsr vendor merge OLD --undo.");
        return client_fail(&error);
    }
    json_t *body = json_object();
    body_set_text(body, "vendor", argument_at(arguments, 1));
    char *path = vendor_address(client, "/v1/vendors/{}/successor", argument_at(arguments, 0), &error);
    json_t *answer = path != NULL ? client_write(client, "PUT", path, body, &error) : NULL;
    free(path);
    json_decref(body);
    return answer_show(client, answer, &error, print_merged);
}

// Runs the editor of the person on the file.
static bool run_editor(const char *path, struct error *error)
{
    const char *editor = getenv("VISUAL");
    struct text command = {0};
    int status = -1;
    pid_t pid;
    if (editor == NULL || editor[0] == '\0')
        editor = getenv("EDITOR");
    text_format(&command, "%s \"$1\"",
                editor != NULL && editor[0] != '\0' ? editor : "vi"); // it may have arguments of its own
    char shell[] = "sh", option[] = "-c", *file = strdup(path);
    char *const words[] = {shell, option, command.text, shell, file, NULL};
    int failed =
        command.text == NULL || file == NULL ? ENOMEM : posix_spawnp(&pid, "sh", NULL, NULL, words, environ);
    while (failed == 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    text_release(&command);
    free(file);
    return (failed == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           error_set(error, ERROR_malformed, "editor",
                     "The editor did not end well; EDITOR names another one.");
}

static bool write_document(const json_t *document, int descriptor, const char *path, struct error *error)
{
    FILE *file = fdopen(descriptor, "w");
    bool good = file != NULL && json_dumpf(document, file, JSON_INDENT(2)) == 0 && fputc('\n', file) != EOF;
    good = (file == NULL || fclose(file) == 0) && good;
    return good ||
           error_set(error, ERROR_malformed, "file", "%s cannot be written: %s.", path, strerror(errno));
}

static bool wants_to_go_on(const struct error *error)
{
    char line[LINE_SIZE];
    fprintf(stderr, "dsr: %s\nEdit it again? [Y/n] ", error->text);
    return fgets(line, sizeof line, stdin) != NULL && line[0] != 'n' && line[0] != 'N';
}

// What the person made of the file, written; NULL and an error that may be mended.
static json_t *try_document(struct client *client, const char *path, const char *address,
                            const json_t *version, struct error *error)
{
    json_t *answer = NULL, *document = run_editor(path, error) ? vendor_document_read(path, error) : NULL;
    if (document != NULL && vendor_check(document, error)) {
        json_object_set_new(document, "directory", json_pack("{s:O?}", "version", version));
        answer = client_write(client, "PUT", address, document, error);
    }
    json_decref(document);
    return answer;
}

static bool may_be_mended(const struct error *error)
{
    return error->code == ERROR_invalid ||
           (error->code == ERROR_malformed && strcmp(error->field, "editor") != 0);
}

static void print_edited(const json_t *vendor)
{
    printf("Written: %s. Neither files nor imports change it from now on.\n", json_text(vendor, "slug"));
}

static int edit(struct client *client, json_t *vendor, const char *address)
{
    struct error error;
    char path[PATH_SIZE];
    const char *folder = getenv("TMPDIR");
    json_t *version = json_incref(json_object_get(json_object_get(vendor, "directory"), "version")),
           *answer = NULL;
    json_object_del(vendor, "directory");
    json_object_del(vendor, "edited");
    snprintf(path, sizeof path, "%s/dsr-vendor-XX" "XX" "XX.json",
             folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    int descriptor = mkstemps(path, 5);
    bool written = descriptor >= 0 ? write_document(vendor, descriptor, path, &error)
                                   : error_set(&error, ERROR_malformed, "file", "%s cannot be made: %s.",
                                               path, strerror(errno));
    while (written && answer == NULL) {
        answer = try_document(client, path, address, version, &error);
        if (answer == NULL && (!may_be_mended(&error) || !wants_to_go_on(&error)))
            break;
    }
    if (answer != NULL)
        unlink(path);
    else if (written)
        error_wrap(&error, "Nothing was written, and your text is in %s", path);
    json_decref(version);
    return answer_show(client, answer, &error, print_edited);
}

int run_vendor_edit(struct client *client, const struct arguments *arguments)
{
    struct error error;
    char *path = vendor_address(client, "/v1/vendors/{}", argument_at(arguments, 0), &error);
    json_t *vendor = path != NULL ? client_call(client, "GET", path, NULL, &error) : NULL;
    free(path);
    if (vendor == NULL)
        return client_fail(&error);
    char *address = client_path("/v1/vendors/{}", json_text(vendor, "slug"));
    int status = edit(client, vendor, address);
    free(address);
    json_decref(vendor);
    return status;
}
