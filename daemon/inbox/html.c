// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox/html.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *name, *text;
} entities[] = {{"&nbsp;", " "}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&apos;", "'"}, {"&amp;", "&"}};

static const char *skip_element(const char *from, const char *end)
{
    for (const char *c = from; *c != '\0'; c++)
        if (*c == '<' && strncasecmp(c, end, strlen(end)) == 0)
            return c;
    return from + strlen(from);
}

static const char *skip_tag(const char *at, struct text *out)
{
    static const char *const lines[] = {"<br", "<p", "</p", "<div", "</div", "<tr", "<li", "</h", "</td", "<blockquote"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (strncasecmp(at, lines[i], strlen(lines[i])) == 0 && out->length > 0 && out->text[out->length - 1] != '\n') {
            text_append_char(out, '\n');
            break;
        }
    if (strncasecmp(at, "<style", 6) == 0)
        at = skip_element(at, "</style");
    else if (strncasecmp(at, "<script", 7) == 0)
        at = skip_element(at, "</script");
    else if (strncmp(at, "<!--", 4) == 0) {
        const char *end = strstr(at, "-->");
        return end != NULL ? end + 3 : at + strlen(at);
    }
    at += strcspn(at, ">");
    return *at == '>' ? at + 1 : at;
}

static const char *take_entity(const char *at, struct text *out)
{
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++)
        if (strncasecmp(at, entities[i].name, strlen(entities[i].name)) == 0) {
            text_append(out, entities[i].text);
            return at + strlen(entities[i].name);
        }
    text_append_char(out, '&');
    return at + 1;
}

void html_to_text(const char *html, struct text *out)
{
    while (*html != '\0' && !out->failed) {
        if (*html == '<') {
            html = skip_tag(html, out);
        } else if (*html == '&') {
            html = take_entity(html, out);
        } else {
            text_append_char(out, *html == '\n' ? ' ' : *html);
            html++;
        }
    }
}
