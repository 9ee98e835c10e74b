// SPDX-License-Identifier: GPL-3.0-or-later
// etc/laws/*.conf: counting.conf holds the counting rules, every other file one law.
#ifndef LAW_LAW_FILE_H
#define LAW_LAW_FILE_H

#include "law/law.h"
#include "shared/conf.h"

// NULL, with conf->error filled, when the file is wrong. The caller owns the result: law_free().
struct law *law_file_read(struct conf *conf, const struct catalogue *catalogue);
void law_free(struct law *law);

// Appends the counting rules of counting.conf to the catalogue.
bool counting_file_read(struct conf *conf, struct catalogue *catalogue);
void counting_release(struct counting *counting);

#endif
