// SPDX-License-Identifier: GPL-3.0-or-later
#include "mail/smtp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mail/address.h"
#include "shared/elapsed.h"
#include "shared/failpoint.h"
#include "shared/memory.h"
#include "shared/network.h"
#include "vault/login_file.h"

enum { HOST_MAXIMUM = 256, REPLY_GO_ON = 354 };

struct smtp {
    CURL *curl;
    const struct config *config;
    char from[ADDRESS_ASCII_SIZE + 2];
    struct login login;
    int64_t until_ms; // smtp_hold_until()
    bool kept;        // the mail before went well, so its connection may serve again
    void (*turned)(void *context);
    void *turned_context;
    // of the transfer under way
    const struct text *bytes;
    size_t given;
    struct smtp_result *result;
};

void smtp_hold_until(struct smtp *smtp, int64_t until_ms)
{
    smtp->until_ms = until_ms;
}

// Each time before more of the mail goes out.
static size_t give(char *buffer, size_t size, size_t count, void *context)
{
    struct smtp *smtp = context;
    size_t left = smtp->bytes->length - smtp->given, room = size * count;
    size_t part = left < room ? left : room;
    if (smtp->given == 0 && FAILPOINT(smtp_body_begins))
        return CURL_READFUNC_ABORT;
    if (smtp->until_ms > 0 && elapsed_with_sleep_ms() >= smtp->until_ms)
        return CURL_READFUNC_ABORT;
    memcpy(buffer, smtp->bytes->text + smtp->given, part);
    smtp->given += part;
    return part;
}

// libcurl gives each line of the relay's replies as a header.
static size_t take_reply(char *line, size_t size, size_t count, void *context)
{
    struct smtp *smtp = context;
    struct smtp_result *result = smtp->result;
    snprintf(result->reply, sizeof result->reply, "%.*s", (int)(size * count), line);
    result->reply[strcspn(result->reply, "\r\n")] = '\0';
    const char *queued = strstr(result->reply, "queued as ");
    if (queued != NULL) {
        queued += strlen("queued as ");
        size_t length = strspn(queued, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
        snprintf(result->queue_id, sizeof result->queue_id, "%.*s", (int)length, queued);
    }
    return size * count;
}

// libcurl tells what it says to the relay here, and writes no trace then.
static int listen_to(CURL *curl, curl_infotype kind, char *data, size_t size, void *context)
{
    struct smtp *smtp = context;
    static const char command[] = "RCPT TO:";
    (void)curl;
    if (kind == CURLINFO_HEADER_OUT && size >= sizeof command && memcmp(data, command, sizeof command - 1) == 0)
        smtp->result->outcome.addressed = true;
    else if (kind == CURLINFO_DATA_OUT)
        (void)FAILPOINT(smtp_body_given);
    return 0;
}

static int on_turn(void *context, curl_off_t total, curl_off_t now, curl_off_t upload_total, curl_off_t upload_now)
{
    struct smtp *smtp = context;
    (void)total, (void)now, (void)upload_total, (void)upload_now;
    if (smtp->turned != NULL)
        smtp->turned(smtp->turned_context);
    return 0;
}

static long tls_level(const struct config *config)
{
    if (config->mail_tls == TLS_NONE)
        return CURLUSESSL_NONE;
    // On this very machine nobody listens in; there TLS is used when it is offered.
    return config->mail_tls == TLS_REQUIRED && !network_url_is_loopback(config->mail_relay) ? CURLUSESSL_ALL : CURLUSESSL_TRY;
}

static bool set_options(struct smtp *smtp)
{
    const struct config *config = smtp->config;
    CURL *curl = smtp->curl;
    char host[HOST_MAXIMUM] = "localhost";
    struct text url = {0};
    gethostname(host, sizeof host - 1);
    text_format(&url, "%s/%s", config->mail_relay, host); // libcurl says EHLO with the path
    bool loopback = network_url_is_loopback(config->mail_relay);
    bool verify = !loopback || config->mail_ca_file[0] != '\0';
    bool good = url.text != NULL && curl_easy_setopt(curl, CURLOPT_URL, url.text) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK && curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_READFUNCTION, give) == CURLE_OK && curl_easy_setopt(curl, CURLOPT_READDATA, smtp) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_reply) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_HEADERDATA, smtp) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L) == CURLE_OK && curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, listen_to) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_DEBUGDATA, smtp) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK && curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_turn) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_XFERINFODATA, smtp) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_MAIL_FROM, smtp->from) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_USE_SSL, tls_level(config)) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)config->mail_connect_timeout_ms) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)config->mail_transfer_timeout_ms) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(config->mail_transfer_timeout_ms + 999) / 1000) == CURLE_OK;
    text_release(&url);
    if (config->mail_ca_file[0] != '\0')
        good = good && curl_easy_setopt(curl, CURLOPT_CAINFO, config->mail_ca_file) == CURLE_OK;
    if (smtp->login.user[0] != '\0')
        good = good && curl_easy_setopt(curl, CURLOPT_USERNAME, smtp->login.user) == CURLE_OK &&
               curl_easy_setopt(curl, CURLOPT_PASSWORD, smtp->login.password) == CURLE_OK;
    return good;
}

struct smtp *smtp_new(const struct config *config, struct error *error)
{
    char from[ADDRESS_ASCII_SIZE];
    struct smtp *smtp = calloc(1, sizeof *smtp);
    if (smtp == NULL) {
        memory_error(error);
        return NULL;
    }
    smtp->config = config;
    smtp->curl = curl_easy_init();
    if (smtp->curl == NULL || !address_to_ascii(config->mail_from, "mail.from", from, error) || !login_read("relay", config->mail_credentials, "mail.credentials", &smtp->login, error)) {
        smtp_free(smtp);
        return NULL;
    }
    snprintf(smtp->from, sizeof smtp->from, "<%s>", from);
    if (!set_options(smtp)) {
        error_set(error, ERROR_internal, "mail", "libcurl refuses the settings of the relay.");
        smtp_free(smtp);
        return NULL;
    }
    return smtp;
}

