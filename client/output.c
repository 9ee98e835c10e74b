// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/output.h"

#include <libsmartcols/libsmartcols.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "shared/json.h"
#include "shared/memory.h"
#include "shared/text.h"

enum { CELL_SIZE = 512, CUT_WIDTH = 12, FALLBACK_WIDTH = 80, STEP_INDENT = 5 };

// Appends a member as it is.
static void append_plain(const json_t *value, struct text *text)
{
    size_t index;
    json_t *item;
    if (json_is_string(value))
        text_append(text, json_string_value(value));
    else if (json_is_integer(value))
        text_format(text, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        text_format(text, "%g", json_real_value(value));
    else if (json_is_boolean(value))
        text_append(text, json_is_true(value) ? "yes" : "no");
    json_array_foreach(value, index, item)
        if (json_is_string(item))
            text_format(text, "%s%s", index > 0 ? ", " : "", json_string_value(item));
}

// The cell as people read it; valid until the text is used again.
static const char *cell_text(const json_t *row, const struct column *column, struct text *text)
{
    char buffer[CELL_SIZE];
    text_clear(text);
    if (column->show != NULL)
        text_append(text, column->show(row, buffer, sizeof buffer));
    else
        append_plain(json_object_get(row, column->member), text);
    return text->text != NULL ? text->text : "";
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
    struct text text = {0};
    size_t index;
    json_t *row;
    for (size_t i = 0; i < count; i++) {
        output_csv_field(columns[i].member, false);
        fputs(i + 1 < count ? "," : "\r\n", stdout);
    }
    json_array_foreach(rows, index, row)
        for (size_t i = 0; i < count; i++) {
            const json_t *value = json_object_get(row, columns[i].member);
            text_clear(&text);
            append_plain(value, &text);
            output_csv_field(text.text != NULL ? text.text : "", json_is_number(value));
            fputs(i + 1 < count ? "," : "\r\n", stdout);
        }
    text_release(&text);
    return ferror(stdout) == 0 ? EXIT_DONE : error_exit_status(ERROR_internal);
}

// Columns of text on a terminal.
static size_t width_of(const char *text)
{
    wchar_t wide[CELL_SIZE];
    size_t count = mbstowcs(wide, text, CELL_SIZE - 1);
    wide[count < CELL_SIZE ? count : 0] = L'\0';
    int width = count < CELL_SIZE ? wcswidth(wide, count) : -1;
    return width >= 0 ? (size_t)width : strlen(text);
}

static size_t terminal_width(void)
{
    struct winsize size;
    int64_t columns;
    const char *given = getenv("COLUMNS");
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return given != NULL && text_to_integer(given, 1, 10000, &columns) ? (size_t)columns : FALLBACK_WIDTH;
}

// Leaves out columns that may go, the most dispensable first, until the others fit, those that may be cut being cut to something legible.
static void choose_columns(const json_t *rows, const struct column *columns, size_t count, bool *left_out)
{
    size_t widths[COLUMNS_MAXIMUM], index, limit = terminal_width();
    json_t *row;
    struct text text = {0};
    for (size_t i = 0; i < count; i++) {
        widths[i] = width_of(columns[i].title);
        json_array_foreach(rows, index, row) {
            size_t width = width_of(cell_text(row, &columns[i], &text));
            widths[i] = width > widths[i] ? width : widths[i];
        }
    }
    text_release(&text);
    for (int step = COLUMNS_MAXIMUM; step > NARROW_CUT; step--) {
        size_t total = 0;
        for (size_t i = 0; i < count; i++)
            if (!left_out[i])
                total += 1 + (columns[i].narrow == NARROW_CUT && widths[i] > CUT_WIDTH ? CUT_WIDTH : widths[i]);
        for (size_t i = 0; total > limit + 1 && i < count; i++)
            left_out[i] = left_out[i] || columns[i].narrow == step;
    }
}

// False without memory.
static bool add_row(const struct client *client, struct libscols_table *table, const json_t *row, const struct column *columns, size_t count, const bool *left_out)
{
    struct text text = {0};
    struct libscols_line *line = scols_table_new_line(table, NULL);
    bool good = line != NULL;
    for (size_t i = 0, at = 0; good && i < count; i++) {
        if (left_out[i])
            continue;
        good = scols_line_set_data(line, at, cell_text(row, &columns[i], &text)) == 0 && !text.failed;
        if (strcmp(columns[i].member, "status") == 0 && client->colour && output_status_colour(row) != COLOUR_NONE)
            scols_cell_set_color(scols_line_get_cell(line, at), output_status_colour(row) == COLOUR_RED ? "red" : "yellow");
        at++;
    }
    text_release(&text);
    return good;
}

// A table without its frame. On anything but a terminal it is as wide as its contents.
static int print_table(const struct client *client, const json_t *rows, const struct column *columns, size_t count)
{
    bool left_out[COLUMNS_MAXIMUM] = {false}, terminal = isatty(STDOUT_FILENO) == 1;
    size_t index;
    json_t *row;
    struct error error;
    struct libscols_table *table = scols_new_table();
    bool good = table != NULL;
    if (terminal)
        choose_columns(rows, columns, count, left_out);
    else if (good)
        scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
    good = good && scols_table_enable_colors(table, client->colour) == 0;
    for (size_t i = 0; good && i < count; i++)
        if (!left_out[i])
            good = scols_table_new_column(table, columns[i].title, 0, (columns[i].right ? SCOLS_FL_RIGHT : 0) | (columns[i].narrow == NARROW_CUT ? SCOLS_FL_TRUNC : 0)) != NULL;
    json_array_foreach(rows, index, row)
        good = good && add_row(client, table, row, columns, count, left_out);
    good = good && scols_print_table(table) == 0;
    scols_unref_table(table);
    if (good)
        return EXIT_DONE;
    memory_error(&error); // nothing else keeps a table from being laid out
    return client_fail(&error);
}

int output_rows(const struct client *client, const json_t *rows, const struct column *columns, size_t count, const char *nothing)
{
    if (client->format == FORMAT_JSON)
        return output_json(rows);
    if (client->format == FORMAT_TEXT && json_array_size(rows) == 0)
        return puts(nothing) >= 0 ? EXIT_DONE : error_exit_status(ERROR_internal);
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

void output_wrapped(const char *text, size_t indent)
{
    size_t limit = isatty(STDOUT_FILENO) == 1 ? terminal_width() : SIZE_MAX, at = 0;
    char word[CELL_SIZE];
    while (*text != '\0') {
        size_t blanks = strspn(text, " "), length = strcspn(text + blanks, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, text + blanks);
        size_t width = width_of(word);
        if (at > indent && at + blanks + width > limit) {
            printf("\n%*s", (int)indent, "");
            at = indent;
        } else {
            printf("%*s", (int)blanks, "");
            at += blanks;
        }
        printf("%.*s", (int)length, text + blanks);
        at += width;
        text += blanks + length;
    }
    putchar('\n');
}

void output_step(size_t number, const json_t *step)
{
    struct text line = {0};
    const char *cite = json_text(step, "cite");
    text_format(&line, "  %zu. %s", number, json_text(step, "text"));
    if (cite != NULL && cite[0] != '\0')
        text_format(&line, " [%s]", cite);
    output_wrapped(line.text != NULL ? line.text : "", STEP_INDENT);
    text_release(&line);
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
    if (json_text(request, "authority_ended") != NULL)
        snprintf(buffer + strlen(buffer), size - strlen(buffer), " !");
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
