// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/routes.h"

#include <stdio.h>
#include <string.h>

#include "http/handlers.h"

#define LIST_QUERY "status,overdue,due_within,vendor,law,right,state,mine,subject,sort,limit,cursor"

const struct route routes[] = {
    {"GET", "/v1/health", NULL, false, false, "", handle_health, "getHealth"},
    {"GET", "/metrics", NULL, false, false, "", handle_metrics, "getMetrics"},
    {"GET", "/v1/me", "", false, false, "", handle_me, "getMe"},
    {"GET", "/v1/status", "", false, false, "", handle_status, "getStatus"},
    {"POST", "/v1/requests", "staff,patron", true, true, "dry_run", handle_request_create, "createRequest"},
    {"GET", "/v1/requests", "", false, false, LIST_QUERY, handle_request_list, "listRequests"},
    {"GET", "/v1/requests/{ref}", "", false, false, "", handle_request_show, "getRequest"},
    {"PATCH", "/v1/requests/{ref}", "staff,patron", true, true, "", handle_request_amend, "amendRequest"},
    {"GET", "/v1/requests/{ref}/status", "", false, false, "", handle_request_status, "getRequestStatus"},
    {"GET", "/v1/requests/{ref}/explanation", "", false, false, "", handle_request_explanation, "explainRequest"},
    {"POST", "/v1/requests/{ref}/events", "staff,patron", true, true, "", handle_request_event, "addEvent"},
    {"POST", "/v1/requests/{ref}/voids", "staff,patron", true, true, "", handle_request_void, "voidEvent"},
    {"POST", "/v1/subjects", "staff", true, true, "", handle_subject_create, "createSubject"},
    {"GET", "/v1/subjects", "staff", false, false, "limit,cursor", handle_subject_list, "listSubjects"},
    {"GET", "/v1/vendors", "", false, false, "q", handle_vendor_list, "listVendors"},
    {"GET", "/v1/vendors/{name}", "", false, false, "", handle_vendor_show, "getVendor"},
    {"PUT", "/v1/vendors/{name}", "staff,operator", true, true, "", handle_vendor_put, "putVendor"},
    {"GET", "/v1/laws/changes", "operator", false, false, "cursor", handle_law_changes, "listLawChanges"},
    {"POST", "/v1/laws/applications", "operator", false, true, "", handle_law_application, "applyLaws"},
    {"POST", "/v1/accounts", "operator", true, true, "", handle_account_create, "createAccount"},
    {"GET", "/v1/accounts", "operator", false, false, "", handle_account_list, "listAccounts"},
    {"POST", "/v1/tokens", "", false, true, "", handle_token_create, "createToken"},
    {"GET", "/v1/tokens", "", false, false, "", handle_token_list, "listTokens"},
    {"DELETE", "/v1/tokens/{id}", "", false, false, "", handle_token_revoke, "revokeToken"},
    {"GET", "/v1/reports/vendors", "staff,manager,officer", false, false, "published,quarter", handle_report_vendors, "reportVendors"},
    {"GET", "/v1/reports/rights", "staff,manager,officer", false, false, "published,quarter", handle_report_rights, "reportRights"},
    {"POST", "/v1/demands", "officer", false, true, "", handle_demand_add, "addDemand"},
    {"GET", "/v1/demands", "officer", false, false, "open,limit,cursor", handle_demand_list, "listDemands"},
    {"GET", "/v1/demands/{demand}", "officer", false, false, "", handle_demand_show, "getDemand"},
    {"POST", "/v1/demands/{demand}/answer", "officer", false, true, "", handle_demand_close, "answerDemand"},
    {"GET", "/v1/held", "officer", false, false, "", handle_held, "getHeld"},
    {"GET", "/v1/mail", "", false, false, "state,cursor,limit", handle_mail_list, "listMail"},
    {"POST", "/v1/mail/tests", "staff,operator", true, true, "", handle_mail_test, "testMail"},
    {"GET", "/v1/mail/{id}", "", false, false, "", handle_mail_show, "getMail"},
    {"POST", "/v1/mail/{id}/retry", "staff,operator", true, false, "", handle_mail_retry, "retryMail"},
    {"GET", "/v1/holds", "officer", false, false, "", handle_hold_list, "listHolds"},
    {"POST", "/v1/holds", "officer", false, true, "", handle_hold_add, "addHold"},
    {"POST", "/v1/holds/{id}/release", "officer", false, false, "", handle_hold_release, "releaseHold"},
    {"GET", "/v1/purges", "officer", false, false, "", handle_purge_preview, "previewPurge"},
    {"POST", "/v1/purges", "officer", false, false, "", handle_purge, "purge"},
};
const size_t route_count = sizeof routes / sizeof routes[0];

static bool matches(const char *pattern, const char *path, char *value, size_t size)
{
    const char *brace = strchr(pattern, '{');
    if (brace == NULL)
        return strcmp(pattern, path) == 0;
    size_t prefix = (size_t)(brace - pattern);
    if (strncmp(pattern, path, prefix) != 0)
        return false;
    size_t length = strcspn(path + prefix, "/");
    if (length == 0 || length >= size || strcmp(path + prefix + length, strchr(brace, '}') + 1) != 0)
        return false;
    memcpy(value, path + prefix, length);
    value[length] = '\0';
    return true;
}

const struct route *route_find(const char *method, const char *path, char *value, size_t size, bool *path_known)
{
    *path_known = false;
    for (size_t i = 0; i < route_count; i++)
        if (matches(routes[i].path, path, value, size)) {
            *path_known = true;
            if (strcmp(routes[i].method, method) == 0)
                return &routes[i];
        }
    return NULL;
}

void route_methods(const char *path, char *methods, size_t size)
{
    char value[256];
    size_t length = 0;
    methods[0] = '\0';
    for (size_t i = 0; i < route_count; i++)
        if (matches(routes[i].path, path, value, sizeof value) && length < size)
            length += (size_t)snprintf(methods + length, size - length, "%s%s%s", length > 0 ? ", " : "", routes[i].method,
                                       strcmp(routes[i].method, "GET") == 0 ? ", HEAD" : "");
}
