// SPDX-License-Identifier: GPL-3.0-or-later
// dsrd as it will be with the next migration: linked with all of dsrd but its schema version. For tests/fault/versions.t.
#include "database/schema_version.h"

const int schema_version = SCHEMA_VERSION + 1;
