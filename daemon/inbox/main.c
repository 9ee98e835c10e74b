// SPDX-License-Identifier: GPL-3.0-or-later
// dsrd-inbox: reads what vendors wrote back. It holds no key that opens anything, and it never sends a mail.
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inbox/child.h"
#include "inbox/parse.h"
#include "shared/log.h"

// What would be kept of the mails in these files: one line of JSON each.
static int explain(int count, char **files)
{
    int status = EXIT_SUCCESS;
    for (int i = 0; i < count; i++) {
        struct stat information;
        int descriptor = open(files[i], O_RDONLY | O_CLOEXEC);
        json_t *json = descriptor >= 0 && fstat(descriptor, &information) == 0 ? child_read(descriptor, information.st_size, NULL) : NULL;
        if (json == NULL) {
            fprintf(stderr, "dsrd-inbox: %s cannot be read.\n", files[i]);
            status = EXIT_FAILURE;
        } else {
            json_dumpf(json, stdout, JSON_COMPACT);
            putchar('\n');
        }
        json_decref(json);
        if (descriptor >= 0)
            close(descriptor);
    }
    return status;
}

int main(int argc, char **argv)
{
    log_begin("inbox", LOG_LEVEL_INFO);
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    parse_begin();
    if (argc > 2 && strcmp(argv[1], "explain") == 0)
        return explain(argc - 2, argv + 2);
    return 2;
}
