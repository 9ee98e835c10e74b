// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/request_rows.h"

#include <stdio.h>

#include "shared/json.h"

static const char *right(const json_t *request, char *buffer, size_t size)
{
    return output_words(json_text(request, "right"), buffer, size);
}

// The vendor's short name, which is what one types; its full name is in `dsr status REF` and in CSV.
static const struct column text_columns[] = {
    {"REF", "ref", NULL, false, NARROW_KEEP},
    {"VENDOR", "vendor", NULL, false, NARROW_CUT},
    {"RIGHT", "right", right, false, NARROW_LEAVE + 1},
    {"LAW", "law_name", NULL, false, NARROW_LEAVE + 2},
    {"STATUS", "status", output_status, false, NARROW_CUT},
    {"DUE", "due", output_due, false, NARROW_LEAVE},
    {"", "days", output_when, false, NARROW_KEEP},
    {"FOR", "subject", NULL, false, NARROW_LEAVE + 3},
};

static const struct column csv_columns[] = {
    {"", "ref", NULL, false, 0},   {"", "vendor", NULL, false, 0},  {"", "vendor_name", NULL, false, 0}, {"", "right", NULL, false, 0},
    {"", "law", NULL, false, 0},   {"", "subject", NULL, false, 0}, {"", "state", NULL, false, 0},       {"", "status", NULL, false, 0},
    {"", "sent", NULL, false, 0},  {"", "due", NULL, false, 0},     {"", "earliest", NULL, false, 0},    {"", "latest", NULL, false, 0},
    {"", "days", NULL, false, 0},  {"", "legal", NULL, false, 0},   {"", "assumed", NULL, false, 0},     {"", "outcome", NULL, false, 0},
    {"", "unverified", NULL, false, 0}, {"", "authority_ended", NULL, false, 0},
};

int request_rows_print(const struct client *client, const json_t *requests, const char *nothing)
{
    if (client->format == FORMAT_CSV)
        return output_rows(client, requests, csv_columns, sizeof csv_columns / sizeof csv_columns[0], nothing);
    int status = output_rows(client, requests, text_columns, sizeof text_columns / sizeof text_columns[0], nothing);
    bool unverified = false, ended = false;
    size_t index;
    json_t *request;
    json_array_foreach(requests, index, request) {
        unverified = unverified || output_is_unverified(request);
        ended = ended || json_text(request, "authority_ended") != NULL;
    }
    if (unverified && client->format == FORMAT_TEXT)
        puts("~ unverified: see `dsr explain REF`");
    if (ended && client->format == FORMAT_TEXT)
        puts("! the patron's authority has ended, so no reminders go out: see `dsr status REF`");
    return status;
}
