// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr vendor import`: an open directory of vendors, or a list of products, piece by piece. What a record
// means is decided by dsrd; the same again changes nothing.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/csv.h"
#include "client/dates.h"
#include "client/handlers.h"
#include "client/output.h"
#include "client/vendor_document.h"
#include "shared/json.h"
#include "shared/text.h"
#include "vendor/import.h"

enum { PIECE_RECORDS = 100, PIECE_BYTES = 98304, LABELS_SHOWN = 4, PROGRESS_WIDTH = 40 };

struct vendor_import {
    struct client *client;
    const char *format;
    json_t *seen;
    json_t *records, *labels; // beside each other
    json_t *refused, *kept;   // reason: [label]
    json_t *counts;           // result: how many
};

static void note(json_t *list, const char *reason, const char *label)
{
    json_t *labels = json_object_get(list, reason);
    if (labels == NULL) {
        labels = json_array();
        json_object_set_new(list, reason, labels);
    }
    json_array_append_new(labels, json_string(label));
}

static void count(struct vendor_import *import, const char *result)
{
    json_int_t before = json_integer_value(json_object_get(import->counts, result));
    json_object_set_new(import->counts, result, json_integer(before + 1));
}

static void refuse(struct vendor_import *import, const char *label, const char *reason)
{
    count(import, "refused");
    note(import->refused, reason, label);
}

// Takes the record; NULL: it could not be read.
static void add_record(struct vendor_import *import, json_t *record, const char *label,
                       const struct error *error)
{
    if (record == NULL)
        refuse(import, label, error->text);
    else {
        json_array_append_new(import->records, record);
        json_array_append_new(import->labels, json_string(label));
    }
}

static bool read_lines(struct vendor_import *import, const char *path, struct error *error)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char *line = NULL, label[32];
    size_t size = 0;
    long number = 0;
    if (file == NULL)
        return error_set(error, ERROR_malformed, "file", "%s cannot be read: %s.", path, strerror(errno));
    for (ssize_t length; (length = getline(&line, &size, file)) >= 0;) {
        struct error wrong;
        snprintf(label, sizeof label, "line %ld", ++number);
        if (strspn(line, " \t\r\n") < (size_t)length)
            add_record(import, json_parse_object(line, (size_t)length, &wrong), label, &wrong);
    }
    bool good = ferror(file) == 0 ||
                error_set(error, ERROR_malformed, "file", "%s cannot be read: %s.", path, strerror(errno));
    free(line);
    if (file != stdin)
        fclose(file);
    return good;
}

