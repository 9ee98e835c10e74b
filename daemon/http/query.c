// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/query.h"

#include <stdlib.h>
#include <string.h>

#include "shared/memory.h"
#include "shared/text.h"

enum { LIMIT_STANDARD = 50, LIMIT_MAXIMUM = 200, TEXT_MAXIMUM = 400 };

static bool is_word(const char *words, const char *value)
{
    size_t length = strlen(value);
    for (const char *at = words; *at != '\0';) {
        size_t part = strcspn(at, ",");
        if (part == length && memcmp(at, value, length) == 0)
            return true;
        at += part + (at[part] == ',');
    }
    return false;
}

// "a,b" as a person reads it: "a, b".
static bool refuse_word(const struct query_parameter *parameter, struct error *error)
{
    struct text words = {0};
    for (const char *at = parameter->words; *at != '\0'; at++)
        text_append(&words, *at == ',' ? ", " : (const char[]){*at, '\0'});
    error_set(error, ERROR_invalid, parameter->name, "%s must be one of: %s.", parameter->name, words.text != NULL ? words.text : "");
    text_release(&words);
    return false;
}

static bool add(json_t *query, const struct query_parameter *parameter, const char *value, struct error *error)
{
    int64_t number;
    switch (parameter->type) {
    case QUERY_NUMBER:
        if (!text_to_integer(value, parameter->minimum, parameter->maximum, &number))
            return error_set(error, ERROR_invalid, parameter->name, "%s must be a whole number from %d to %d.", parameter->name,
                             parameter->minimum, parameter->maximum);
        return json_object_set_new(query, parameter->name, json_integer(number)) == 0;
    case QUERY_TRUE:
        if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
            return error_set(error, ERROR_invalid, parameter->name, "%s must be true or false.", parameter->name);
        return json_object_set_new(query, parameter->name, json_boolean(value[0] == 't')) == 0;
    case QUERY_TEXT: break;
    }
    if (strlen(value) > TEXT_MAXIMUM || !text_is_utf8(value, strlen(value)))
        return error_set(error, ERROR_invalid, parameter->name, "%s is too long, or not UTF-8.", parameter->name);
    if (parameter->words != NULL && !is_word(parameter->words, value))
        return refuse_word(parameter, error);
    return json_object_set_new(query, parameter->name, json_string(value)) == 0;
}

char *query_to_json(const struct exchange *exchange, const struct query_parameter *parameters, size_t count, struct error *error)
{
    static const struct query_parameter limit = {"limit", QUERY_NUMBER, 1, LIMIT_MAXIMUM, NULL};
    const char *value = exchange_query(exchange, "limit");
    json_t *query = json_pack("{s:i}", "limit", LIMIT_STANDARD);
    bool good = query != NULL && (value == NULL || add(query, &limit, value, error));
    for (size_t i = 0; good && i < count; i++) {
        value = exchange_query(exchange, parameters[i].name);
        good = value == NULL || add(query, &parameters[i], value, error);
    }
    char *text = good ? json_dumps(query, JSON_COMPACT) : NULL;
    if (good && text == NULL)
        memory_error(error);
    json_decref(query);
    return text;
}

void query_call_and_reply(struct exchange *exchange, enum statement statement, const struct query_parameter *parameters, size_t count)
{
    struct error error = {0};
    char *text = query_to_json(exchange, parameters, count, &error);
    if (text == NULL)
        exchange_fail(exchange, &error);
    else
        exchange_call_and_reply(exchange, statement, text);
    free(text);
}
