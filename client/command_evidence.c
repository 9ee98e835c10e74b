// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr evidence REF`: one file for an authority or a court, and the same as data beside it.
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/evidence_document.h"
#include "client/handlers.h"
#include "client/output.h"
#include "shared/json.h"
#include "shared/memory.h"

enum { NAME_SIZE = 512, DOCUMENT_FLAGS = JSON_INDENT(1) | JSON_SORT_KEYS };

struct names {
    char pdf[NAME_SIZE], json[NAME_SIZE];
};

// FILE.pdf and FILE.json, for a FILE with or without .pdf; without one, the reference.
static bool choose_names(const char *wanted, const char *reference, struct names *names, struct error *error)
{
    size_t length = strlen(wanted != NULL ? wanted : reference);
    const char *base = wanted != NULL ? wanted : reference;
    if (length > 4 && strcmp(base + length - 4, ".pdf") == 0)
        length -= 4;
    if (length + sizeof ".json" > NAME_SIZE)
        return error_set(error, ERROR_malformed, "file", "The name of the file is too long.");
    snprintf(names->pdf, sizeof names->pdf, "%.*s.pdf", (int)length, base);
    snprintf(names->json, sizeof names->json, "%.*s.json", (int)length, base);
    return true;
}

static bool write_whole(const char *path, const char *text, bool replace, struct error *error)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (replace ? O_TRUNC : O_EXCL), 0600);
    if (descriptor < 0 && errno == EEXIST)
        return error_set(error, ERROR_conflict, "file", "%s is there already; --force writes over it.", path);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    bool good = file != NULL && fputs(text, file) >= 0 && fflush(file) == 0 && fsync(descriptor) == 0;
    int reason = errno;
    if (file != NULL)
        good = fclose(file) == 0 && good;
    else if (descriptor >= 0)
        close(descriptor);
    return good ||
           error_set(error, ERROR_invalid, "file", "%s cannot be written: %s.", path, strerror(reason));
}

static void hash_of(const char *text, char hex[2 * crypto_hash_sha256_BYTES + 1])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
    sodium_bin2hex(hex, 2 * crypto_hash_sha256_BYTES + 1, hash, sizeof hash);
}

// Neither is written without the other, which it names.
static bool may_write(const struct names *names, bool replace, struct error *error)
{
    const char *there = access(names->pdf, F_OK) == 0    ? names->pdf
                        : access(names->json, F_OK) == 0 ? names->json
                                                         : NULL;
    return replace || there == NULL ||
           error_set(error, ERROR_conflict, "file", "%s is there already; --force writes over it.", there);
}

static bool write_files(const json_t *evidence, const struct names *names, const char *paper, bool replace,
                        struct error *error)
{
    char hash[2 * crypto_hash_sha256_BYTES + 1];
    char *text = json_dumps(evidence, DOCUMENT_FLAGS);
    const char *name = strrchr(names->json, '/');
    if (text == NULL)
        return memory_error(error);
    hash_of(text, hash);
    struct pdf *pdf = evidence_document(evidence, name != NULL ? name + 1 : names->json, hash);
    bool good = pdf != NULL || memory_error(error);
    good = good && may_write(names, replace, error) && pdf_write(pdf, names->pdf, paper, replace, error) &&
           write_whole(names->json, text, replace, error);
    pdf_free(pdf);
    free(text);
    return good;
}

int run_evidence(struct client *client, const struct arguments *arguments)
{
    struct error error;
    struct names names;
    const char *paper = argument_value(arguments, "paper");
    if (paper != NULL && strcmp(paper, "a4") != 0 && strcmp(paper, "letter") != 0) {
        error_set(&error, ERROR_malformed, "paper", "--paper is a4 or letter.");
        return client_fail(&error);
    }
    if (!choose_names(argument_value(arguments, "file"), argument_at(arguments, 0), &names, &error))
        return client_fail(&error);
    char *path = client_path("/v1/requests/{}/evidence", argument_at(arguments, 0));
    json_t *evidence = client_call(client, "GET", path, NULL, &error);
    free(path);
    if (evidence == NULL)
        return client_fail(&error);
    int status = EXIT_DONE;
    if (client->format == FORMAT_JSON)
        status = output_json(evidence);
    else if (!write_files(evidence, &names, paper, argument_flag(arguments, "force"), &error))
        status = client_fail(&error);
    else
        printf("Written: %s, and %s with the same as data, whose SHA-256 stands in the first.\n"
               "They tell of this request only; keep them where nobody else reads them.\n",
               names.pdf, names.json);
    json_decref(evidence);
    return status;
}
