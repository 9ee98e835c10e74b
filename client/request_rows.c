// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/request_rows.h"

#include <stdio.h>

#include "shared/json.h"

static const char *right(const json_t *request, char *buffer, size_t size)
{
    return output_words(json_text(request, "right"), buffer, size);
}

static const struct column text_columns[] = {
    {"REF", "ref", NULL, false, false},          {"VENDOR", "vendor_name", NULL, false, true},
    {"RIGHT", "right", right, false, false},     {"LAW", "law_name", NULL, false, true},
    {"STATUS", "status", output_status, false, false}, {"DUE", "due", output_due, false, false},
    {"", "days", output_when, false, false},     {"FOR", "subject", NULL, false, true},
};

static const struct column csv_columns[] = {
    {"", "ref", NULL, false, false},     {"", "vendor", NULL, false, false},   {"", "vendor_name", NULL, false, false}, {"", "right", NULL, false, false},
    {"", "law", NULL, false, false},     {"", "subject", NULL, false, false},  {"", "state", NULL, false, false},       {"", "status", NULL, false, false},
    {"", "sent", NULL, false, false},    {"", "due", NULL, false, false},      {"", "earliest", NULL, false, false},    {"", "latest", NULL, false, false},
    {"", "days", NULL, false, false},    {"", "legal", NULL, false, false},    {"", "assumed", NULL, false, false},     {"", "outcome", NULL, false, false},
    {"", "unverified", NULL, false, false},
};

int request_rows_print(const struct client *client, const json_t *requests)
{
    if (client->format == FORMAT_CSV)
        return output_rows(client, requests, csv_columns, sizeof csv_columns / sizeof csv_columns[0]);
    int status = output_rows(client, requests, text_columns, sizeof text_columns / sizeof text_columns[0]);
    bool unverified = false;
    size_t index;
    json_t *request;
    json_array_foreach(requests, index, request)
        unverified = unverified || output_is_unverified(request);
    if (unverified && client->format == FORMAT_TEXT)
        puts("~ rests on a figure not yet verified in the law's text; `dsr explain REF` says which.");
    return status;
}
