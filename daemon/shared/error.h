// SPDX-License-Identifier: GPL-3.0-or-later
// One error: what kind it is, which field it is about, and one clear sentence for a person.
#ifndef SHARED_ERROR_H
#define SHARED_ERROR_H

#include <stdbool.h>

// code, HTTP status, exit status of dsr, title of the RFC 9457 problem document.
// The exit statuses are documented in dsr(1); the SQL functions raise SQLSTATE 'DS' + HTTP status.
#define ERROR_TABLE(X)                                                                                       \
    X(malformed, 400, 2, "The request cannot be read")                                                      \
    X(unauthenticated, 401, 3, "Who you are is not known here")                                             \
    X(forbidden, 403, 3, "This account may not do that")                                                    \
    X(not_found, 404, 1, "There is no such thing")                                                          \
    X(method_not_allowed, 405, 2, "This address does not take that method")                                 \
    X(timeout, 408, 5, "The request took too long to arrive")                                               \
    X(conflict, 409, 4, "The record does not allow that now")                                               \
    X(precondition_failed, 412, 4, "The record has changed meanwhile")                                      \
    X(too_large, 413, 2, "The request is too large")                                                        \
    X(unsupported_media_type, 415, 2, "The body is not JSON")                                               \
    X(invalid, 422, 2, "A value is not allowed")                                                            \
    X(confirmation_needed, 428, 4, "Please confirm")                                                        \
    X(internal, 500, 6, "Something went wrong in dsrd")                                                     \
    X(unavailable, 503, 5, "Not available now, try again")

enum error_code {
    ERROR_NONE = 0,
#define X(code, status, exit_status, title) ERROR_##code,
    ERROR_TABLE(X)
#undef X
};

enum { ERROR_FIELD_SIZE = 96, ERROR_TEXT_SIZE = 768 };

struct error {
    enum error_code code;
    char field[ERROR_FIELD_SIZE]; // the setting, JSON member or argument at fault; may be empty
    char text[ERROR_TEXT_SIZE];   // one sentence: what was wrong and what is allowed
};

// Fills *error (which may be NULL) and returns false, so that a function can `return error_set(...)`.
// A text too long is cut at the last whole UTF-8 character.
bool error_set(struct error *error, enum error_code code, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// Puts "context: " in front of the text. Returns false.
bool error_wrap(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

const char *error_name(enum error_code code);     // "not_found"
const char *error_title(enum error_code code);    // title of the problem document
int error_http_status(enum error_code code);      // 404
int error_exit_status(enum error_code code);      // exit status of dsr
enum error_code error_from_name(const char *name); // ERROR_internal for an unknown name
enum error_code error_from_http_status(int status);

#endif
