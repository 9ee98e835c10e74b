// SPDX-License-Identifier: GPL-3.0-or-later
// etc/vendors/*.conf as vendor documents.
#ifndef VENDOR_VENDOR_FILE_H
#define VENDOR_VENDOR_FILE_H

#include <jansson.h>
#include <stdbool.h>

#include "shared/error.h"

// The checked document of one file, whatever it is called (new reference), or NULL and an error.
json_t *vendor_file_read(const char *path, struct error *error);

// An array of the checked documents of folder/*.conf, by file name (new reference). The file's name must be its slug.
bool vendor_folder_read(const char *folder, json_t **vendors, struct error *error);

#endif
