// SPDX-License-Identifier: GPL-3.0-or-later
#include "mail/mailer.h"

#include <limits.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "database/schema_version.h"
#include "mail/address.h"
#include "mail/composer.h"
#include "mail/maildir.h"
#include "mail/outbox.h"
#include "mail/smtp.h"
#include "run/notify.h"
#include "run/options.h"
#include "sandbox/sandbox.h"
#include "shared/elapsed.h"
#include "shared/failpoint.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/memory.h"
#include "vault/person.h"

enum {
    MS_PER_S = 1000,
    MEMORY_PAUSE_MS = 100,         // until a verdict for which there was no memory is tried again
    RELAY_PAUSE_MAXIMUM_S = 60,    // a relay that is back need not wait longer for the mail it could not be given
    RELAY_KNOCK_FIRST_MS = 1000,   // while the relay is away, a mailer tries with one mail and pauses: so long at first,
    RELAY_KNOCK_LAST_MS = 30000,   // twice as long each time, and never longer
    RING_LOOK_S = 60,              // the same ring is compared again so often: another host may have told the database of other keys
};

struct mailer {
    const struct config *config;
    const struct mailer_signals *signals;
    struct vault *vault;
    struct texts *texts;
    struct smtp *smtp; // NULL with the transport maildir
    struct outbox *outbox;
    json_t *pending;   // the verdict on the last mail, written together with the next one's beginning
    bool relay_down;   // the last try says that the next ones would be in vain too
    int knock_ms;      // the pause after the next such try
    uint64_t watchdog_ms, fed_at; // how often the service manager wants to hear of this process (0: not), and when it last has
    unsigned long compared; // the ring that is the database's, and until when that need not be asked again
    time_t compared_until;
};

struct mail { // one message while it is worked on
    const json_t *message, *library;
    const char *id, *address;
    const char *sender; // of a letter's envelope; NULL: mail.from
    char attempt[UUID_TEXT_SIZE];
    char message_id[ADDRESS_ASCII_SIZE + UUID_TEXT_SIZE];
    char stop_token[UNSUBSCRIBE_TOKEN_LENGTH + 1], stop_hash[VAULT_LOOKUP_HEX]; // of the link that stops the reminders; "" without
    struct text bytes;
    int64_t until_ms; // by this machine's clock, the lease holds at least so long
    bool composed; // now, not at an earlier try
};

// Fed wherever the mailer gets on: at each round, mail, and turn of a transfer. One that hangs in between does not feed it. A call of the database has
// no such place; a server that is away answers the next connection by a time-out, so a mailer that was ended for it is not ended again.
static void feed_watchdog(void *context)
{
    struct mailer *mailer = context;
    uint64_t now = (uint64_t)elapsed_ms();
    if (mailer->watchdog_ms == 0 || now - mailer->fed_at < mailer->watchdog_ms / 4)
        return;
    mailer->fed_at = now;
    notify("WATCHDOG=1");
}

// At most so long as the watchdog's patience allows: whoever waits longer comes back and waits again.
static int within_watchdog(const struct mailer *mailer, int pause_ms)
{
    int most = mailer->watchdog_ms / 4 < INT_MAX ? (int)(mailer->watchdog_ms / 4) : INT_MAX;
    return mailer->watchdog_ms > 0 && pause_ms > most ? most : pause_ms;
}

// Ends early when a signal comes.
static void rest(struct mailer *mailer, int pause_ms)
{
    int64_t end = elapsed_ms() + pause_ms;
    for (int64_t now = elapsed_ms(); now < end; now = elapsed_ms()) {
        feed_watchdog(mailer);
        if (*mailer->signals->stop != 0 || *mailer->signals->reload != 0 || poll(NULL, 0, within_watchdog(mailer, (int)(end - now))) < 0)
            return;
    }
}

static bool make_message_id(const struct mailer *mailer, struct mail *mail, struct error *error)
{
    char from[ADDRESS_ASCII_SIZE];
    const char *known = json_text(mail->message, "message_id");
    if (known == NULL && !address_to_ascii(mailer->config->mail_from, "mail.from", from, error))
        return false;
    if (known != NULL)
        snprintf(mail->message_id, sizeof mail->message_id, "%s", known);
    else
        snprintf(mail->message_id, sizeof mail->message_id, "%s%s", mail->id, strrchr(from, '@'));
    return true;
}

