// SPDX-License-Identifier: GPL-3.0-or-later
// An IMAP folder, by libcurl. Mails come by the form ;UIDVALIDITY=..;UID=.. of the URL, whose literal goes to the write callback alone: with a
// custom FETCH a mail could end the response itself and forge what follows. They are only read; nothing is moved or deleted.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "inbox/source_kind.h"
#include "shared/memory.h"
#include "shared/network.h"
#include "vault/login_file.h"

enum { URL_MAXIMUM = 1024, CONNECT_TIMEOUT_MS = 30000, LINE_TIMEOUT_S = 60, TRANSFER_TIMEOUT_MS = 600000, TRIES = 5, PIECE = 50 };

struct imap {
    const struct config *config;
    CURL *curl;
    FILE *scratch; // the mail that is read: opened once, before the process shuts itself in
    struct login login;
    int64_t uidvalidity, exists; // of the folder, as the last look found it: and how many mails are in it
    int64_t *uids;
    size_t count, next;
    bool no_memory;
    int64_t failing; // a mail that the server does not give, and how often it was asked
    int failures;
    // of the transfer under way
    const struct source_mark *mark;
    bool reached; // the mark
    FILE *file;
    int64_t written;
    bool cut;
    char *came_at;
};

// "* 12 FETCH (UID 1234)".
static void take_uid(struct imap *imap, const char *items)
{
    const char *at = strcasestr(items, "UID ");
    long long uid = at != NULL ? strtoll(at + strlen("UID "), NULL, 10) : 0;
    imap->reached = imap->reached || (uid > 0 && uid <= imap->mark->uid);
    if (uid <= imap->mark->uid || uid > UINT32_MAX)
        return;
    int64_t *more = realloc(imap->uids, (imap->count + 1) * sizeof *more);
    if (more == NULL) {
        imap->no_memory = true;
        return;
    }
    imap->uids = more;
    imap->uids[imap->count++] = uid;
}

// INTERNALDATE "26-Nov-2026 17:00:00 +0000": when the server took the mail.
static void take_date(struct imap *imap, const char *line)
{
    struct tm local = {0}, utc;
    char *end;
    const char *rest = strptime(line, "%d-%b-%Y %H:%M:%S", &local);
    if (rest == NULL || imap->came_at == NULL)
        return;
    long zone = strtol(rest, &end, 10);
    if (end == rest || zone < -2400 || zone > 2400)
        return;
    time_t instant = timegm(&local) - (zone / 100 * 60 + zone % 100) * 60;
    gmtime_r(&instant, &utc);
    strftime(imap->came_at, sizeof((struct source_mail *)0)->came_at, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

// Each line of the server's responses; never the literal of a mail.
static size_t take_response(char *bytes, size_t size, size_t count, void *context)
{
    struct imap *imap = context;
    struct text line = {0};
    text_append_bytes(&line, bytes, size * count);
    if (line.text != NULL && line.text[0] == '*') {
        const char *validity = strcasestr(line.text, "[UIDVALIDITY "), *taken = strcasestr(line.text, "INTERNALDATE \""), *items = strcasestr(line.text, " FETCH (");
        if (validity != NULL && strncasecmp(line.text, "* OK", 4) == 0)
            imap->uidvalidity = strtoll(validity + strlen("[UIDVALIDITY "), NULL, 10);
        else if (strcasestr(line.text, " EXISTS") != NULL)
            imap->exists = strtoll(line.text + 1, NULL, 10);
        else if (items != NULL && imap->mark != NULL)
            take_uid(imap, items);
        else if (taken != NULL)
            take_date(imap, taken + strlen("INTERNALDATE \""));
    }
    imap->no_memory = imap->no_memory || line.failed;
    text_release(&line);
    return imap->no_memory ? 0 : size * count;
}

// What is beyond the limit is left with the server.
static size_t take_mail(char *bytes, size_t size, size_t count, void *context)
{
    struct imap *imap = context;
    size_t length = size * count;
    int64_t room = imap->config->inbox_max_bytes - imap->written;
    if (imap->file == NULL)
        return length;
    size_t kept = (int64_t)length > room ? (size_t)room : length;
    imap->cut = imap->cut || kept < length;
    imap->written += (int64_t)kept;
    if (fwrite(bytes, 1, kept, imap->file) != kept)
        return 0;
    return imap->cut ? 0 : length;
}

static bool set_options(struct imap *imap)
{
    const struct config *config = imap->config;
    CURL *curl = imap->curl;
    bool loopback = network_url_is_loopback(config->inbox_url), verify = !loopback || config->inbox_ca_file[0] != '\0';
    long level = config->inbox_tls == TLS_NONE ? CURLUSESSL_NONE : config->inbox_tls == TLS_REQUIRED && !loopback ? CURLUSESSL_ALL : CURLUSESSL_TRY;
    bool good = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "imap,imaps") == CURLE_OK && curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_response) == CURLE_OK && curl_easy_setopt(curl, CURLOPT_HEADERDATA, imap) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_mail) == CURLE_OK && curl_easy_setopt(curl, CURLOPT_WRITEDATA, imap) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_USE_SSL, level) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)TRANSFER_TIMEOUT_MS) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)LINE_TIMEOUT_S) == CURLE_OK;
    if (config->inbox_ca_file[0] != '\0')
        good = good && curl_easy_setopt(curl, CURLOPT_CAINFO, config->inbox_ca_file) == CURLE_OK;
    if (imap->login.user[0] != '\0')
        good = good && curl_easy_setopt(curl, CURLOPT_USERNAME, imap->login.user) == CURLE_OK && curl_easy_setopt(curl, CURLOPT_PASSWORD, imap->login.password) == CURLE_OK;
    return good;
}

