// SPDX-License-Identifier: GPL-3.0-or-later
// A PostgreSQL cluster of dsrd's own, in FOLDER/postgres, reachable through a socket in FOLDER/run by this user alone.
#ifndef RUN_PRIVATE_CLUSTER_H
#define RUN_PRIVATE_CLUSTER_H

#include <stdbool.h>
#include <sys/types.h>

#include "shared/error.h"

struct private_cluster {
    char *folder;   // absolute
    char *postgres; // the program
    char *data, *run, *log;
};

// Makes the cluster if it is not there yet (initdb: some seconds). Refuses root, as PostgreSQL does.
bool private_cluster_init(struct private_cluster *cluster, const char *folder, struct error *error);
void private_cluster_release(struct private_cluster *cluster);

// The pid of a postmaster that serves this cluster, such as one left over from a crash; 0 without.
pid_t private_cluster_find(const struct private_cluster *cluster);
bool private_cluster_answers(const struct private_cluster *cluster); // takes connections

// Whether the database dsrd is there, and making it.
bool private_cluster_has_database(const char *folder, bool *has, struct error *error);
bool private_cluster_create_database(const char *folder, struct error *error);

#endif