// A mail in doubt goes out again the same to the byte; any other says where things stand now.
static bool prepare(const struct mailer *mailer, struct mail *mail, struct error *error)
{
    char ascii[ADDRESS_ASCII_SIZE];
    const char *stored = json_text(mail->message, "bytes");
    mail->address = json_text(mail->message, "address");
    mail->sender = json_text(mail->message, "sender");
    if (mail->address == NULL)
        return error_set(error, ERROR_invalid, "address", "There is no address to send it to any more.");
    if (!address_to_ascii(mail->address, "address", ascii, error) || !make_message_id(mailer, mail, error))
        return false;
    if (stored != NULL) {
        text_append(&mail->bytes, stored);
        return true;
    }
    mail->composed = true;
    const char *kind = json_text(mail->message, "kind");
    if (mailer->config->mail_public_url[0] != '\0' && kind != NULL && strcmp(kind, "reminder") == 0) {
        person_unsubscribe_token(mailer->vault, mail->address, mail->stop_token);
        person_unsubscribe_hash(mailer->vault, mail->stop_token, mail->stop_hash);
    }
    struct composition composition = {mailer->config, mailer->texts, mail->library, mail->message, ascii, mail->message_id,
                                      mail->stop_token[0] != '\0' ? mail->stop_token : NULL};
    return compose(&composition, &mail->bytes, error);
}

static json_t *describe_begin(const struct mailer *mailer, const struct mail *mail, bool prepared, struct error *error)
{
    json_t *begin = json_pack("{s:s, s:O, s:s, s:s, s:i, s:O?}", "message", mail->id, "version", json_object_get(mail->message, "version"), "incarnation",
                              outbox_incarnation(mailer->outbox), "attempt", mail->attempt, "seconds", mailer->config->mail_lease_s, "previous",
                              mailer->pending);
    if (begin == NULL)
        memory_error(error);
    if (begin == NULL || !prepared || !mail->composed)
        return begin;
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * crypto_hash_sha256_BYTES + 1];
    char *sealed = vault_seal(mailer->vault, "message", "bytes", mail->id, mail->bytes.text, mail->bytes.length, error);
    if (sealed == NULL) {
        json_decref(begin);
        return NULL;
    }
    crypto_hash_sha256(hash, (const unsigned char *)mail->bytes.text, mail->bytes.length);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    json_object_set_new(begin, "bytes_sealed", json_string(sealed));
    json_object_set_new(begin, "sha256", json_string(hex));
    json_object_set_new(begin, "size", json_integer((json_int_t)mail->bytes.length));
    json_object_set_new(begin, "message_id", json_string(mail->message_id));
    if (mail->stop_hash[0] != '\0')
        json_object_set_new(begin, "unsubscribe_hash", json_string(mail->stop_hash));
    free(sealed);
    return begin;
}

// Pauses grow with the tries; those in vain because the relay is away are no reason to leave it alone for hours. And when the relay was not so much
// as told which mail it is, the mail keeps its place: when the relay is back, the most pressing one shall be the first.
static int pause_after(const struct mailer *mailer, enum verdict verdict, const struct outcome_of_transfer *outcome, bool about_this, json_int_t tries)
{
    const struct config *config = mailer->config;
    if (outcome->curl != CURLE_OK && verdict_is_of_all_mail(outcome) && !outcome->addressed && outcome->code < 400)
        return 0;
    size_t step = tries > 0 ? (size_t)tries - 1 : 0;
    int pause = config->mail_backoff_s[step < config->mail_backoff_count ? step : config->mail_backoff_count - 1];
    if (!about_this && pause > RELAY_PAUSE_MAXIMUM_S)
        pause = RELAY_PAUSE_MAXIMUM_S;
    return verdict == VERDICT_IN_DOUBT && pause < config->mail_doubt_pause_s ? config->mail_doubt_pause_s : pause;
}