static bool check_url(const char *url, struct error *error)
{
    const char *rest = strstr(url, "://");
    const char *folder = rest != NULL ? strchr(rest + 3, '/') : NULL;
    bool scheme = strncmp(url, "imap://", 7) == 0 || strncmp(url, "imaps://", 8) == 0;
    bool good = scheme && folder != NULL && folder[1] != '\0' && strlen(url) < SOURCE_NAME_SIZE && strpbrk(url, ";?#@ \r\n") == NULL;
    return good || error_set(error, ERROR_invalid, "inbox.url", "inbox.url must be imaps://HOST/FOLDER or imap://HOST/FOLDER, the user in inbox.credentials.");
}

static void release(void *state)
{
    struct imap *imap = state;
    if (imap == NULL)
        return;
    curl_easy_cleanup(imap->curl);
    if (imap->scratch != NULL)
        fclose(imap->scratch);
    login_wipe(&imap->login);
    free(imap->uids);
    free(imap);
}

void *imap_open(const struct config *config, char name[SOURCE_NAME_SIZE], struct error *error)
{
    struct imap *imap = calloc(1, sizeof *imap);
    if (imap == NULL) {
        memory_error(error);
        return NULL;
    }
    imap->config = config;
    snprintf(name, SOURCE_NAME_SIZE, "%s", config->inbox_url);
    if (check_url(config->inbox_url, error) && login_read("inbox-credentials", config->inbox_credentials, "inbox.credentials", &imap->login, error)) {
        imap->curl = curl_easy_init();
        imap->scratch = tmpfile(); // without a name: it is gone with this process
        if (imap->curl != NULL && imap->scratch != NULL && set_options(imap))
            return imap;
        error_set(error, ERROR_internal, "", imap->scratch != NULL ? "libcurl cannot be used." : "There is no room for a file in /tmp.");
    }
    release(imap);
    return NULL;
}

