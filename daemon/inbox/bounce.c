// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox/bounce.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "inbox/phrases.h"
#include "shared/text.h"

// "unknown user" in answer to DATA: the address had been accepted before, so it is a filter that speaks.
static bool was_accepted_before(const char *words)
{
    static const char *const after[] = {"end of data", "smtp command data", "after data", ">>> data <<< 550", NULL};
    return phrases_hold(words, after);
}

// A status of RFC 3463 within text, such as "550 5.1.1 ..."; "" when there is none.
static void find_status(const char *text, char status[REPLY_WORD_SIZE])
{
    status[0] = '\0';
    for (const char *c = text; *c != '\0'; c++) {
        if ((*c != '4' && *c != '5') || c[1] != '.' || (c > text && (isalnum((unsigned char)c[-1]) || c[-1] == '.')))
            continue;
        size_t first = strspn(c + 2, "0123456789");
        size_t second = first > 0 && first <= 3 && c[2 + first] == '.' ? strspn(c + 3 + first, "0123456789") : 0;
        size_t length = 3 + first + second;
        if (second == 0 || second > 3 || c[length] == '.')
            continue;
        memcpy(status, c, length);
        status[length] = '\0';
        return;
    }
}

// The words weigh more than the number, which many servers choose badly.
static bool is_gone(const char *status, const char *words)
{
    static const char *const certain[] = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4", NULL};
    static const char *const excludes[] = {"5.2.2", "5.2.0", NULL}; // a full mailbox: whatever else is said
    bool gone = phrases_hold(words, phrases_gone), other = phrases_hold(words, phrases_other_trouble);
    if (text_is_one_of(status, certain))
        return gone || !other;
    return gone && !other && status[0] != '4' && !was_accepted_before(words) && !text_is_one_of(status, excludes);
}

// 550, 551, 553 or 554 as a word of its own.
static bool has_reply_code(const char *line)
{
    for (const char *c = strstr(line, "55"); c != NULL; c = strstr(c + 1, "55"))
        if (strchr("0134", c[2]) != NULL && c[2] != '\0' && !isalnum((unsigned char)c[3]) && (c == line || !isalnum((unsigned char)c[-1])))
            return true;
    return false;
}

// Of several recipients in a free text, each with a line, one may be gone and another not.
static bool has_gone_line(const char *own, const char *words)
{
    bool gone = false;
    if (was_accepted_before(words))
        return false;
    while (*own != '\0' && !gone) {
        size_t length = strcspn(own, "\n");
        struct text line = {0}, folded = {0};
        char status[REPLY_WORD_SIZE];
        text_append_bytes(&line, own, length);
        if (line.text != NULL)
            phrases_fold(line.text, &folded);
        if (folded.text != NULL) {
            find_status(folded.text, status);
            gone = (status[0] != '\0' || has_reply_code(folded.text)) && phrases_hold(folded.text, phrases_gone) && is_gone(status, folded.text);
        }
        text_release(&line);
        text_release(&folded);
        own += length + (own[length] == '\n');
    }
    return gone;
}

// `told`: the diagnosis holds words that are known.
static bool delivery_is_gone(const struct delivery *delivery, const char *beside, bool *told)
{
    struct text words = {0};
    char inner[REPLY_WORD_SIZE];
    phrases_fold(delivery->diagnostic, &words);
    find_status(delivery->diagnostic, inner);
    const char *said = words.text != NULL ? words.text : "";
    // What the other server said goes before what ours made of it.
    const char *status = inner[0] != '\0' ? inner : delivery->status;
    bool gone = is_gone(status, said) && (status[0] != '5' || strncmp(status, "5.1", 3) == 0 || strcmp(status, "5.4.4") == 0 || !was_accepted_before(beside));
    *told = phrases_hold(said, phrases_gone) || phrases_hold(said, phrases_other_trouble);
    text_release(&words);
    return gone;
}

static bool is_failed(const struct delivery *delivery)
{
    return strcmp(delivery->action, "failed") == 0 || (delivery->action[0] == '\0' && delivery->status[0] == '5');
}

static enum bounce by_report(const struct reply *reply, const char *own, const char *words)
{
    bool failed = false, said = false;
    for (size_t i = 0; i < reply->delivery_count; i++) {
        const struct delivery *delivery = &reply->deliveries[i];
        if (!is_failed(delivery))
            continue;
        bool told = false;
        if (delivery_is_gone(delivery, words, &told))
            return BOUNCE_HARD;
        failed = true;
        said = said || told;
    }
    // Only the text beside it tells why.
    if (failed && !said && (has_gone_line(own, words) || (phrases_hold(words, phrases_gone) && is_gone(reply->deliveries[0].status, words))))
        return BOUNCE_HARD;
    return failed ? BOUNCE_SOFT : BOUNCE_REPORT;
}

static bool is_server(const char *sender)
{
    static const char *const names[] = {"mailer-daemon@", "mailerdaemon@", "postmaster@", "mail.delivery.system@", "mail-daemon@", "mdaemon@", "bounce@", "bounces@"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strncasecmp(sender, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

enum bounce bounce_of(const struct reply *reply, const char *subject, const char *own, const char *words)
{
    enum { ENOUGH = 4 };
    char status[REPLY_WORD_SIZE];
    if (reply->feedback_report || reply->disposition_report)
        return BOUNCE_REPORT;
    if (reply->delivery_count > 0)
        return by_report(reply, own, words);
    find_status(words, status);
    bool delay = phrases_hold(subject, phrases_delay) || (phrases_hold(words, phrases_delay) && status[0] != '5');
    int signs = (is_server(reply->sender) ? 2 : 0) + (reply->sender[0] == '\0' ? 1 : 0) + (reply->failed_header ? 3 : 0) + (reply->null_return_path ? 1 : 0) +
                (phrases_hold(subject, phrases_failure_subject) ? 2 : 0) + (delay || phrases_hold(words, phrases_failure_text) ? 2 : 0) + (reply->returned ? 1 : 0) +
                (status[0] != '\0' ? 1 : 0);
    // A person may write of bounces, and attach one: a server has to speak.
    bool speaks = is_server(reply->sender) || reply->sender[0] == '\0' || reply->failed_header || reply->null_return_path;
    if (!speaks || signs < ENOUGH)
        return BOUNCE_NONE;
    if (delay)
        return BOUNCE_REPORT;
    return is_gone(status, words) || has_gone_line(own, words) ? BOUNCE_HARD : BOUNCE_SOFT;
}