// Only tries at which the relay put off this very mail, or left it in doubt, count towards giving it up: an outage loses nothing.
static json_t *describe_verdict(const struct mailer *mailer, const struct mail *mail, enum verdict verdict, const struct smtp_result *result, const char *problem)
{
    const struct outcome_of_transfer *outcome = &result->outcome;
    bool about_this = verdict == VERDICT_IN_DOUBT || (verdict == VERDICT_RETRY && outcome->addressed && !verdict_is_of_all_mail(outcome));
    json_int_t attempt = json_integer_value(json_object_get(mail->message, "attempt"));
    json_int_t put_off = json_integer_value(json_object_get(mail->message, "put_off")) + about_this;
    bool give_up = about_this && put_off >= mailer->config->mail_attempts;
    struct error error;
    char *reply = NULL;
    if (result->reply[0] != '\0')
        reply = vault_seal(mailer->vault, "attempt", "reply", mail->attempt, result->reply, strlen(result->reply), &error);
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:I, s:s?, s:s?, s:s?, s:i, s:b, s:b}", "message", mail->id, "attempt", mail->attempt,
                             "incarnation", outbox_incarnation(mailer->outbox), "verdict", verdict_name(verdict), "smtp_code", (int)outcome->code,
                             "curl_code", (int)outcome->curl, "uploaded", (json_int_t)outcome->uploaded, "reply_sealed", reply, "queue_id",
                             result->queue_id[0] != '\0' ? result->queue_id : NULL, "problem", problem, "retry_in_s",
                             pause_after(mailer, verdict, outcome, about_this, about_this ? put_off : attempt), "about_this", about_this, "give_up", give_up);
    free(reply);
    if (FAILPOINT(mailer_judged)) {
        json_decref(json);
        return NULL;
    }
    log_info("message %s: %s%s (reply %ld, curl %d)%s%s", mail->id, verdict_name(verdict), give_up ? ", given up" : "", outcome->code, (int)outcome->curl,
             problem[0] != '\0' ? ": " : "", problem);
    return json;
}

// The relay has spoken: what it said must not be lost for want of memory, or the mail would go out again.
static json_t *keep_verdict(const struct mailer *mailer, const struct mail *mail, enum verdict verdict, const struct smtp_result *result, const char *problem)
{
    json_t *json;
    while ((json = describe_verdict(mailer, mail, verdict, result, problem)) == NULL)
        poll(NULL, 0, MEMORY_PAUSE_MS);
    return json;
}

static json_t *hand_over(struct mailer *mailer, struct mail *mail)
{
    struct smtp_result result = {.outcome = {.size = (int64_t)mail->bytes.length}};
    struct error error;
    if (mailer->smtp == NULL) {
        bool good = maildir_deliver(mailer->config->mail_maildir, mail->id, &mail->bytes, &error);
        if (!good)
            log_error("maildir: %s", error.text);
        return keep_verdict(mailer, mail, good ? VERDICT_SENT : VERDICT_RETRY, &result, good ? "" : "The Maildir cannot be written.");
    }
    smtp_hold_until(mailer->smtp, mail->until_ms);
    if (!smtp_send(mailer->smtp, mail->sender, mail->address, &mail->bytes, &result, &error)) {
        log_error("message %s: %s", mail->id, error.text);
        return keep_verdict(mailer, mail, error.code == ERROR_unavailable ? VERDICT_RETRY : VERDICT_FAILED, &result, "dsrd refused to send what it had composed.");
    }
    enum verdict verdict = verdict_of(&result.outcome);
    // A letter to a vendor whose bytes began to flow, and of which the relay then said nothing, is for a person to decide about.
    if (mail->sender != NULL && verdict == VERDICT_RETRY && result.outcome.uploaded > 0 && (result.outcome.code < 400 || result.outcome.code >= 500))
        verdict = VERDICT_IN_DOUBT;
    mailer->relay_down = verdict_is_of_all_mail(&result.outcome);
    return keep_verdict(mailer, mail, verdict, &result, verdict_problem(&result.outcome));
}

static bool write_pending(struct mailer *mailer, struct error *error)
{
    if (mailer->pending == NULL)
        return true;
    json_t *answer = outbox_verdict(mailer->outbox, mailer->pending, error);
    if (answer == NULL)
        return false;
    json_decref(answer);
    json_decref(mailer->pending);
    mailer->pending = NULL;
    return true;
}

// Whether the ring is the one that seals this database. With another one no address could be opened, and mail after mail would fail for good.
static bool compare_ring(struct mailer *mailer, struct error *error)
{
    char mark[VAULT_LOOKUP_HEX];
    unsigned long generation = vault_generation(mailer->vault);
    time_t now = time(NULL);
    if (generation == mailer->compared && now < mailer->compared_until && now >= mailer->compared_until - RING_LOOK_S)
        return true;
    mailer->compared = 0;
    if (!outbox_serves(mailer->outbox, error))
        return false;
    vault_mark(mailer->vault, mark);
    json_t *ring = json_pack("{s:s, s:o}", "mark", mark, "keys", vault_keys(mailer->vault, &mailer->config->vault));
    json_t *answer = outbox_ring(mailer->outbox, ring, error);
    bool same = json_is_true(json_object_get(answer, "same")) && json_array_size(json_object_get(answer, "conflicts")) == 0;
    if (answer != NULL && !same)
        error_set(error, ERROR_conflict, "vault.ring",
                  "The key ring is not the one that this database knows, so no mail is taken: copy the ring from the host that makes the keys.");
    json_decref(ring);
    json_decref(answer);
    if (!same)
        return false;
    vault_trust(mailer->vault, generation);
    mailer->compared = generation;
    mailer->compared_until = now + RING_LOOK_S;
    return true;
}