// One command; what it is about is in the callbacks.
static CURLcode perform(struct imap *imap, const char *url, const char *command, bool fresh)
{
    curl_easy_setopt(imap->curl, CURLOPT_URL, url);
    curl_easy_setopt(imap->curl, CURLOPT_CUSTOMREQUEST, command);
    curl_easy_setopt(imap->curl, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
    return curl_easy_perform(imap->curl);
}

static bool fail(CURLcode code, const char *what, struct error *error)
{
    return error_set(error, ERROR_unavailable, "inbox.url", "The mailbox does not %s: %s.", what, curl_easy_strerror(code));
}

// Backwards from the newest until the mark, so many at a time, with a line for each: of a longer line, as SEARCH gives, libcurl
// 7.88 throws the middle away, and of some hundred lines it says that they are too large for headers. Mails that are deleted meanwhile move what is older up, so that none falls between pieces.
static CURLcode list(struct imap *imap, const struct source_mark *mark)
{
    char command[64];
    CURLcode code = CURLE_OK;
    imap->count = imap->next = 0;
    imap->mark = mark;
    imap->reached = false;
    for (int64_t last = imap->exists; last > 0 && code == CURLE_OK && !imap->reached; last -= PIECE) {
        snprintf(command, sizeof command, "FETCH %lld:%lld (UID)", last > PIECE ? (long long)(last - PIECE + 1) : 1LL, (long long)last);
        code = perform(imap, imap->config->inbox_url, command, false);
    }
    imap->mark = NULL;
    return code;
}

static int by_number(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;
    return (first > second) - (first < second);
}

// A folder whose UIDVALIDITY is another one has been made anew: all its mails are looked at, and known ones are known by their hash.
static bool look(void *state, const struct source_mark *mark, struct error *error)
{
    struct imap *imap = state;
    const struct source_mark nothing = {0, 0};
    imap->uidvalidity = imap->exists = 0;
    CURLcode code = perform(imap, imap->config->inbox_url, "NOOP", true); // a new connection selects the folder anew and tells its UIDVALIDITY
    if (code == CURLE_OK)
        code = list(imap, imap->uidvalidity == mark->uidvalidity ? mark : &nothing);
    if (code != CURLE_OK)
        return fail(code, "answer", error);
    if (imap->uidvalidity == 0)
        return error_set(error, ERROR_unavailable, "inbox.url", "The mailbox does not tell its UIDVALIDITY.");
    if (imap->count > 1)
        qsort(imap->uids, imap->count, sizeof *imap->uids, by_number);
    return true;
}

// libcurl gives the lines of a command's response to the write callback too, which therefore has no file until the mail comes.
static CURLcode fetch(struct imap *imap, int64_t uid, char *came_at, FILE *file)
{
    char text[URL_MAXIMUM];
    imap->came_at = came_at;
    snprintf(text, sizeof text, "UID FETCH %lld (INTERNALDATE)", (long long)uid);
    CURLcode code = perform(imap, imap->config->inbox_url, text, false);
    imap->came_at = NULL;
    if (code != CURLE_OK)
        return code;
    snprintf(text, sizeof text, "%s;UIDVALIDITY=%lld;UID=%lld", imap->config->inbox_url, (long long)imap->uidvalidity, (long long)uid);
    imap->file = file;
    imap->written = 0;
    code = perform(imap, text, NULL, false);
    imap->file = NULL;
    return code;
}

// A mail that is there, and that the server does not give: in the end that it came is stored, or those behind it would wait for ever.
static bool is_given_up(struct imap *imap, int64_t uid, CURLcode code)
{
    bool of_this = code == CURLE_REMOTE_FILE_NOT_FOUND || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
                   code == CURLE_QUOTE_ERROR || code == CURLE_PARTIAL_FILE;
    imap->failures = of_this && imap->failing == uid ? imap->failures + 1 : 1;
    imap->failing = uid;
    return of_this && imap->failures >= TRIES;
}

static enum source_result next(void *state, struct source_mail *mail, struct error *error)
{
    struct imap *imap = state;
    if (imap->next == imap->count)
        return SOURCE_NONE;
    mail->uid = imap->uids[imap->next++];
    mail->uidvalidity = imap->uidvalidity;
    imap->cut = false;
    FILE *file = imap->scratch; // the mail before has been read
    rewind(file);
    CURLcode code = ftruncate(fileno(file), 0) == 0 ? fetch(imap, mail->uid, mail->came_at, file) : CURLE_WRITE_ERROR;
    mail->cut = imap->cut;
    if (code != CURLE_OK && !imap->cut && is_given_up(imap, mail->uid, code) && ftruncate(fileno(file), 0) == 0) {
        rewind(file);
        fprintf(file, "X-Dsrd-Not-Given: %s;UIDVALIDITY=%lld;UID=%lld\n\n", imap->config->inbox_url, (long long)imap->uidvalidity, (long long)mail->uid);
        mail->cut = true;
        code = CURLE_OK;
    }
    mail->descriptor = fflush(file) == 0 ? dup(fileno(file)) : -1;
    if (mail->descriptor < 0 || (code != CURLE_OK && !imap->cut)) {
        // Somebody deleted it, or the folder was made anew meanwhile: the next look tells.
        fail(mail->descriptor < 0 ? CURLE_WRITE_ERROR : code, "give a mail", error);
        return SOURCE_FAILED;
    }
    return source_mail_measure(mail, imap->config->inbox_max_bytes, error) ? SOURCE_MAIL : SOURCE_FAILED;
}

static bool done(void *state, const struct source_mail *mail, struct error *error)
{
    (void)state;
    (void)mail;
    (void)error;
    return true; // the mark has moved with the mail
}

const struct source_kind imap_kind = {look, next, done, release};
