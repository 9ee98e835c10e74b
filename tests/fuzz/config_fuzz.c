// SPDX-License-Identifier: GPL-3.0-or-later
// dsrd.conf from hostile bytes.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int descriptor = -1; // a file in memory: one on the disk is most of the time
    static char path[32];
    struct error error;
    if (descriptor < 0 && (descriptor = memfd_create("dsrd.conf", 0)) < 0)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, data, size, 0) != (ssize_t)size)
        abort();
    config_free(config_load(path, &error));
    return 0;
}