// False: the database is gone, and what was under way is recovered there; or another ring has come, and nothing was begun with it.
static bool deliver(struct mailer *mailer, const json_t *library, json_t *message, struct error *error)
{
    struct mail mail = {.message = message, .library = library, .id = json_text(message, "id")};
    struct error problem = {0}, vault_problem;
    unsigned long memory = memory_failures();
    bool good = false;
    vault_uuid(mail.attempt);
    mail.until_ms = elapsed_with_sleep_ms() + (int64_t)mailer->config->mail_lease_s * MS_PER_S;
    bool prepared = vault_open_json(mailer->vault, message, true, &problem) && prepare(mailer, &mail, &problem);
    // A ring that has just come may be a wrong one: what it cannot open is no fault of the mail.
    json_t *begin = NULL;
    if (vault_is_trusted(mailer->vault))
        begin = describe_begin(mailer, &mail, prepared, &vault_problem);
    else
        error_set(&vault_problem, ERROR_unavailable, "vault.ring", "The key ring has changed and is compared with the database first.");
    // Nor is want of memory; and a mail that lacks a part must not go.
    bool whole = memory_sufficed(memory, &vault_problem);
    json_t *answer = begin != NULL && whole ? outbox_begin(mailer->outbox, begin, error) : NULL;
    if (begin == NULL || !whole)
        *error = vault_problem;
    if (answer != NULL) {
        json_decref(mailer->pending);
        mailer->pending = NULL;
        good = true;
        struct smtp_result nothing = {0};
        if (!json_is_true(json_object_get(answer, "go")))
            log_info("message %s: changed or cancelled before it was sent", mail.id);
        else if (prepared)
            mailer->pending = hand_over(mailer, &mail);
        else
            mailer->pending = keep_verdict(mailer, &mail, problem.code == ERROR_unavailable ? VERDICT_RETRY : VERDICT_FAILED, &nothing,
                                               problem.code == ERROR_invalid ? "There is no good address to send it to." : "dsrd could not compose the mail.");
    }
    json_decref(answer);
    json_decref(begin);
    text_release(&mail.bytes);
    return good;
}

static bool release_rest(struct mailer *mailer, struct error *error)
{
    json_t *answer = outbox_release(mailer->outbox, error);
    json_decref(answer);
    return answer != NULL;
}

// One round: lease, deliver each. `found` tells whether there was anything; `wait_ms`, if it is set, when the next mail's turn comes.
static bool work(struct mailer *mailer, bool *found, int *wait_ms, struct error *error)
{
    size_t index;
    json_t *message;
    json_t *leased = outbox_lease(mailer->outbox, error);
    if (leased == NULL)
        return false;
    const json_t *library = json_object_get(leased, "library");
    struct error ignored;
    bool good = true;
    *found = json_array_size(json_object_get(leased, "messages")) > 0;
    if (json_is_integer(json_object_get(leased, "wait_ms")))
        *wait_ms = (int)json_integer_value(json_object_get(leased, "wait_ms"));
    mailer->relay_down = false;
    json_array_foreach(json_object_get(leased, "messages"), index, message) {
        feed_watchdog(mailer);
        good = good && deliver(mailer, library, message, error);
        if (!good || *mailer->signals->stop != 0 || mailer->relay_down)
            break;
    }
    good = good && write_pending(mailer, error);
    // They keep their places; while the relay is away it is the mailer that pauses.
    if (good && (mailer->relay_down || *mailer->signals->stop != 0))
        good = release_rest(mailer, error);
    else if (!good)
        release_rest(mailer, &ignored); // in vain if the database is away: then they are recovered there
    json_decref(leased);
    return good;
}

static void reload_texts(struct mailer *mailer)
{
    struct error error;
    struct texts *fresh = texts_load(mailer->config->paths_mail, &error);
    if (fresh == NULL) {
        log_error("reload: the texts stay as they are: %s", error.text);
        return;
    }
    texts_free(mailer->texts);
    mailer->texts = fresh;
    log_notice("reload: mail texts read");
}

