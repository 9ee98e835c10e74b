// SPDX-License-Identifier: GPL-3.0-or-later
// GET /metrics: the Prometheus text format. Counts and days only.
#include <string.h>
#include <time.h>

#include "http/handlers.h"
#include "shared/text.h"
#include "shared/zone.h"

static void gauge(struct text *text, const char *name, const char *help)
{
    text_format(text, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void add_calendars(struct text *text, const struct service *service)
{
    date today = zone_date(time(NULL), service->config->library_zone);
    gauge(text, "dsrd_calendar_days_left", "Days until a calendar's yearly days end; dates after that are not certain.");
    for (size_t i = 0; i < catalogue_calendar_count(service->catalogue); i++) {
        const struct calendar *calendar = catalogue_calendar_at(service->catalogue, i);
        if (calendar_horizon(calendar) != DATE_NONE)
            text_format(text, "dsrd_calendar_days_left{calendar=\"%s\"} %d\n", calendar_id(calendar), (int)(calendar_horizon(calendar) - today));
    }
}

static void add_mail(struct text *text, const json_t *mail)
{
    static const char *const states[] = {"queued", "failed", "in_doubt", NULL};
    gauge(text, "dsrd_mail_messages", "Mails by state.");
    for (const char *const *state = states; *state != NULL; state++)
        text_format(text, "dsrd_mail_messages{state=\"%s\"} %lld\n", *state, (long long)json_integer_value(json_object_get(mail, *state)));
    gauge(text, "dsrd_mail_oldest_queued_seconds", "Age of the oldest mail that waits.");
    text_format(text, "dsrd_mail_oldest_queued_seconds %lld\n", (long long)json_integer_value(json_object_get(mail, "oldest_queued_s")));
    gauge(text, "dsrd_mail_oldest_due_seconds", "How long the oldest unsent mail could have gone.");
    text_format(text, "dsrd_mail_oldest_due_seconds %lld\n", (long long)json_integer_value(json_object_get(mail, "oldest_due_s")));
    gauge(text, "dsrd_mailers", "Mailers that were heard of within a minute.");
    text_format(text, "dsrd_mailers %lld\n", (long long)json_integer_value(json_object_get(mail, "mailers")));
}

static void add_standstill(struct text *text, const json_t *health)
{
    gauge(text, "dsrd_reminders_looked_seconds", "Since when nobody has looked for reminders that fall due, in the library where it is longest ago.");
    text_format(text, "dsrd_reminders_looked_seconds %lld\n", (long long)json_integer_value(json_object_get(health, "looked_s")));
    gauge(text, "dsrd_standstill", "How many of two things, reminders and mail, stand still.");
    text_format(text, "dsrd_standstill %zu\n", json_array_size(json_object_get(health, "standstill")));
}

static void add_keys(struct text *text, const struct service *service)
{
    int64_t left = vault_covered_until(service->vault) - time(NULL);
    gauge(text, "dsrd_keys_seconds_left", "How long the key ring has keys; at 0 nothing is written.");
    text_format(text, "dsrd_keys_seconds_left %lld\n", (long long)(left > 0 ? left : 0));
    gauge(text, "dsrd_keys_missing", "Keys that were in use and are not in this ring.");
    text_format(text, "dsrd_keys_missing %zu\n", service->keys.missing);
    gauge(text, "dsrd_keys_overdue", "Keys whose time is over and that could not be destroyed.");
    text_format(text, "dsrd_keys_overdue %zu\n", service->keys.overdue);
    gauge(text, "dsrd_keys_conflict", "1 while the ring is not the one its database knows, so that nothing is written.");
    text_format(text, "dsrd_keys_conflict %d\n", service->keys.conflict ? 1 : 0);
}

static void on_health(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct exchange *exchange = context;
    const struct service *service = exchange_service(exchange);
    struct text text = {0};
    (void)retry;
    if (error->code != ERROR_NONE) {
        exchange_fail(exchange, error);
        return;
    }
    json_t *health = exchange_read(exchange, json, length);
    if (health == NULL)
        return;
    gauge(&text, "dsrd_info", "The version of dsrd.");
    text_format(&text, "dsrd_info{version=\"%s\"} 1\n", DSRD_VERSION);
    gauge(&text, "dsrd_laws_read_only", "1 while the laws in the files are not those in force, so that nothing is written.");
    text_format(&text, "dsrd_laws_read_only %d\n", service->read_only ? 1 : 0);
    gauge(&text, "dsrd_time_in_doubt", "1 while a clock is in doubt, so that nothing is purged, destroyed or published; `dsrd time` tells more.");
    text_format(&text, "dsrd_time_in_doubt %d\n", service->time.doubt != TIME_GOOD ? 1 : 0);
    add_keys(&text, service);
    add_standstill(&text, health);
    add_mail(&text, json_object_get(health, "mail"));
    add_calendars(&text, service);
    json_decref(health);
    exchange_reply_plain(exchange, &text);
    text_release(&text);
}

void handle_metrics(struct exchange *exchange)
{
    exchange_call(exchange, STATEMENT_health, NULL, on_health, exchange);
}
