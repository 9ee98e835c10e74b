// SPDX-License-Identifier: GPL-3.0-or-later
// smtp_loop URL COUNT SIZE: the barest loop that sends COUNT mails of SIZE bytes over one connection with libcurl; prints mails per second.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *mail;
static size_t size, given;

static size_t give(char *buffer, size_t one, size_t count, void *context)
{
    size_t part = size - given < one * count ? size - given : one * count;
    (void)context;
    memcpy(buffer, mail + given, part);
    given += part;
    return part;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    struct timespec start, end;
    long count = strtol(argv[2], NULL, 10);
    size = (size_t)strtol(argv[3], NULL, 10);
    mail = malloc(size + 1);
    CURL *curl = curl_easy_init();
    struct curl_slist *to = curl_slist_append(NULL, "<a@example.org>");
    if (mail == NULL || curl == NULL || to == NULL)
        return 1;
    for (size_t i = 0; i < size; i++)
        mail[i] = i % 64 == 62 ? '\r' : i % 64 == 63 ? '\n' : 'x';
    curl_easy_setopt(curl, CURLOPT_URL, argv[1]);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, "<b@example.org>");
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)size);
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long i = 0; i < count; i++) {
        given = 0;
        if (curl_easy_perform(curl) != CURLE_OK)
            return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.1f\n", (double)count / ((double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9));
    curl_slist_free_all(to);
    curl_easy_cleanup(curl);
    free(mail);
    return 0;
}
