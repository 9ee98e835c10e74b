// SPDX-License-Identifier: GPL-3.0-or-later
// Writing to a descriptor.
#ifndef SHARED_FILE_H
#define SHARED_FILE_H

#include <stdbool.h>
#include <stddef.h>

// All of the bytes, however often the kernel takes a part of them only. False with errno.
bool file_write_all(int descriptor, const char *bytes, size_t length);

#endif
