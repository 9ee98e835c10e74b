// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/output.h"

#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/json.h"

enum { CELL_SIZE = 512 };

static const char *plain(const json_t *row, const char *member, char *buffer, size_t size)
{
    const json_t *value = json_object_get(row, member);
    if (json_is_string(value))
        snprintf(buffer, size, "%s", json_string_value(value));
    else if (json_is_integer(value))
        snprintf(buffer, size, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        snprintf(buffer, size, "%g", json_real_value(value));
    else if (json_is_boolean(value))
        snprintf(buffer, size, "%s", json_is_true(value) ? "yes" : "no");
    else
        snprintf(buffer, size, "%s", "");
    if (json_is_array(value)) {
        size_t index, used = 0;
        json_t *item;
        json_array_foreach(value, index, item)
            if (json_is_string(item) && used < size)
                used += (size_t)snprintf(buffer + used, size - used, "%s%s", index > 0 ? ", " : "", json_string_value(item));
    }
    return buffer;
}

int output_json(const json_t *json)
{
    bool good = json_dumpf(json, stdout, JSON_COMPACT | JSON_ENCODE_ANY) == 0 && putchar('\n') != EOF;
    return good ? EXIT_DONE : error_exit_status(ERROR_internal);
}

void output_csv_field(const char *text, bool is_number)
{
    bool formula = !is_number && text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
    bool quote = formula || strpbrk(text, ",\"\r\n") != NULL;
    if (quote)
        putchar('"');
    if (formula)
        putchar('\'');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    if (quote)
        putchar('"');
}

static int print_csv(const json_t *rows, const struct column *columns, size_t count)
{
    char buffer[CELL_SIZE];
    size_t index;
    json_t *row;
    for (size_t i = 0; i < count; i++) {
        output_csv_field(columns[i].member, false);
        fputs(i + 1 < count ? "," : "\r\n", stdout);
    }
    json_array_foreach(rows, index, row)
        for (size_t i = 0; i < count; i++) {
            output_csv_field(plain(row, columns[i].member, buffer, sizeof buffer), json_is_number(json_object_get(row, columns[i].member)));
            fputs(i + 1 < count ? "," : "\r\n", stdout);
        }
    return ferror(stdout) == 0 ? EXIT_DONE : error_exit_status(ERROR_internal);
}

// A table without its frame. On anything but a terminal it is as wide as its contents.
static int print_table(const struct client *client, const json_t *rows, const struct column *columns, size_t count)
{
    char buffer[CELL_SIZE];
    size_t index;
    json_t *row;
    struct libscols_table *table = scols_new_table();
    if (table == NULL)
        return error_exit_status(ERROR_internal);
    if (isatty(STDOUT_FILENO) == 0)
        scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
    scols_table_enable_colors(table, client->colour);
    for (size_t i = 0; i < count; i++)
        scols_table_new_column(table, columns[i].title, 0,
                               (columns[i].right ? SCOLS_FL_RIGHT : 0) | (columns[i].may_shrink ? SCOLS_FL_TRUNC : 0));
    json_array_foreach(rows, index, row) {
        struct libscols_line *line = scols_table_new_line(table, NULL);
        for (size_t i = 0; line != NULL && i < count; i++) {
            const char *text = columns[i].show != NULL ? columns[i].show(row, buffer, sizeof buffer) : plain(row, columns[i].member, buffer, sizeof buffer);
            scols_line_set_data(line, i, text);
            if (strcmp(columns[i].member, "status") == 0 && client->colour && output_status_colour(row) != COLOUR_NONE)
                scols_cell_set_color(scols_line_get_cell(line, i), output_status_colour(row) == COLOUR_RED ? "red" : "yellow");
        }
    }
    int result = scols_print_table(table);
    scols_unref_table(table);
    return result == 0 ? EXIT_DONE : error_exit_status(ERROR_internal);
}

int output_rows(const struct client *client, const json_t *rows, const struct column *columns, size_t count)
{
    if (client->format == FORMAT_JSON)
        return output_json(rows);
    return client->format == FORMAT_CSV ? print_csv(rows, columns, count) : print_table(client, rows, columns, count);
}

void output_coloured(const struct client *client, enum colour colour, const char *text)
{
    static const char *const codes[] = {"", "\033[31m", "\033[33m", "\033[32m", "\033[1m"};
    if (client->colour && colour != COLOUR_NONE)
        printf("%s%s\033[0m", codes[colour], text);
    else
        fputs(text, stdout);
}

const char *output_words(const char *identifier, char *buffer, size_t size)
{
    snprintf(buffer, size, "%s", identifier != NULL ? identifier : "");
    for (char *at = buffer; *at != '\0'; at++)
        if (*at == '_')
            *at = ' ';
    return buffer;
}

const char *output_status(const json_t *request, char *buffer, size_t size)
{
    const char *status = json_text(request, "status");
    if (status != NULL && strcmp(status, "ack_overdue") == 0)
        snprintf(buffer, size, "acknowledgement overdue");
    else if (status != NULL && strcmp(status, "closed") == 0 && json_text(request, "outcome") != NULL) {
        char outcome[64];
        snprintf(buffer, size, "closed: %s", output_words(json_text(request, "outcome"), outcome, sizeof outcome));
    } else
        output_words(status, buffer, size);
    return buffer;
}

enum colour output_status_colour(const json_t *request)
{
    const char *status = json_text(request, "status");
    if (status != NULL && (strcmp(status, "overdue") == 0 || strcmp(status, "ack_overdue") == 0))
        return COLOUR_RED;
    return status != NULL && (strcmp(status, "due_soon") == 0 || strcmp(status, "paused") == 0 || strcmp(status, "answer_to_check") == 0) ? COLOUR_YELLOW
                                                                                                                                      : COLOUR_NONE;
}

bool output_is_unverified(const json_t *row)
{
    const char *confidence = json_text(row, "confidence");
    return json_is_true(json_object_get(row, "unverified")) ||
           (confidence != NULL && strcmp(confidence, "sure") != 0 && !json_is_false(json_object_get(row, "legal")));
}

const char *output_due(const json_t *request, char *buffer, size_t size)
{
    const char *due = json_text(request, "due"), *earliest = json_text(request, "earliest"), *latest = json_text(request, "latest");
    const char *mark = output_is_unverified(request) ? "~" : "";
    if (due == NULL)
        snprintf(buffer, size, "-");
    else if (earliest != NULL && latest != NULL && strcmp(earliest, latest) != 0)
        snprintf(buffer, size, "%s%s to %s", mark, earliest, latest);
    else
        snprintf(buffer, size, "%s%s", mark, due);
    return buffer;
}

const char *output_when(const json_t *request, char *buffer, size_t size)
{
    const json_t *days = json_object_get(request, "days");
    long long count = json_integer_value(days);
    if (!json_is_integer(days))
        snprintf(buffer, size, "-");
    else if (count == 0)
        snprintf(buffer, size, "today");
    else if (count > 0)
        snprintf(buffer, size, "in %lld day%s", count, count == 1 ? "" : "s");
    else
        snprintf(buffer, size, "%lld day%s late", -count, count == -1 ? "" : "s");
    return buffer;
}
