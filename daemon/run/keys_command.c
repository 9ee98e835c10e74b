// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/keys_command.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "shared/date.h"
#include "shared/json.h"
#include "vault/vault.h"

enum { MARK_SHOWN = 12, DAY = 24 * 60 * 60 };

static const char *day_of(const json_t *key, const char *name, char text[DATE_TEXT_SIZE])
{
    const json_t *seconds = json_object_get(key, name);
    return json_is_integer(seconds) ? date_format((date)(json_integer_value(seconds) / DAY), text) : "open";
}

static void show_key(const json_t *key)
{
    char from[DATE_TEXT_SIZE], until[DATE_TEXT_SIZE], dies[DATE_TEXT_SIZE];
    const char *state = json_text(key, "state");
    const char *words = strcmp(state, "current") == 0 ? "seals now"
                        : strcmp(state, "ahead") == 0 ? "made ahead"
                        : strcmp(state, "due") == 0   ? "goes once nothing is sealed by it"
                                                      : "ended";
    printf("%5lld  %.*s  %s  %s  %s  %s\n", (long long)json_integer_value(json_object_get(key, "id")),
           MARK_SHOWN, json_text(key, "mark"), day_of(key, "starts", from), day_of(key, "ends", until),
           day_of(key, "dies", dies), words);
}

static void show(const struct vault *vault, const struct config *config)
{
    size_t index;
    char until[DATE_TEXT_SIZE];
    json_t *keys = vault_keys(vault, &config->vault), *key;
    puts("  key  mark          from        until       destroyed   ");
    json_array_foreach(keys, index, key) show_key(key);
    json_decref(keys);
    int64_t covered = vault_covered_until(vault);
    if (covered == 0)
        puts("There is no key for now: nothing is written until one is made or copied here.");
    else
        printf("The keys reach until %s%s.\n",
               covered == RING_OPEN_END ? "the ring is brought to this version"
                                        : date_format((date)(covered / DAY), until),
               config->vault.makes_keys
                   ? ", and this host makes more in time"
                   : "; then the ring must have been copied again (vault.makes_keys is false here)");
}

static bool make(struct vault *vault, const struct options *options, const struct config *config,
                 struct error *error)
{
    int made = 0;
    if (!config->vault.makes_keys)
        return error_set(
            error, ERROR_invalid, "vault.makes_keys",
            "vault.makes_keys is false: this host gets its ring by copy, from the one that makes the keys.");
    if (!vault_extend(vault, &config->vault, options->now, &made, error))
        return false;
    printf(made > 0 ? "%d keys made. Copy %s to the other hosts, and in the place of its backup.\n"
                    : "No key is missing.\n",
           made, config->vault_ring);
    if (options->now)
        puts("Every key before them has ended: `dsrd rekey` seals anew what they sealed.");
    return true;
}

int keys_command(const struct options *options, const struct config *config)
{
    struct error error;
    struct vault *vault = vault_open(config->vault_ring, config->vault_credential, &error);
    bool good = vault != NULL && (options->action == NULL || make(vault, options, config, &error));
    if (good)
        show(vault, config);
    else
        fprintf(stderr, "dsrd keys: %s\n", error.text);
    vault_close(vault);
    return good ? EXIT_FINE : EXIT_CONFIGURATION;
}
