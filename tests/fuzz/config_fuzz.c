// SPDX-License-Identifier: GPL-3.0-or-later
// dsrd.conf from hostile bytes.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/dsrd-fuzz-XXXXXX";
    struct error error;
    int descriptor = mkstemp(path);
    if (descriptor < 0)
        abort();
    if (write(descriptor, data, size) == (ssize_t)size)
        config_free(config_load(path, &error));
    close(descriptor);
    unlink(path);
    return 0;
}
