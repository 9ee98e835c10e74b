// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/connection.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shared/json.h"
#include "shared/memory.h"
#include "shared/text.h"

enum { CONNECT_TIMEOUT_MS = 5000, TIMEOUT_MS = 60000 };

struct connection {
    CURL *curl;
    char *place; // the socket's path, or the server's address
    const char *base; // what stands before the path of a call
    bool remote;
    int library;
    char reason[CURL_ERROR_SIZE];
    struct text answer;
};

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    struct connection *connection = context;
    text_append_bytes(&connection->answer, bytes, size * count);
    return connection->answer.failed ? 0 : size * count;
}

static struct connection *make(const char *place)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return NULL;
    connection->place = strdup(place);
    connection->curl = curl_easy_init();
    CURL *curl = connection->curl;
    if (connection->place != NULL && curl != NULL && curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, connection) == CURLE_OK && curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, connection->reason) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS) == CURLE_OK)
        return connection;
    connection_close(connection);
    return NULL;
}

struct connection *connection_open(const char *socket_path, struct error *error)
{
    // No TLS over a Unix socket: without its configuration libcurl's OpenSSL starts in a sixth of a command's time less (measured).
    setenv("OPENSSL_CONF", "/dev/null", 0);
    struct connection *connection = make(socket_path);
    if (connection != NULL && curl_easy_setopt(connection->curl, CURLOPT_UNIX_SOCKET_PATH, socket_path) == CURLE_OK &&
        curl_easy_setopt(connection->curl, CURLOPT_PROTOCOLS_STR, "http") == CURLE_OK &&
        curl_easy_setopt(connection->curl, CURLOPT_PROXY, "") == CURLE_OK) {
        connection->base = "http://dsrd";
        return connection;
    }
    connection_close(connection);
    error_set(error, ERROR_internal, "", "No memory, or libcurl cannot speak over Unix sockets.");
    return NULL;
}

struct connection *connection_open_server(const char *server, const char *token, const char *ca_file, struct error *error)
{
    bool encrypted = strncmp(server, "https:", 6) == 0;
    struct connection *connection = make(server);
    CURL *curl = connection != NULL ? connection->curl : NULL;
    // No redirect is followed: the token is for this server.
    if (curl != NULL && curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, encrypted ? "https" : "http") == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK && curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, token) == CURLE_OK &&
        (encrypted || curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK) &&
        (ca_file[0] == '\0' || curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file) == CURLE_OK)) {
        connection->base = connection->place;
        connection->remote = true;
        return connection;
    }
    connection_close(connection);
    error_set(error, ERROR_internal, "", "No memory, or libcurl cannot speak TLS.");
    return NULL;
}

void connection_set_library(struct connection *connection, int library)
{
    connection->library = library;
}

void connection_close(struct connection *connection)
{
    if (connection == NULL)
        return;
    if (connection->curl != NULL)
        curl_easy_cleanup(connection->curl);
    text_release(&connection->answer);
    free(connection->place);
    free(connection);
}

// The daemon's problem document as our error.
static void translate(const json_t *problem, long status, struct error *error)
{
    const char *detail = json_text(problem, "detail"), *code = json_text(problem, "code"), *field = json_text(problem, "field");
    if (detail == NULL && (status == 502 || status == 504)) {
        error_set(error, ERROR_unavailable, "", "The web server cannot reach dsrd now (%ld); try again.", status);
        return;
    }
    enum error_code kind = code != NULL ? error_from_name(code) : error_from_http_status((int)status);
    if (detail != NULL)
        error_set(error, kind, field != NULL ? field : "", "%s", detail);
    else
        error_set(error, kind, "", "The answer (%ld) is not one of dsrd's and cannot be read.", status);
}

static struct curl_slist *headers_of(const json_t *body, const char *key, int library)
{
    struct text line = {0};
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    if (body != NULL)
        headers = curl_slist_append(headers, "Content-Type: application/json");
    if (key != NULL) {
        text_format(&line, "Idempotency-Key: %s", key);
        headers = curl_slist_append(headers, line.text);
    }
    text_clear(&line);
    if (library != 0) {
        text_format(&line, "Dsrd-Library: %d", library);
        headers = curl_slist_append(headers, line.text);
    }
    text_release(&line);
    return headers;
}

