// SPDX-License-Identifier: GPL-3.0-or-later
// load SOCKET CONNECTIONS SECONDS < REQUESTS: sends HTTP requests over a Unix socket, one connection a thread, kept open, and prints how many
// were answered 2xx in a second. REQUESTS holds one request a line: METHOD PATH [BODY]; thread N begins at line N and takes every
// CONNECTIONSth, over and over.
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { LINES_MAXIMUM = 200000, BUFFER = 1 << 20, THREADS_MAXIMUM = 64 };

static char *lines[LINES_MAXIMUM];
static size_t line_count;

struct worker {
    pthread_t thread;
    const char *socket_path;
    size_t number, step;
    double seconds;
    long good, bad;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int open_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return descriptor >= 0 && connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0 ? descriptor : -1;
}

// Reads one answer; its status, or -1.
static int read_answer(int descriptor, char *buffer)
{
    size_t length = 0;
    const char *body = NULL;
    long expected = 0;
    while (body == NULL || (long)(length - (size_t)(body - buffer)) < expected) {
        ssize_t part = read(descriptor, buffer + length, BUFFER - 1 - length);
        if (part <= 0)
            return -1;
        length += (size_t)part;
        buffer[length] = '\0';
        if (body == NULL && (body = strstr(buffer, "\r\n\r\n")) != NULL) {
            const char *header = strcasestr(buffer, "Content-Length: ");
            expected = header != NULL ? strtol(header + 16, NULL, 10) : 0;
            body += 4;
        }
    }
    return (int)strtol(buffer + 9, NULL, 10);
}

static int send_line(int descriptor, char *line, char *buffer)
{
    char *path = strchr(line, ' ') + 1, *body = strchr(path, ' ');
    size_t path_length = body != NULL ? (size_t)(body - path) : strlen(path);
    body = body != NULL ? body + 1 : path + path_length;
    int length = snprintf(buffer, BUFFER, "%.*s %.*s HTTP/1.1\r\nHost: d\r\nContent-Length: %zu\r\n\r\n%s", (int)(path - line - 1), line,
                          (int)path_length, path, strlen(body), body);
    return write(descriptor, buffer, (size_t)length) == length ? read_answer(descriptor, buffer) : -1;
}

static void *work(void *context)
{
    struct worker *worker = context;
    char *buffer = malloc(BUFFER);
    int descriptor = open_socket(worker->socket_path);
    double end = now() + worker->seconds;
    for (size_t i = worker->number; buffer != NULL && descriptor >= 0 && now() < end; i = i + worker->step < line_count ? i + worker->step : worker->number) {
        int status = send_line(descriptor, lines[i], buffer);
        if (status >= 200 && status < 300)
            worker->good++;
        else if (worker->bad++ == 0)
            fprintf(stderr, "status %d: %.300s\n", status, status > 0 ? strstr(buffer, "\r\n\r\n") : "");
        if (status < 0)
            break;
    }
    free(buffer);
    return NULL;
}

int main(int argc, char **argv)
{
    static struct worker workers[THREADS_MAXIMUM];
    if (argc != 4)
        return 2;
    size_t size = 0;
    for (ssize_t length; line_count < LINES_MAXIMUM && (length = getline(&lines[line_count], &size, stdin)) > 0; size = 0, line_count++)
        lines[line_count][strcspn(lines[line_count], "\n")] = '\0';
    size_t count = (size_t)strtol(argv[2], NULL, 10);
    long good = 0, bad = 0;
    double seconds = strtod(argv[3], NULL), start = now();
    if (count == 0 || count > THREADS_MAXIMUM || line_count < count)
        return 2;
    for (size_t i = 0; i < count; i++) {
        workers[i] = (struct worker){.socket_path = argv[1], .number = i, .step = count, .seconds = seconds};
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            return 1;
    }
    for (size_t i = 0; i < count; i++) {
        pthread_join(workers[i].thread, NULL);
        good += workers[i].good;
        bad += workers[i].bad;
    }
    printf("%.1f %ld\n", (double)good / (now() - start), bad);
    return 0;
}