void smtp_on_turn(struct smtp *smtp, void (*turned)(void *context), void *context)
{
    smtp->turned = turned;
    smtp->turned_context = context;
}

void smtp_free(struct smtp *smtp)
{
    if (smtp == NULL)
        return;
    if (smtp->curl != NULL)
        curl_easy_cleanup(smtp->curl);
    login_wipe(&smtp->login);
    free(smtp);
}

static bool renew(struct smtp *smtp, struct error *error)
{
    if (smtp->curl != NULL)
        curl_easy_cleanup(smtp->curl);
    smtp->curl = curl_easy_init();
    return (smtp->curl != NULL && set_options(smtp)) || memory_error(error);
}

// Debian 12's libcurl lets CR LF through into the envelope and bare LF into the data (measured), so this is the last gate.
static bool check_wire(const char *recipient, const struct text *bytes, struct error *error)
{
    if (bytes->failed || bytes->length == 0)
        return error_set(error, ERROR_internal, "", "The mail has no bytes.");
    for (size_t i = 0; i < bytes->length; i++) {
        bool after_return = i > 0 && bytes->text[i - 1] == '\r';
        if ((bytes->text[i] == '\n') != after_return || bytes->text[i] == '\0')
            return error_set(error, ERROR_internal, "", "The mail holds a bare line feed or return.");
    }
    if (bytes->text[bytes->length - 1] != '\n')
        return error_set(error, ERROR_internal, "", "The mail does not end with a line end.");
    return address_check(recipient, "address", error);
}

static void perform(struct smtp *smtp, struct smtp_result *result)
{
    curl_off_t uploaded = 0;
    *result = (struct smtp_result){.outcome = {.size = (int64_t)smtp->bytes->length}};
    smtp->given = 0;
    smtp->result = result;
    result->outcome.curl = curl_easy_perform(smtp->curl);
    curl_easy_getinfo(smtp->curl, CURLINFO_RESPONSE_CODE, &result->outcome.code);
    curl_easy_getinfo(smtp->curl, CURLINFO_SIZE_UPLOAD_T, &uploaded);
    result->outcome.uploaded = uploaded;
}

// A connection kept from the mail before may have been ended by the relay since (421 when it has been idle): that is no answer to this mail.
static bool was_stale(const struct smtp *smtp, const struct smtp_result *result)
{
    long connections = 0;
    curl_easy_getinfo(smtp->curl, CURLINFO_NUM_CONNECTS, &connections);
    CURLcode curl = result->outcome.curl;
    return smtp->kept && connections == 0 && !result->outcome.addressed && curl != CURLE_OK && curl != CURLE_OPERATION_TIMEDOUT && curl != CURLE_COULDNT_CONNECT;
}

static bool set_mail(struct smtp *smtp, const char *from, const struct curl_slist *recipients, struct error *error)
{
    // An empty list would make libcurl say HELP and report success.
    return (recipients != NULL && curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, recipients) == CURLE_OK &&
            curl_easy_setopt(smtp->curl, CURLOPT_MAIL_FROM, from) == CURLE_OK &&
            curl_easy_setopt(smtp->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)smtp->bytes->length) == CURLE_OK) ||
           memory_error(error);
}

static void finish(struct smtp *smtp, struct smtp_result *result)
{
    struct error ignored; // the next mail tries again, and says so
    if (FAILPOINT(smtp_answered)) {
        result->outcome.curl = CURLE_RECV_ERROR;
        result->outcome.code = REPLY_GO_ON;
    }
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, NULL);
    // After a time-out at the final dot libcurl keeps the dead connection for the next mail (measured), so none outlives a failure.
    smtp->kept = result->outcome.curl == CURLE_OK;
    if (!smtp->kept)
        renew(smtp, &ignored);
}

bool smtp_send(struct smtp *smtp, const char *sender, const char *recipient, const struct text *bytes, struct smtp_result *result,
               struct error *error)
{
    char ascii[ADDRESS_ASCII_SIZE];
    char mailbox[ADDRESS_ASCII_SIZE + 2], from[ADDRESS_ASCII_SIZE + 2];
    *result = (struct smtp_result){.outcome = {.size = (int64_t)bytes->length}};
    if (smtp->curl == NULL && !renew(smtp, error))
        return false;
    if (!check_wire(recipient, bytes, error) || !address_to_ascii(recipient, "address", ascii, error))
        return false;
    snprintf(mailbox, sizeof mailbox, "<%s>", ascii);
    if (sender != NULL && !address_to_ascii(sender, "sender", ascii, error))
        return false;
    snprintf(from, sizeof from, "<%s>", ascii);
    smtp->bytes = bytes;
    struct curl_slist *recipients = curl_slist_append(NULL, mailbox);
    const char *sent_from = sender != NULL ? from : smtp->from;
    bool good = set_mail(smtp, sent_from, recipients, error);
    if (good)
        perform(smtp, result);
    if (good && was_stale(smtp, result)) {
        good = renew(smtp, error) && set_mail(smtp, sent_from, recipients, error);
        if (good)
            perform(smtp, result);
    }
    // Without the dot no relay takes it.
    if (good && result->outcome.curl == CURLE_ABORTED_BY_CALLBACK)
        good = error_set(error, ERROR_unavailable, "", "The mailer stood still for longer than mail.lease_s; another one may have the mail now.");
    finish(smtp, result);
    curl_slist_free_all(recipients);
    return good;
}
