// SPDX-License-Identifier: GPL-3.0-or-later
// What vendors wrote back, read by dsrd-inbox: `dsr inbox`. What a mail says is proposed; a person confirms it here.
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/answer.h"
#include "client/body.h"
#include "client/dates.h"
#include "client/handlers.h"
#include "client/output.h"
#include "client/written.h"
#include "shared/json.h"
#include "shared/text.h"

static const char *kind_of(const json_t *reply)
{
    static const char *const kinds[][2] = {{"bounce_hard", "came back: no such address"}, {"bounce_soft", "came back: not delivered"},
                                           {"report", "note of a mail server"},             {"auto_ack", "automatic reply"},
                                           {"out_of_office", "out of office"},              {"answer", "answer"}};
    const char *kind = json_text(reply, "kind");
    for (size_t i = 0; kind != NULL && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kind, kinds[i][0]) == 0)
            return kinds[i][1];
    return kind;
}

static const char *show_kind(const json_t *reply, char *buffer, size_t size)
{
    snprintf(buffer, size, "%s", kind_of(reply));
    return buffer;
}

static const char *show_about(const json_t *reply, char *buffer, size_t size)
{
    const char *ref = json_text(reply, "ref");
    bool guess = ref != NULL && strcmp(json_text(reply, "state"), "pen") == 0;
    snprintf(buffer, size, "%s%s", ref != NULL ? ref : "-", guess ? "?" : "");
    return buffer;
}

static const char *show_proposal(const json_t *reply, char *buffer, size_t size)
{
    const char *recorded = json_text(reply, "recorded"), *event = json_text(reply, "event");
    snprintf(buffer, size, "%s", recorded != NULL ? recorded : event != NULL ? event : "-");
    return buffer;
}

int run_inbox_list(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {{"ID", "id", NULL, false, NARROW_KEEP},
                                            {"CAME", "came", NULL, false, NARROW_KEEP},
                                            {"ABOUT", "ref", show_about, false, NARROW_KEEP},
                                            {"WHAT", "kind", show_kind, false, NARROW_CUT},
                                            {"EVENT", "event", show_proposal, false, NARROW_CUT},
                                            {"FROM", "sender_domain", NULL, false, NARROW_LEAVE},
                                            {"STATE", "state", NULL, false, NARROW_LEAVE + 1}};
    struct error error;
    struct text path = {0};
    text_append(&path, "/v1/inbox");
    client_query(&path, "state", argument_value(arguments, "state"));
    json_t *replies = client_pages(client, path.text, "replies", 0, &error);
    text_release(&path);
    if (replies == NULL)
        return client_fail(&error);
    int status = output_rows(client, replies, columns, sizeof columns / sizeof columns[0], "Nothing waits.");
    if (client->format == FORMAT_TEXT && json_array_size(replies) > 0 && argument_value(arguments, "state") == NULL)
        puts("`dsr inbox confirm ID` records the event, `assign ID REF` says which request it is about, `discard ID` puts it aside.");
    json_decref(replies);
    return status;
}

static void print_reply(const json_t *reply)
{
    static const char *const matches[][2] = {{"token", "the address it was sent to"}, {"in_reply_to", "the letter it answers"}, {"reference", "the reference in its subject"},
                                             {"domain", "a guess, from the sender's domain"}, {"person", "somebody here"}, {"none", "nothing"}};
    char words[64];
    size_t index;
    json_t *type;
    const char *match = json_text(reply, "match_by");
    for (size_t i = 0; i < sizeof matches / sizeof matches[0]; i++)
        if (match != NULL && strcmp(match, matches[i][0]) == 0)
            match = matches[i][1];
    printf("%s\n  came       %s, %lld bytes%s\n  from       %s\n  what       %s\n  state      %s\n  about      %s, by %s\n", json_text(reply, "id"), json_text(reply, "came"),
           (long long)json_integer_value(json_object_get(reply, "size")), json_is_true(json_object_get(reply, "cut")) ? ", not all of it looked at" : "",
           json_text(reply, "sender_domain") != NULL ? json_text(reply, "sender_domain") : "unknown", kind_of(reply), json_text(reply, "state"),
           json_text(reply, "ref") != NULL ? json_text(reply, "ref") : "no request", match);
    if (json_text(reply, "recorded") != NULL)
        printf("  recorded   %s\n", output_words(json_text(reply, "recorded"), words, sizeof words));
    else if (json_text(reply, "event") != NULL)
        printf("  proposed   %s\n", output_words(json_text(reply, "event"), words, sizeof words));
    json_array_foreach(json_object_get(reply, "media_types"), index, type)
        printf("  part       %s\n", json_string_value(type));
    printf("  SHA-256    %s\n", json_text(reply, "sha256"));
    if (json_text(reply, "text") == NULL && json_is_true(json_object_get(reply, "has_text")))
        puts("  text       sealed: --key FILE opens it with the library's secret key");
}

