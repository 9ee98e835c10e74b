// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/schema_version.h"

const int schema_version = SCHEMA_VERSION;
