// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/csv.h"

#include <csv.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/text.h"

enum { COLUMNS_MAXIMUM = 64, ROWS_MAXIMUM = 100000 };

struct reading {
    char *headings[COLUMNS_MAXIMUM];
    size_t heading_count, column;
    long row; // 0: the headings
    json_t *rows, *current;
    const char *problem;
};

static void on_field(void *bytes, size_t length, void *context)
{
    struct reading *reading = context;
    const char *text = bytes;
    if (reading->row == 0 && reading->column == 0 && length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { // what spreadsheets put in front
        text += 3;
        length -= 3;
    }
    if (!text_is_utf8(text, length))
        reading->problem = "it is not UTF-8; save it as CSV UTF-8";
    else if (reading->column >= COLUMNS_MAXIMUM || (reading->row > 0 && reading->column >= reading->heading_count && length > 0))
        reading->problem = "a row has more fields than the heading";
    else if (reading->row == 0) {
        char *heading = strndup(text, length);
        for (char *at = heading; at != NULL && *at != '\0'; at++)
            *at = *at == ' ' || *at == '-' ? '_' : (char)tolower((unsigned char)*at);
        reading->headings[reading->heading_count++] = heading;
    } else if (length > 0 && reading->column < reading->heading_count) {
        json_object_set_new(reading->current, reading->headings[reading->column], json_stringn(text, length));
    }
    reading->column++;
}

static void on_row(int ending, void *context)
{
    struct reading *reading = context;
    (void)ending;
    if (reading->row > 0 && json_object_size(reading->current) > 0) {
        json_object_set_new(reading->current, "line", json_integer(reading->row + 1));
        json_array_append(reading->rows, reading->current);
    }
    if (reading->row >= ROWS_MAXIMUM)
        reading->problem = "it has more than 100000 rows";
    json_decref(reading->current);
    reading->current = json_object();
    reading->row++;
    reading->column = 0;
}

json_t *csv_read(const char *path, struct error *error)
{
    struct reading reading = {.rows = json_array(), .current = json_object()};
    struct csv_parser parser;
    char buffer[8192];
    size_t length;
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (file == NULL || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        error_set(error, ERROR_malformed, "file", "%s cannot be read: %s.", path, file == NULL ? strerror(errno) : "no memory");
        json_decref(reading.rows);
        json_decref(reading.current);
        if (file != NULL && file != stdin)
            fclose(file);
        return NULL;
    }
    while (reading.problem == NULL && (length = fread(buffer, 1, sizeof buffer, file)) > 0)
        if (csv_parse(&parser, buffer, length, on_field, on_row, &reading) != length)
            reading.problem = csv_strerror(csv_error(&parser));
    if (reading.problem == NULL && csv_fini(&parser, on_field, on_row, &reading) != 0)
        reading.problem = "a quoted field does not end";
    csv_free(&parser);
    if (file != stdin)
        fclose(file);
    for (size_t i = 0; i < reading.heading_count; i++)
        free(reading.headings[i]);
    json_decref(reading.current);
    if (reading.problem == NULL)
        return reading.rows;
    error_set(error, ERROR_malformed, "file", "%s, row %ld: %s.", path, reading.row + 1, reading.problem);
    json_decref(reading.rows);
    return NULL;
}
