// SPDX-License-Identifier: GPL-3.0-or-later
// A mail of hostile bytes: what is read of it keeps its limits, and what would be stored is what the database takes.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "inbox/describe.h"
#include "inbox/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    parse_begin();
    return 0;
}

static void check(const struct reply *reply, const json_t *json)
{
    const char *domain = json_string_value(json_object_get(json, "sender_domain"));
    if (reply->text.length > REPLY_TEXT_MAXIMUM + 4096 || reply->subject.length > REPLY_SUBJECT_MAXIMUM + 4)
        abort();
    if (reply->text.text != NULL && (strlen(reply->text.text) != reply->text.length || !text_is_utf8(reply->text.text, reply->text.length)))
        abort();
    if (domain != NULL && strspn(domain, "abcdefghijklmnopqrstuvwxyz0123456789.-") != strlen(domain))
        abort();
    for (size_t i = 0; i < reply->id_count; i++)
        if (text_has_controls(reply->ids[i], strlen(reply->ids[i]), false))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reply *reply = calloc(1, sizeof *reply);
    int descriptor = memfd_create("mail", 0);
    if (reply == NULL || descriptor < 0 || write(descriptor, data, size) != (ssize_t)size)
        abort();
    if (parse_reply(descriptor, (int64_t)size, reply)) {
        json_t *json = describe_reply(reply, NULL);
        if (json == NULL)
            abort();
        check(reply, json);
        json_decref(json);
    }
    close(descriptor);
    reply_release(reply);
    free(reply);
    return 0;
}