static int is_json_file(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

static bool read_folder(struct vendor_import *import, const char *folder, struct error *error)
{
    struct dirent **entries;
    int found = scandir(folder, &entries, is_json_file, alphasort);
    if (found < 0)
        return error_set(error, ERROR_malformed, "file", "%s cannot be read: %s.", folder, strerror(errno));
    for (int i = 0; i < found; i++) {
        struct error wrong;
        struct text path = {0};
        text_format(&path, "%s/%s", folder, entries[i]->d_name);
        add_record(import, vendor_document_read(path.text, &wrong), entries[i]->d_name, &wrong);
        text_release(&path);
        free(entries[i]);
    }
    free(entries);
    return found > 0 || error_set(error, ERROR_malformed, "file", "%s holds no *.json.", folder);
}

// What no body may hold is refused with its row, not with all those sent beside it. Takes the record.
static json_t *checked(json_t *record, struct error *error)
{
    char *text = json_dumps(record, JSON_COMPACT);
    json_t *good = text != NULL ? json_parse_object(text, strlen(text), error) : NULL;
    if (text == NULL)
        error_set(error, ERROR_malformed, "file", "It cannot be read.");
    free(text);
    json_decref(record);
    return good;
}

static bool read_products(struct vendor_import *import, const char *path, struct error *error)
{
    struct error wrong;
    json_t *table = csv_read(path, error), *row;
    size_t index;
    char label[32];
    if (table == NULL)
        return false;
    json_array_foreach(json_object_get(table, "rows"), index, row)
    {
        snprintf(label, sizeof label, "row %lld", (long long)json_integer_value(json_object_get(row, "row")));
        add_record(import,
                   checked(json_pack("{s:O*, s:O*}", "product", json_object_get(row, "title"), "vendor",
                                     json_object_get(row, "vendor")),
                           &wrong),
                   label, &wrong);
    }
    json_decref(table);
    return true;
}

static bool read_all(struct vendor_import *import, const char *path, struct error *error)
{
    struct stat status;
    if (strcmp(import->format, "vendorpol") == 0)
        return read_products(import, path, error);
    return strcmp(path, "-") != 0 && stat(path, &status) == 0 && S_ISDIR(status.st_mode)
               ? read_folder(import, path, error)
               : read_lines(import, path, error);
}

// Who took over comes before who was taken over.
static void successors_first(struct vendor_import *import)
{
    json_t *records = json_array(), *labels = json_array(), *record;
    size_t index;
    for (int turn = 0; turn < 2; turn++)
        json_array_foreach(import->records, index,
                           record) if ((json_object_get(record, "redirect-to") != NULL) == (turn == 1))
        {
            json_array_append(records, record);
            json_array_append(labels, json_array_get(import->labels, index));
        }
    json_decref(import->records);
    json_decref(import->labels);
    import->records = records;
    import->labels = labels;
}

static void take_results(struct vendor_import *import, const json_t *answer)
{
    size_t index;
    json_t *result;
    json_array_foreach(json_object_get(answer, "results"), index, result)
    {
        struct text label = {0};
        const char *what = json_text(result, "result"), *slug = json_text(result, "slug");
        text_format(&label, "%s%s%s",
                    json_string_value(json_array_get(
                        import->labels, (size_t)json_integer_value(json_object_get(result, "n")))),
                    slug != NULL ? " " : "", slug != NULL ? slug : "");
        count(import, what);
        if (json_text(result, "reason") != NULL)
            note(strcmp(what, "kept") == 0 ? import->kept : import->refused, json_text(result, "reason"),
                 label.text != NULL ? label.text : "");
        text_release(&label);
    }
}

// From `first` on as many records as a call takes; how many.
static size_t fill_piece(const struct vendor_import *import, size_t first, json_t *piece)
{
    size_t bytes = 0, taken = 0;
    for (; taken < PIECE_RECORDS && first + taken < json_array_size(import->records); taken++) {
        json_t *record = json_array_get(import->records, first + taken);
        bytes += json_dumpb(record, NULL, 0, JSON_COMPACT);
        if (bytes > PIECE_BYTES && taken > 0)
            break;
        json_array_append(piece, record);
    }
    return taken;
}

static void show_progress(size_t done, size_t total)
{
    if (isatty(STDERR_FILENO) == 0)
        return;
    if (done < total)
        fprintf(stderr, "\r%zu of %zu", done, total);
    else
        fprintf(stderr, "\r%*s\r", PROGRESS_WIDTH, "");
}

static bool send_all(struct vendor_import *import, struct error *error)
{
    size_t total = json_array_size(import->records);
    bool good = true;
    for (size_t first = 0; good && first < total;) {
        json_t *piece = json_array();
        show_progress(first, total);
        size_t taken = fill_piece(import, first, piece);
        json_t *body = json_pack("{s:s, s:O*, s:I, s:o}", "format", import->format, "seen", import->seen,
                                 "first", (json_int_t)first, "records", piece);
        json_t *answer = client_write(import->client, "PUT", "/v1/vendors", body, error);
        json_decref(body);
        good = answer != NULL;
        if (good)
            take_results(import, answer);
        else
            error_wrap(error, "Stopped after %zu of %zu records; the same command goes on", first, total);
        json_decref(answer);
        first += taken;
    }
    show_progress(total, total);
    return good;
}

static void print_reasons(const json_t *reasons, const char *what)
{
    const char *reason;
    json_t *labels, *label;
    json_object_foreach(json_object_get(reasons, what), reason, labels)
    {
        size_t index, all = json_array_size(labels);
        fprintf(stderr, "dsr: %s: ", what);
        json_array_foreach(labels, index, label) if (index < LABELS_SHOWN)
            fprintf(stderr, "%s%s", index > 0 ? ", " : "", json_string_value(label));
        if (all > LABELS_SHOWN)
            fprintf(stderr, " and %zu more", all - LABELS_SHOWN);
        fprintf(stderr, ": %s\n", reason);
    }
}

static long long count_of(const struct vendor_import *import, const char *result)
{
    return (long long)json_integer_value(json_object_get(import->counts, result));
}

static void print_summary(const struct vendor_import *import)
{
    json_t *summary = json_pack("{s:I, s:I, s:I, s:O, s:O}", "added", (json_int_t)count_of(import, "added"),
                                "changed", (json_int_t)count_of(import, "changed"), "unchanged",
                                (json_int_t)count_of(import, "unchanged"), "kept", import->kept, "refused",
                                import->refused);
    if (import->client->format == FORMAT_JSON) {
        output_json(summary);
    } else {
        print_reasons(summary, "kept");
        print_reasons(summary, "refused");
        printf("%lld added, %lld changed, %lld unchanged, %lld kept as they are here, %lld refused.\n",
               count_of(import, "added"), count_of(import, "changed"), count_of(import, "unchanged"),
               count_of(import, "kept"), count_of(import, "refused"));
    }
    json_decref(summary);
}

static int import_all(struct vendor_import *import, const struct arguments *arguments)
{
    struct error error;
    json_t *day = json_object();
    bool good = vendor_import_format_check(import->format, &error) && dates_set(import->client, day, "seen", argument_value(arguments, "seen"), &error) &&
                read_all(import, argument_at(arguments, 0), &error);
    import->seen = json_object_get(day, "seen");
    if (good) {
        successors_first(import);
        good = send_all(import, &error);
        print_summary(import);
    }
    json_decref(day);
    return !good                             ? client_fail(&error)
           : count_of(import, "refused") > 0 ? error_exit_status(ERROR_conflict)
                                             : EXIT_DONE;
}

int run_vendor_import(struct client *client, const struct arguments *arguments)
{
    const char *path = argument_at(arguments, 0), *format = argument_value(arguments, "format");
    size_t length = strlen(path);
    bool is_csv = length > 4 && strcmp(path + length - 4, ".csv") == 0;
    struct vendor_import import = {.client = client,
                                   .format = format != NULL ? format
                                             : is_csv       ? "vendorpol"
                                                            : "datenanfragen",
                                   .records = json_array(),
                                   .labels = json_array(),
                                   .refused = json_object(),
                                   .kept = json_object(),
                                   .counts = json_object()};
    int status = import_all(&import, arguments);
    for (json_t **list =
             (json_t *[]){import.records, import.labels, import.refused, import.kept, import.counts, NULL};
         *list != NULL; list++)
        json_decref(*list);
    return status;
}