static json_t *read_answer(struct connection *connection, struct error *error)
{
    long status = 0;
    curl_easy_getinfo(connection->curl, CURLINFO_RESPONSE_CODE, &status);
    json_t *answer = connection->answer.text != NULL ? json_read(connection->answer.text, connection->answer.length, JSON_DECODE_ANY, NULL) : NULL;
    if (answer != NULL && status >= 200 && status < 300)
        return answer;
    translate(answer, status, error);
    json_decref(answer);
    return NULL;
}

// What went wrong on the way to a server. True if dsrd may have got the call.
static bool refuse_server(const struct connection *connection, CURLcode result, struct error *error)
{
    const char *why = connection->reason[0] != '\0' ? connection->reason : curl_easy_strerror(result);
    if (result == CURLE_PEER_FAILED_VERIFICATION)
        error_set(error, ERROR_forbidden, "server",
                  "%s cannot show that it is the one: %s. If it has a certificate of its own, log in with --ca-file.",
                  connection->place, why);
    else if (result == CURLE_SSL_CACERT_BADFILE)
        error_set(error, ERROR_invalid, "ca-file", "The certificates to trust cannot be read: %s.", why);
    else
        error_set(error, ERROR_unavailable, "server", "%s does not answer: %s.", connection->place, why);
    return error->code == ERROR_unavailable && result != CURLE_COULDNT_CONNECT && result != CURLE_COULDNT_RESOLVE_HOST;
}

// Why there is no connection; one that is not allowed will not be the next time either.
static void refuse_connection(const struct connection *connection, struct error *error)
{
    long number = 0;
    curl_easy_getinfo(connection->curl, CURLINFO_OS_ERRNO, &number);
    if (number == EACCES || number == EPERM)
        error_set(error, ERROR_forbidden, "socket", "You may not use the socket %s: %s. Its owner, or who runs dsrd, can let you in.",
                  connection->place, strerror((int)number));
    else
        error_set(error, ERROR_unavailable, "socket", "dsrd does not answer on %s (%s). Is it running? --socket or DSR_SOCKET names another socket.",
                  connection->place, number != 0 ? strerror((int)number) : "no connection");
}

json_t *connection_call(struct connection *connection, const char *method, const char *path, const json_t *body, const char *key,
                        bool *sent_but_unanswered, struct error *error)
{
    struct text url = {0};
    *sent_but_unanswered = false;
    if (!memory_sufficed(0, error)) // what is to be sent may lack a part
        return NULL;
    char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
    struct curl_slist *headers = headers_of(body, key, connection->library);
    json_t *answer = NULL;
    text_format(&url, "%s%s", connection->base, path);
    text_clear(&connection->answer);
    connection->reason[0] = '\0';
    CURL *curl = connection->curl;
    if (url.text == NULL || (body != NULL && text == NULL) || headers == NULL ||
        curl_easy_setopt(curl, CURLOPT_URL, url.text) != CURLE_OK || curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) != CURLE_OK ||
        (text != NULL ? curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(text)) != CURLE_OK ||
                            curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, text) != CURLE_OK
                      : curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L) != CURLE_OK ||
                            curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method) != CURLE_OK)) {
        memory_error(error);
    } else {
        CURLcode result = curl_easy_perform(curl);
        if (result == CURLE_OK) {
            answer = read_answer(connection, error);
        } else if (connection->remote) {
            *sent_but_unanswered = refuse_server(connection, result, error);
        } else if (result == CURLE_COULDNT_CONNECT) {
            refuse_connection(connection, error);
        } else {
            *sent_but_unanswered = true;
            error_set(error, ERROR_unavailable, "", "dsrd does not answer on %s (%s).", connection->place, curl_easy_strerror(result));
        }
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    text_release(&url);
    free(text);
    return answer;
}
