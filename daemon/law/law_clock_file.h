// SPDX-License-Identifier: GPL-3.0-or-later
// The `clocks` of a law file: its periods, one by one, and that they fit together.
#ifndef LAW_LAW_CLOCK_FILE_H
#define LAW_LAW_CLOCK_FILE_H

#include "law/law.h"
#include "shared/conf.h"

// Fills law->clocks. What is wrong is in conf->error, with file and line.
void law_clocks_read(struct conf *conf, const config_setting_t *list, const struct catalogue *catalogue, struct law *law);
void law_clocks_release(struct law *law);

// Parts of law_file.c that clocks need too: the rights named by a member (all when it is absent), and whether a text may
// be an identifier.
right_set law_file_rights(struct conf *conf, const config_setting_t *group, const char *member);
bool law_file_identifier_is_good(const char *id);

#endif