// Between two tries while the relay is away: no backlog may become a storm of tries, and a relay that is back is soon seen to be.
static void pause_for_relay(struct mailer *mailer)
{
    int first_pause_ms = mailer->config->mail_backoff_s[0] * MS_PER_S, last = RELAY_KNOCK_LAST_MS < first_pause_ms ? RELAY_KNOCK_LAST_MS : first_pause_ms;
    if (!mailer->relay_down) {
        mailer->knock_ms = RELAY_KNOCK_FIRST_MS;
        return;
    }
    rest(mailer, mailer->knock_ms < last ? mailer->knock_ms : last);
    mailer->knock_ms = mailer->knock_ms * 2 < last ? mailer->knock_ms * 2 : last;
}

static int serve(struct mailer *mailer)
{
    struct error error;
    int pause_ms = mailer->config->database_backoff_first_ms;
    enum error_code failing = ERROR_NONE;
    while (*mailer->signals->stop == 0) {
        bool found = false;
        int wait_ms = mailer->config->mail_poll_ms;
        feed_watchdog(mailer);
        if (*mailer->signals->reload != 0) {
            *mailer->signals->reload = 0;
            reload_texts(mailer);
        }
        // Without a key for now no mail is begun: its bytes could not be kept until the relay's answer is known.
        if (outbox_connect(mailer->outbox, &error) && write_pending(mailer, &error) && compare_ring(mailer, &error) &&
            vault_can_seal(mailer->vault, &error) && work(mailer, &found, &wait_ms, &error)) {
            failing = ERROR_NONE;
            pause_ms = mailer->config->database_backoff_first_ms;
            if (!found && *mailer->signals->stop == 0)
                outbox_wait(mailer->outbox, within_watchdog(mailer, wait_ms < mailer->config->mail_poll_ms ? wait_ms : mailer->config->mail_poll_ms));
            else
                pause_for_relay(mailer);
            continue;
        }
        if (schema_is_refused(&error)) {
            log_error("%s", error.text);
            return EXIT_CONFIGURATION;
        }
        if (failing != error.code)
            log_warning("%s Trying again.", error.text);
        failing = error.code;
        rest(mailer, pause_ms);
        pause_ms = pause_ms * 2 < mailer->config->database_backoff_last_ms ? pause_ms * 2 : mailer->config->database_backoff_last_ms;
    }
    if (mailer->pending != NULL && outbox_connect(mailer->outbox, &error) && !write_pending(mailer, &error))
        log_warning("%s The last mail will be in doubt.", error.text);
    return EXIT_FINE;
}

int mailer_run(const struct config *config, const char *conninfo, const struct mailer_signals *signals)
{
    struct error error = {0};
    struct mailer mailer = {.config = config, .signals = signals, .knock_ms = RELAY_KNOCK_FIRST_MS};
    if (getenv("DSRD_SUPERVISED") == NULL) // else the service manager knows `dsrd run`, for which the API speaks
        mailer.watchdog_ms = notify_watchdog_ms();
    int status = EXIT_CONFIGURATION;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    mailer.texts = texts_load(config->paths_mail, &error);
    if (mailer.texts != NULL)
        mailer.vault = vault_open(config->vault_ring, config->vault_credential, &error);
    if (mailer.vault != NULL)
        mailer.outbox = outbox_new(config, conninfo, &error);
    if (mailer.outbox != NULL && config->mail_transport == TRANSPORT_SMTP)
        mailer.smtp = smtp_new(config, &error);
    bool ready = mailer.outbox != NULL && (config->mail_transport == TRANSPORT_MAILDIR ? maildir_make(config->mail_maildir, &error) : mailer.smtp != NULL);
    if (mailer.smtp != NULL)
        smtp_on_turn(mailer.smtp, feed_watchdog, &mailer);
    const struct sandbox_needs needs = {SANDBOX_MAILER, config, NULL, conninfo};
    if (ready && sandbox_enter(&needs, &error)) {
        vault_demand_trust(mailer.vault);
        status = serve(&mailer);
    } else {
        log_error("%s", error.text);
        status = error.code == ERROR_unavailable ? EXIT_FAILED : EXIT_CONFIGURATION; // a folder that is away may come back
    }
    json_decref(mailer.pending);
    smtp_free(mailer.smtp);
    outbox_free(mailer.outbox);
    vault_close(mailer.vault);
    texts_free(mailer.texts);
    curl_global_cleanup();
    return status;
}
