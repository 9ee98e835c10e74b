// SPDX-License-Identifier: GPL-3.0-or-later
// What every command of dsr works with: how to print, and the way to dsrd.
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <jansson.h>
#include <stdbool.h>

#include "client/arguments.h"
#include "client/connection.h"
#include "client/target.h"
#include "shared/date.h"
#include "shared/error.h"
#include "shared/text.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

struct client {
    enum format format;
    bool colour;                 // a terminal, and nobody said no
    struct connection *connection; // made at the first call
    struct target target;
    bool knows_today;
    date today; // by the library's calendar, once it was asked for
};

// Exit statuses, as dsr(1) has them; those of errors are in shared/error.h.
enum { EXIT_DONE = 0, EXIT_FOUND = 1, EXIT_BAD_USAGE = 2 };

struct command {
    const char *name;
    const char *usage;   // after the name
    const char *summary; // one line
    const struct argument_option *options;
    int least, most;     // positional arguments
    bool is_list;        // can print CSV
    int (*run)(struct client *client, const struct arguments *arguments);
};
extern const struct command commands[];
extern const size_t command_count;

// Prints "dsr: sentence" to stderr and gives the exit status that belongs to the error.
int client_fail(const struct error *error);
// A call to dsrd: the answer (new reference), or NULL and an error.
json_t *client_call(struct client *client, const char *method, const char *path, const json_t *body, struct error *error);
// The same for a write, with a fresh Idempotency-Key: it is repeated when the answer does not come, and done once.
json_t *client_write(struct client *client, const char *method, const char *path, const json_t *body, struct error *error);
// A write under a key of the caller's.
json_t *client_write_keyed(struct client *client, const char *method, const char *path, const json_t *body, const char *key, struct error *error);
// All pages of a list (or its first `limit` rows; 0: all) as one array: what `member` of each page holds. NULL and an error.
json_t *client_pages(struct client *client, const char *path, const char *member, json_int_t limit, struct error *error);
// "/v1/requests/R-.../events" with the parts made safe for a URL. The caller frees.
char *client_path(const char *format, const char *value);
// Appends "name=value" to a query, URL-encoded.
void client_query(struct text *path, const char *name, const char *value);

#endif
