// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/csv.h"

#include <csv.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/text.h"

enum { COLUMNS_MAXIMUM = 64, ROWS_MAXIMUM = 100000, CHUNK = 65536 };

struct reading {
    json_t *headings, *rows, *current;
    size_t column;
    long row; // as a spreadsheet counts: 1 is the first, and blank ones count too
    int ending;
    const char *problem; // the first one
    long problem_row;
};

static void stop_with(struct reading *reading, const char *problem)
{
    if (reading->problem == NULL) {
        reading->problem = problem;
        reading->problem_row = reading->row;
    }
}

char *csv_heading(const char *text, size_t length)
{
    char *heading = strndup(text, length);
    for (char *at = heading; at != NULL && *at != '\0'; at++)
        *at = *at == ' ' || *at == '-' ? '_' : (char)tolower((unsigned char)*at);
    return heading;
}

static void add_heading(struct reading *reading, const char *text, size_t length)
{
    char *heading = csv_heading(text, length);
    json_array_append_new(reading->headings, json_string(heading != NULL ? heading : ""));
    free(heading);
}

// A line's end within a field is \n in the record, however the file ends its lines.
static json_t *field_text(const char *text, size_t length)
{
    char *copy = malloc(length + 1);
    size_t used = 0;
    for (size_t i = 0; copy != NULL && i < length; i++)
        if (text[i] != '\r' || i + 1 == length || text[i + 1] != '\n')
            copy[used++] = text[i];
    json_t *field = copy != NULL ? json_stringn(copy, used) : NULL;
    free(copy);
    return field;
}

static void on_field(void *bytes, size_t length, void *context)
{
    struct reading *reading = context;
    const char *text = bytes, *heading = json_string_value(json_array_get(reading->headings, reading->column));
    if (!text_is_utf8(text, length))
        stop_with(reading, "it is not UTF-8; save it as CSV UTF-8");
    else if (reading->column >= COLUMNS_MAXIMUM)
        stop_with(reading, "it has more than 64 columns");
    else if (reading->current == NULL)
        add_heading(reading, text, length);
    else if (length > 0 && (heading == NULL || heading[0] == '\0'))
        stop_with(reading, "a field stands under no heading");
    else if (length > 0)
        json_object_set_new(reading->current, heading, field_text(text, length));
    reading->column++;
}

static void on_row(int ending, void *context)
{
    struct reading *reading = context;
    int before = reading->ending;
    reading->ending = ending;
    if (reading->column == 0 && before == '\r' && ending == '\n')
        return; // the second half of a line's end
    if (json_object_size(reading->current) > 0) {
        json_object_set_new(reading->current, "row", json_integer(reading->row));
        json_array_append(reading->rows, reading->current);
    }
    if (json_array_size(reading->rows) > ROWS_MAXIMUM)
        stop_with(reading, "it has more than 100000 rows");
    if (json_array_size(reading->headings) > 0) {
        json_decref(reading->current);
        reading->current = json_object();
    }
    reading->row++;
    reading->column = 0;
}

// Spreadsheets write commas, semicolons or tabs, as their language has it: what the first line holds most of.
static unsigned char choose_delimiter(const char *text, size_t length)
{
    static const char known[] = ",;\t";
    size_t counts[sizeof known] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < length && (quoted || (text[i] != '\n' && text[i] != '\r')); i++) {
        const char *found = strchr(known, text[i]);
        quoted = quoted != (text[i] == '"');
        if (!quoted && text[i] != '\0' && found != NULL)
            counts[found - known]++;
    }
    for (size_t i = 1; known[i] != '\0'; i++)
        if (counts[i] > counts[best])
            best = i;
    return (unsigned char)known[best];
}

static void parse(FILE *file, struct csv_parser *parser, struct reading *reading)
{
    char *chunk = malloc(CHUNK);
    size_t length;
    bool first = true;
    if (chunk == NULL)
        stop_with(reading, "there is no memory");
    while (reading->problem == NULL && (length = fread(chunk, 1, CHUNK, file)) > 0) {
        size_t skip = first && length >= 3 && memcmp(chunk, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0; // what spreadsheets put in front
        if (first)
            csv_set_delim(parser, choose_delimiter(chunk + skip, length - skip));
        first = false;
        if (csv_parse(parser, chunk + skip, length - skip, on_field, on_row, reading) != length - skip)
            stop_with(reading, "a quotation mark stands inside a field; such a field must be quoted, and the mark written twice");
    }
    if (ferror(file))
        stop_with(reading, strerror(errno));
    if (reading->problem == NULL && csv_fini(parser, on_field, on_row, reading) != 0)
        stop_with(reading, "a quoted field does not end");
    if (json_array_size(reading->headings) == 0)
        stop_with(reading, "it has no line of headings");
    free(chunk);
}

json_t *csv_read(const char *path, struct error *error)
{
    struct reading reading = {.headings = json_array(), .rows = json_array(), .row = 1};
    struct csv_parser parser;
    json_t *table = NULL;
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (file == NULL) {
        error_set(error, ERROR_malformed, "file", "%s cannot be read: %s.", path, strerror(errno));
    } else if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) {
        error_set(error, ERROR_internal, "file", "There is no memory to read %s.", path);
    } else {
        parse(file, &parser, &reading);
        csv_free(&parser);
        if (reading.problem != NULL)
            error_set(error, ERROR_malformed, "file", "%s, row %ld: %s.", path, reading.problem_row, reading.problem);
        else
            table = json_pack("{s:O, s:O}", "headings", reading.headings, "rows", reading.rows);
    }
    if (file != NULL && file != stdin)
        fclose(file);
    json_decref(reading.headings);
    json_decref(reading.rows);
    json_decref(reading.current);
    return table;
}
