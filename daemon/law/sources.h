// SPDX-License-Identifier: GPL-3.0-or-later
// Where the facts of a law, a counting rule or a calendar were read. Inside law/ only.
#ifndef LAW_SOURCES_H
#define LAW_SOURCES_H

#include "shared/conf.h"

// Checks the member `sources` of the group, if it has one: each names `where` and whether the text itself was `seen`; `what` is for
// people. A wrong one is put into conf->error.
void sources_check(struct conf *conf, const config_setting_t *group);

// The same for a group whose `confidence` is about all of it: with sources of which none was seen it cannot be "sure".
void sources_check_confidence(struct conf *conf, const config_setting_t *group);

#endif