// The secret key never leaves this machine: the box is opened here.
static bool read_key(const char *path, unsigned char secret[crypto_box_SECRETKEYBYTES], struct error *error)
{
    char line[128] = "";
    size_t length = 0;
    FILE *file = fopen(path, "re");
    bool good = file != NULL && fgets(line, sizeof line, file) != NULL &&
                sodium_base642bin(secret, crypto_box_SECRETKEYBYTES, line, strcspn(line, "\r\n"), NULL, &length, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
                length == crypto_box_SECRETKEYBYTES;
    if (file != NULL)
        fclose(file);
    sodium_memzero(line, sizeof line);
    return good || error_set(error, ERROR_invalid, "key", "%s is no secret key that can be read; `dsrd-inbox keygen` makes one.", path);
}

static bool open_box(const char *encoded, const unsigned char *secret, struct text *plain, struct error *error)
{
    unsigned char public_key[crypto_box_PUBLICKEYBYTES];
    size_t size = strlen(encoded), length = 0;
    unsigned char *box = malloc(size + 1), *opened = malloc(size + 1);
    bool good = box != NULL && opened != NULL && crypto_scalarmult_base(public_key, secret) == 0 &&
                sodium_base642bin(box, size, encoded, size, NULL, &length, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 && length > crypto_box_SEALBYTES &&
                crypto_box_seal_open(opened, box, length, public_key, secret) == 0;
    if (good)
        text_append_bytes(plain, (const char *)opened, length - crypto_box_SEALBYTES);
    free(opened);
    free(box);
    return (good && plain->text != NULL) || error_set(error, ERROR_invalid, "key", "This key does not open that text: it was sealed to another one.");
}

// What a stranger wrote must not steer the terminal.
static void print_plain(const struct text *plain)
{
    putchar('\n');
    for (size_t i = 0; i < plain->length;) {
        size_t size = text_utf8_character(plain->text + i, plain->length - i);
        if (size == 0 || text_has_controls(plain->text + i, size, true))
            putchar('?');
        else
            fwrite(plain->text + i, 1, size, stdout);
        i += size == 0 ? 1 : size;
    }
}

static json_t *get_reply(struct client *client, const char *id, bool with_text, struct error *error)
{
    struct text path = {0};
    char *plain = client_path("/v1/inbox/{}", id);
    text_append(&path, plain != NULL ? plain : "");
    if (with_text)
        client_query(&path, "text", "true");
    json_t *reply = client_call(client, "GET", path.text != NULL ? path.text : "", NULL, error);
    text_release(&path);
    free(plain);
    return reply;
}

int run_inbox_show(struct client *client, const struct arguments *arguments)
{
    unsigned char secret[crypto_box_SECRETKEYBYTES];
    struct error error;
    struct text plain = {0};
    const char *key = argument_value(arguments, "key");
    if (key != NULL && (sodium_init() < 0 || !read_key(key, secret, &error)))
        return client_fail(&error);
    json_t *reply = get_reply(client, argument_at(arguments, 0), key != NULL, &error);
    const char *box = json_text(reply, "text");
    if (key != NULL && box != NULL && !open_box(box, secret, &plain, &error)) {
        json_decref(reply);
        reply = NULL;
    }
    sodium_memzero(secret, sizeof secret);
    if (plain.text != NULL && client->format == FORMAT_JSON)
        json_object_set_new(reply, "text", json_stringn(plain.text, plain.length));
    bool in_words = reply != NULL && client->format != FORMAT_JSON;
    int status = answer_show(client, reply, &error, print_reply);
    if (in_words && plain.text != NULL)
        print_plain(&plain);
    else if (in_words && key != NULL)
        puts("  text       not kept");
    text_release(&plain);
    return status;
}

static void print_assigned(const json_t *reply)
{
    printf("It is about %s.", json_text(reply, "ref"));
    if (json_text(reply, "event") != NULL)
        printf(" It speaks of %s: `dsr inbox confirm %s` records that.\n", json_text(reply, "event"), json_text(reply, "id"));
    else
        printf(" `dsr inbox confirm %s --event EVENT` records what it says.\n", json_text(reply, "id"));
}

int run_inbox_assign(struct client *client, const struct arguments *arguments)
{
    struct error error;
    char *path = client_path("/v1/inbox/{}/assignment", argument_at(arguments, 0));
    json_t *body = json_pack("{s:s}", "ref", argument_at(arguments, 1));
    json_t *reply = client_call(client, "POST", path, body, &error);
    json_decref(body);
    free(path);
    return answer_show(client, reply, &error, print_assigned);
}

static json_t *decide(struct client *client, const char *id, const char *state, struct error *error)
{
    char *path = client_path("/v1/inbox/{}/decision", id);
    json_t *body = json_pack("{s:s}", "state", state);
    json_t *reply = client_call(client, "POST", path, body, error);
    json_decref(body);
    free(path);
    return reply;
}

static void print_discarded(const json_t *reply)
{
    (void)reply;
    puts("It is put aside; nothing is recorded.");
}

int run_inbox_discard(struct client *client, const struct arguments *arguments)
{
    struct error error;
    json_t *reply = decide(client, argument_at(arguments, 0), "discarded", &error);
    return answer_show(client, reply, &error, print_discarded);
}

static void print_seen(const json_t *reply)
{
    printf("Seen; nothing is recorded on %s.\n", json_text(reply, "ref"));
}

// The ordinary change of the request, with the mail as its evidence.
static int record(struct client *client, const struct arguments *arguments, const json_t *reply, const char *event)
{
    struct error error;
    const char *on = argument_value(arguments, "on");
    char *path = client_path("/v1/requests/{}/events", json_text(reply, "ref"));
    json_t *body = json_pack("{s:s, s:s}", "event", event, "reply", json_text(reply, "id")), *answer = NULL;
    body_set_text(body, "note", argument_value(arguments, "note"));
    if (argument_flag(arguments, "anyway"))
        json_object_set_new(body, "anyway", json_true());
    if (dates_set_event(body, "on", on != NULL ? on : json_text(reply, "came"), &error))
        answer = client_write(client, "POST", path, body, &error);
    int status = answer != NULL ? written_print(client, answer, "Logged", true) : written_fail(&error);
    json_decref(answer);
    json_decref(body);
    free(path);
    return status;
}

int run_inbox_confirm(struct client *client, const struct arguments *arguments)
{
    struct error error;
    const char *id = argument_at(arguments, 0), *event = argument_value(arguments, "event");
    json_t *reply = get_reply(client, id, false, &error);
    if (reply == NULL)
        return client_fail(&error);
    if (event == NULL && !argument_flag(arguments, "seen"))
        event = json_text(reply, "event");
    int status;
    if (json_text(reply, "ref") == NULL || strcmp(json_text(reply, "state"), "pen") == 0) {
        error_set(&error, ERROR_conflict, "id", "Nobody has said which request it is about: `dsr inbox assign %s REF` first.", id);
        status = client_fail(&error);
    } else if (event == NULL) {
        json_t *seen = decide(client, id, "confirmed", &error);
        status = answer_show(client, seen, &error, print_seen);
    } else {
        status = record(client, arguments, reply, event);
    }
    json_decref(reply);
    return status;
}
