// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/connection.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shared/json.h"
#include "shared/text.h"

enum { CONNECT_TIMEOUT_MS = 5000, TIMEOUT_MS = 60000 };

struct connection {
    CURL *curl;
    char *socket_path;
    struct text answer;
};

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    struct connection *connection = context;
    text_append_bytes(&connection->answer, bytes, size * count);
    return connection->answer.failed ? 0 : size * count;
}

struct connection *connection_open(const char *socket_path, struct error *error)
{
    // No TLS over a Unix socket: without its configuration libcurl's OpenSSL starts in a sixth of a command's time less (measured).
    setenv("OPENSSL_CONF", "/dev/null", 0);
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection != NULL) {
        connection->socket_path = strdup(socket_path);
        connection->curl = curl_easy_init();
    }
    if (connection != NULL && connection->socket_path != NULL && connection->curl != NULL &&
        curl_easy_setopt(connection->curl, CURLOPT_UNIX_SOCKET_PATH, socket_path) == CURLE_OK &&
        curl_easy_setopt(connection->curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
        curl_easy_setopt(connection->curl, CURLOPT_WRITEDATA, connection) == CURLE_OK &&
        curl_easy_setopt(connection->curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
        curl_easy_setopt(connection->curl, CURLOPT_PROTOCOLS_STR, "http") == CURLE_OK &&
        curl_easy_setopt(connection->curl, CURLOPT_PROXY, "") == CURLE_OK &&
        curl_easy_setopt(connection->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS) == CURLE_OK &&
        curl_easy_setopt(connection->curl, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS) == CURLE_OK)
        return connection;
    connection_close(connection);
    error_set(error, ERROR_internal, "", "No memory, or libcurl cannot speak over Unix sockets.");
    return NULL;
}

void connection_close(struct connection *connection)
{
    if (connection == NULL)
        return;
    if (connection->curl != NULL)
        curl_easy_cleanup(connection->curl);
    text_release(&connection->answer);
    free(connection->socket_path);
    free(connection);
}

// The daemon's problem document as our error.
static void translate(const json_t *problem, long status, struct error *error)
{
    const char *detail = json_text(problem, "detail"), *code = json_text(problem, "code"), *field = json_text(problem, "field");
    error_set(error, code != NULL ? error_from_name(code) : error_from_http_status((int)status), field != NULL ? field : "", "%s",
              detail != NULL ? detail : "dsrd gave an answer that cannot be read.");
}

static struct curl_slist *headers_of(const json_t *body, const char *key)
{
    struct text line = {0};
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    if (body != NULL)
        headers = curl_slist_append(headers, "Content-Type: application/json");
    if (key != NULL) {
        text_format(&line, "Idempotency-Key: %s", key);
        headers = curl_slist_append(headers, line.text);
    }
    text_release(&line);
    return headers;
}

static json_t *read_answer(struct connection *connection, struct error *error)
{
    long status = 0;
    curl_easy_getinfo(connection->curl, CURLINFO_RESPONSE_CODE, &status);
    json_t *answer = connection->answer.text != NULL ? json_loadb(connection->answer.text, connection->answer.length, JSON_DECODE_ANY, NULL) : NULL;
    if (answer != NULL && status >= 200 && status < 300)
        return answer;
    translate(answer, status, error);
    json_decref(answer);
    return NULL;
}

// Why there is no connection; one that is not allowed will not be the next time either.
static void refuse_connection(const struct connection *connection, struct error *error)
{
    long number = 0;
    curl_easy_getinfo(connection->curl, CURLINFO_OS_ERRNO, &number);
    if (number == EACCES || number == EPERM)
        error_set(error, ERROR_forbidden, "socket", "You may not use the socket %s: %s. Its owner, or who runs dsrd, can let you in.", connection->socket_path, strerror((int)number));
    else
        error_set(error, ERROR_unavailable, "socket", "dsrd does not answer on %s (%s). Is it running? --socket or DSR_SOCKET names another socket.",
                  connection->socket_path, number != 0 ? strerror((int)number) : "no connection");
}

json_t *connection_call(struct connection *connection, const char *method, const char *path, const json_t *body, const char *key,
                        bool *sent_but_unanswered, struct error *error)
{
    struct text url = {0};
    char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
    struct curl_slist *headers = headers_of(body, key);
    json_t *answer = NULL;
    text_format(&url, "http://dsrd%s", path);
    text_clear(&connection->answer);
    *sent_but_unanswered = false;
    CURL *curl = connection->curl;
    if (url.text == NULL || (body != NULL && text == NULL) || headers == NULL ||
        curl_easy_setopt(curl, CURLOPT_URL, url.text) != CURLE_OK || curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) != CURLE_OK ||
        (text != NULL ? curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(text)) != CURLE_OK ||
                            curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, text) != CURLE_OK
                      : curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L) != CURLE_OK ||
                            curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method) != CURLE_OK)) {
        error_set(error, ERROR_internal, "", "No memory for the call.");
    } else {
        CURLcode result = curl_easy_perform(curl);
        if (result == CURLE_OK) {
            answer = read_answer(connection, error);
        } else if (result == CURLE_COULDNT_CONNECT) {
            refuse_connection(connection, error);
        } else {
            *sent_but_unanswered = true;
            error_set(error, ERROR_unavailable, "", "dsrd does not answer on %s (%s).", connection->socket_path, curl_easy_strerror(result));
        }
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    text_release(&url);
    free(text);
    return answer;
}
