// SPDX-License-Identifier: GPL-3.0-or-later
// The routes table finds every route, and openapi.json describes the same ones.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "http/routes.h"

static void finds_every_route(void **state)
{
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        char path[128] = "", value[32];
        bool known;
        const char *brace = strchr(routes[i].path, '{');
        size_t prefix = brace != NULL ? (size_t)(brace - routes[i].path) : strlen(routes[i].path);
        snprintf(path, sizeof path, "%.*s%s%s", (int)prefix, routes[i].path, brace != NULL ? "X-1" : "", brace != NULL ? strchr(brace, '}') + 1 : "");
        assert_ptr_equal(route_find(routes[i].method, path, value, sizeof value, &known), &routes[i]);
        assert_true(known);
        if (brace != NULL)
            assert_string_equal(value, "X-1");
    }
}

static void refuses_what_is_no_route(void **state)
{
    static const char *const paths[] = {"/", "/v1", "/v1/requests/", "/v1/requests/a/b", "/v1/requests/a/events/b", "/V1/me", "/v1/me/"};
    char value[32];
    bool known;
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_null(route_find("GET", paths[i], value, sizeof value, &known));
        assert_false(known);
    }
    assert_null(route_find("DELETE", "/v1/me", value, sizeof value, &known));
    assert_true(known);
    assert_null(route_find("GET", "/v1/requests/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", value, sizeof value, &known));
}

static const json_t *operation_of(const json_t *document, const struct route *route)
{
    char method[16] = "";
    for (size_t i = 0; route->method[i] != '\0' && i < sizeof method - 1; i++)
        method[i] = (char)(route->method[i] | 0x20);
    return json_object_get(json_object_get(json_object_get(document, "paths"), route->path), method);
}

static void compare_query(const struct route *route, const json_t *operation)
{
    char names[512] = "";
    size_t index;
    json_t *parameter;
    json_array_foreach(json_object_get(operation, "parameters"), index, parameter) {
        const char *in = json_string_value(json_object_get(parameter, "in"));
        if (in != NULL && strcmp(in, "query") == 0)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", names[0] != '\0' ? "," : "",
                     json_string_value(json_object_get(parameter, "name")));
    }
    assert_string_equal(names, route->query);
}

// "Roles: staff, patron (own)." of "staff,patron:own".
static void expect_roles(const struct route *route, const json_t *operation)
{
    char expected[256] = "Any peer.";
    const char *description = json_string_value(json_object_get(operation, "description"));
    if (route->roles != NULL && route->roles[0] == '\0')
        snprintf(expected, sizeof expected, "Any account.");
    else if (route->roles != NULL && strcmp(route->roles, "*") == 0)
        snprintf(expected, sizeof expected, "Anybody");
    else if (route->roles != NULL) {
        snprintf(expected, sizeof expected, "Roles: ");
        for (const char *at = route->roles; *at != '\0'; at += *at == ':' ? 4 : 1)
            snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%s",
                     *at == ',' ? ", " : *at == ':' ? " (own)" : (char[]){*at, '\0'});
        snprintf(expected + strlen(expected), sizeof expected - strlen(expected), ".");
    }
    if (description == NULL || strncmp(description, expected, strlen(expected)) != 0)
        fail_msg("%s %s: the description must begin with \"%s\"", route->method, route->path, expected);
}

static void a_route_reaches_what_the_widest_role_does(void **state)
{
    static const struct route both = {.roles = "staff,patron:own"}, any = {.roles = ""}, peer = {.roles = NULL};
    struct text names = {0};
    (void)state;
    assert_string_equal(route_reach(&both, "staff"), REACH_LIBRARY);
    assert_string_equal(route_reach(&both, "patron"), REACH_OWN);
    assert_string_equal(route_reach(&both, "patron,staff"), REACH_LIBRARY);
    assert_string_equal(route_reach(&both, "manager,patron"), REACH_OWN); // a manager may not write, so nor what is not that patron's own
    assert_null(route_reach(&both, "manager,officer,operator"));
    assert_null(route_reach(&both, "patro"));
    assert_null(route_reach(&both, ""));
    assert_string_equal(route_reach(&any, "operator"), REACH_OWN);
    assert_string_equal(route_reach(&peer, ""), REACH_LIBRARY);
    route_role_names(&both, &names);
    assert_string_equal(names.text, "staff, patron");
    text_release(&names);
}

static void the_document_describes_the_same_routes(void **state)
{
    (void)state;
    json_t *document = json_load_file("daemon/http/openapi.json", 0, NULL);
    assert_non_null(document);
    size_t described = 0;
    const char *path, *method;
    json_t *methods, *operation;
    json_object_foreach(json_object_get(document, "paths"), path, methods)
        json_object_foreach(methods, method, operation)
            described++;
    assert_int_equal(described, route_count);
    for (size_t i = 0; i < route_count; i++) {
        const json_t *found = operation_of(document, &routes[i]);
        if (found == NULL)
            fail_msg("%s %s is not in openapi.json", routes[i].method, routes[i].path);
        assert_string_equal(json_string_value(json_object_get(found, "operationId")), routes[i].operation);
        assert_int_equal(json_object_get(found, "requestBody") != NULL, routes[i].takes_body);
        compare_query(&routes[i], found);
        expect_roles(&routes[i], found);
    }
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_every_route), cmocka_unit_test(refuses_what_is_no_route),
                                       cmocka_unit_test(a_route_reaches_what_the_widest_role_does),
                                       cmocka_unit_test(the_document_describes_the_same_routes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
