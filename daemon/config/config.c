// SPDX-License-Identifier: GPL-3.0-or-later
#include "config/config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/settings.h"
#include "mail/address.h"
#include "shared/conf.h"
#include "shared/memory.h"
#include "shared/network.h"
#include "shared/text.h"
#include "shared/zone.h"

static void *member_of(const struct config *config, size_t offset)
{
    return (char *)(uintptr_t)config + offset;
}

static bool is_text(enum setting_type type)
{
    return type == SETTING_TEXT || type == SETTING_ZONE || type == SETTING_TIME;
}

static bool store_text(struct conf *conf, const struct setting *setting, const config_setting_t *at, struct config *config)
{
    if (config_setting_type(at) != CONFIG_TYPE_STRING)
        return conf_fail(conf, at, setting->name, "must be text in double quotes.");
    const char *text = config_setting_get_string(at);
    if (text_has_controls(text, strlen(text), false))
        return conf_fail(conf, at, setting->name, "must not hold control characters.");
    if (setting->type == SETTING_ZONE && !zone_is_known(text))
        return conf_fail(conf, at, setting->name, "\"%s\" is not a time zone of this system; write one such as America/New_York.", text);
    if (setting->type == SETTING_TIME &&
        !(strlen(text) == 5 && text[2] == ':' && strspn(text, "0123456789:") == 5 && memcmp(text, "24", 2) < 0 && text[3] < '6'))
        return conf_fail(conf, at, setting->name, "\"%s\" is no time of day; write it as 20:00.", text);
    char **slot = member_of(config, setting->offset);
    free(*slot);
    *slot = strdup(text);
    return *slot != NULL || memory_error(conf->error);
}

static bool store_word(struct conf *conf, const struct setting *setting, const config_setting_t *at, struct config *config)
{
    const char *text = config_setting_type(at) == CONFIG_TYPE_STRING ? config_setting_get_string(at) : "";
    int index = 0;
    for (const char *word = setting->words; *word != '\0'; index++) {
        size_t length = strcspn(word, " ");
        if (strlen(text) == length && memcmp(text, word, length) == 0) {
            *(int *)member_of(config, setting->offset) = index;
            return true;
        }
        word += length + (word[length] == ' ');
    }
    return conf_fail(conf, at, setting->name, "must be one of: %s.", setting->words);
}

static bool store_mode(struct conf *conf, const struct setting *setting, const config_setting_t *at, struct config *config)
{
    const char *text = config_setting_type(at) == CONFIG_TYPE_STRING ? config_setting_get_string(at) : "";
    if (strlen(text) != 4 || text[0] != '0' || strspn(text, "01234567") != 4)
        return conf_fail(conf, at, setting->name, "must be a file mode such as \"0660\".");
    *(int *)member_of(config, setting->offset) = (int)strtol(text, NULL, 8);
    return true;
}

static bool store_number(struct conf *conf, const struct setting *setting, const config_setting_t *at, int *slot)
{
    if (config_setting_type(at) != CONFIG_TYPE_INT)
        return conf_fail(conf, at, setting->name, "must be a whole number from %d to %d.", setting->minimum, setting->maximum);
    int value = config_setting_get_int(at);
    if (value < setting->minimum || value > setting->maximum)
        return conf_fail(conf, at, setting->name, "%d is not allowed; it must be from %d to %d.", value, setting->minimum,
                         setting->maximum);
    *slot = value;
    return true;
}

static bool store_array(struct conf *conf, const struct setting *setting, const config_setting_t *at, struct config *config)
{
    int limit = setting->type == SETTING_OFFSETS ? OFFSETS_MAXIMUM : CONFIG_BACKOFF_MAXIMUM;
    int *slots = member_of(config, setting->offset);
    int count = config_setting_length(at);
    if (config_setting_type(at) != CONFIG_TYPE_ARRAY || count > limit ||
        (setting->type == SETTING_SECONDS && count == 0))
        return conf_fail(conf, at, setting->name, "must be an array of up to %d numbers: [ 1, 7 ].", limit);
    for (int i = 0; i < count; i++)
        if (!store_number(conf, setting, config_setting_get_elem(at, (unsigned)i), &slots[i]))
            return false;
    *(size_t *)member_of(config, setting->count_offset) = (size_t)count;
    return true;
}

static bool store_people(struct conf *conf, const struct setting *setting, const config_setting_t *at, struct config *config)
{
    static const char *const words[] = {"filer", "subject", "manager"};
    unsigned people = 0;
    if (config_setting_type(at) != CONFIG_TYPE_ARRAY)
        return conf_fail(conf, at, setting->name, "must be an array: [ \"filer\" ].");
    for (int i = 0; i < config_setting_length(at); i++) {
        const char *text = conf_string_at(conf, at, i);
        unsigned bit = 0;
        for (unsigned j = 0; text != NULL && j < 3; j++)
            if (strcmp(text, words[j]) == 0)
                bit = 1u << j;
        if (bit == 0)
            return conf_fail(conf, at, setting->name, "may hold filer, subject and manager only.");
        people |= bit;
    }
    *(unsigned *)member_of(config, setting->offset) = people;
    return true;
}

static bool store(struct conf *conf, const struct setting *setting, const config_setting_t *at, struct config *config)
{
    switch (setting->type) {
    case SETTING_TEXT:
    case SETTING_ZONE:
    case SETTING_TIME: return store_text(conf, setting, at, config);
    case SETTING_INT: return store_number(conf, setting, at, member_of(config, setting->offset));
    case SETTING_WORD: return store_word(conf, setting, at, config);
    case SETTING_MODE: return store_mode(conf, setting, at, config);
    case SETTING_SECONDS:
    case SETTING_OFFSETS: return store_array(conf, setting, at, config);
    case SETTING_PEOPLE: return store_people(conf, setting, at, config);
    case SETTING_BOOL: break;
    }
    if (config_setting_type(at) != CONFIG_TYPE_BOOL)
        return conf_fail(conf, at, setting->name, "must be true or false.");
    *(bool *)member_of(config, setting->offset) = config_setting_get_bool(at) == CONFIG_TRUE;
    return true;
}

static const struct setting *find(const char *name, size_t length, bool *is_group)
{
    *is_group = false;
    for (size_t i = 0; i < setting_count; i++) {
        if (strncmp(settings[i].name, name, length) != 0)
            continue;
        if (settings[i].name[length] == '\0')
            return &settings[i];
        *is_group = *is_group || settings[i].name[length] == '.';
    }
    return NULL;
}

static bool read_group(struct conf *conf, const config_setting_t *group, const char *prefix, struct config *config)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *at = config_setting_get_elem(group, (unsigned)i);
        struct text name = {0};
        text_format(&name, "%s%s%s", prefix, prefix[0] != '\0' ? "." : "", config_setting_name(at));
        bool is_group = false, good;
        const struct setting *setting = name.failed ? NULL : find(name.text, name.length, &is_group);
        if (name.failed)
            good = memory_error(conf->error);
        else if (setting != NULL)
            good = store(conf, setting, at, config);
        else if (is_group && config_setting_type(at) == CONFIG_TYPE_GROUP)
            good = read_group(conf, at, name.text, config);
        else
            good = conf_fail(conf, at, name.text, "there is no such setting; dsrd.conf(5) lists them.");
        text_release(&name);
        if (!good)
            return false;
    }
    return true;
}

// The defaults go through the same reader as the file, so the table cannot hold one that the reader would refuse.
static bool read_defaults(struct config *config, struct error *error)
{
    struct text list = {0};
    struct conf conf;
    for (size_t i = 0; i < setting_count; i++)
        text_format(&list, "%s%s", i == 0 ? "standard = ( " : ", ", settings[i].standard);
    text_append(&list, " );");
    if (list.failed) {
        text_release(&list);
        return memory_error(error);
    }
    bool good = conf_open_text(&conf, list.text, list.length, "standard", error);
    text_release(&list);
    if (!good)
        return false;
    const config_setting_t *values = config_setting_get_member(config_root_setting(&conf.config), "standard");
    for (size_t i = 0; good && i < setting_count; i++)
        good = store(&conf, &settings[i], config_setting_get_elem(values, (unsigned)i), config);
    conf_release(&conf);
    return good;
}

static bool relay_is_loopback(const char *relay)
{
    const char *host = strstr(relay, "://") + 3;
    size_t length = strcspn(host, ":/");
    if (host[0] == '[')
        return strncmp(host, "[::1]", 5) == 0;
    return (length == 9 && strncmp(host, "localhost", 9) == 0) || strncmp(host, "127.", 4) == 0;
}

static bool check_listen(const char *path, const struct config *config, struct error *error)
{
    struct network_address address;
    struct network_ranges ranges;
    int port;
    if ((config->api_listen[0] == '\0' || network_loopback_parse(config->api_listen, "api.listen", &address, &port, error)) &&
        network_ranges_parse(config->api_trusted_proxy, "api.trusted_proxy", &ranges, error))
        return true;
    return error_wrap(error, "%s", path);
}

static bool check_vault(const char *path, const struct ring_policy *vault, struct error *error)
{
    enum { KEYS_AT_ONCE = 200 }; // a ring has room for more, for clocks that were set and keys made anew
    if (vault->backup_days <= vault->bucket_days)
        return error_set(error, ERROR_invalid, "vault.backup_days",
                         "%s: vault.backup_days must be more than vault.bucket_days: by so many days as it is more, dumps can be restored.", path);
    if (vault->backup_days / vault->bucket_days + vault->buckets_ahead > KEYS_AT_ONCE)
        return error_set(error, ERROR_invalid, "vault.bucket_days",
                         "%s: vault.bucket_days is too short for vault.backup_days: there would be more than %d keys at once.", path, KEYS_AT_ONCE);
    return true;
}

// It stands in a header of every reminder, which must not be folded.
enum { PUBLIC_URL_MAXIMUM = 200 };
static bool public_url_is_good(const char *url)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/[]%";
    size_t length = strlen(url);
    return strncmp(url, "https://", 8) == 0 && length > 8 && length <= PUBLIC_URL_MAXIMUM &&
           url[length - 1] != '/' && strspn(url, allowed) == length;
}

static bool check_together(const char *path, const struct config *config, struct error *error)
{
    struct error why;
    if (!address_check(config->mail_from, "mail.from", &why) ||
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): each text of a configuration that was read is there
        (config->mail_reply_to[0] != '\0' && !address_check(config->mail_reply_to, "mail.reply_to", &why)))
        return error_set(error, ERROR_invalid, why.field, "%s: %s", path, why.text);
    bool smtps = strncmp(config->mail_relay, "smtps://", 8) == 0;
    if (!smtps && strncmp(config->mail_relay, "smtp://", 7) != 0)
        return error_set(error, ERROR_invalid, "mail.relay", "%s: mail.relay: \"%s\" must begin with smtp:// or smtps://.", path,
                         config->mail_relay);
    if (!smtps && config->mail_tls != TLS_REQUIRED && !relay_is_loopback(config->mail_relay))
        return error_set(error, ERROR_invalid, "mail.tls",
                         "%s: mail.tls: mail to another machine must be encrypted; only \"required\" is allowed with %s.", path,
                         config->mail_relay);
    if (config->mail_public_url[0] != '\0' && !public_url_is_good(config->mail_public_url))
        return error_set(error, ERROR_invalid, "mail.public_url", "%s: mail.public_url must begin with https://, be at most %d characters "
                         "long and end without a slash.", path, PUBLIC_URL_MAXIMUM);
    if (config->mail_lease_s * 1000L <= config->mail_transfer_timeout_ms)
        return error_set(error, ERROR_invalid, "mail.lease_s", "%s: mail.lease_s must be longer than mail.transfer_timeout_ms.", path);
    return check_vault(path, &config->vault, error) && check_listen(path, config, error);
}

struct config *config_load(const char *path, struct error *error)
{
    struct config *config = calloc(1, sizeof *config);
    if (config == NULL) {
        memory_error(error);
        return NULL;
    }
    struct conf conf;
    bool good = read_defaults(config, error);
    if (good && path != NULL) {
        good = conf_open(&conf, path, error);
        if (good) {
            good = read_group(&conf, config_root_setting(&conf.config), "", config);
            conf_release(&conf);
        }
    }
    if (good && check_together(path != NULL ? path : "defaults", config, error))
        return config;
    config_free(config);
    return NULL;
}

static bool move_into(char **slot, const char *setting, const char *folder, const char *name)
{
    for (size_t i = 0; i < setting_count; i++) {
        size_t length = strlen(settings[i].standard);
        // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): each text of a configuration that was read is there
        if (strcmp(settings[i].name, setting) != 0 || strlen(*slot) != length - 2 || memcmp(*slot, settings[i].standard + 1, length - 2) != 0)
            continue;
        struct text path = {0};
        text_format(&path, "%s/%s", folder, name);
        free(*slot);
        *slot = text_take(&path);
        break;
    }
    return *slot != NULL;
}

struct config *config_load_for(const char *path, const char *private_folder, struct error *error)
{
    struct config *config = config_load(path, error);
    if (config == NULL || private_folder == NULL)
        return config;
    if (move_into(&config->api_socket, "api.socket", private_folder, "dsrd.sock") &&
        move_into(&config->database_timeline_file, "database.timeline_file", private_folder, "timeline") &&
        move_into(&config->vault_ring, "vault.ring", private_folder, "keyring") &&
        move_into(&config->vault_credential, "vault.credential", private_folder, "credential") &&
        move_into(&config->mail_maildir, "mail.maildir", private_folder, "Maildir") &&
        move_into(&config->inbox_maildir, "inbox.maildir", private_folder, "inbox"))
        return config;
    config_free(config);
    memory_error(error);
    return NULL;
}

void config_free(struct config *config)
{
    if (config == NULL)
        return;
    for (size_t i = 0; i < setting_count; i++)
        if (is_text(settings[i].type))
            free(*(char **)member_of(config, settings[i].offset));
    free(config);
}

static size_t size_of(const struct setting *setting)
{
    switch (setting->type) {
    case SETTING_BOOL: return sizeof(bool);
    case SETTING_SECONDS: return sizeof(int) * CONFIG_BACKOFF_MAXIMUM;
    case SETTING_OFFSETS: return sizeof(int) * OFFSETS_MAXIMUM;
    default: return sizeof(int);
    }
}

static bool is_equal(const struct setting *setting, const struct config *a, const struct config *b)
{
    const void *first = member_of(a, setting->offset), *second = member_of(b, setting->offset);
    if (is_text(setting->type))
        return strcmp(*(char *const *)first, *(char *const *)second) == 0;
    bool same_count = setting->count_offset == 0 ||
                      *(size_t *)member_of(a, setting->count_offset) == *(size_t *)member_of(b, setting->count_offset);
    return same_count && memcmp(first, second, size_of(setting)) == 0;
}

void config_compare(const struct config *before, const struct config *after,
                    void (*changed)(const char *name, bool reloadable, void *context), void *context)
{
    for (size_t i = 0; i < setting_count; i++)
        if (!is_equal(&settings[i], before, after))
            changed(settings[i].name, settings[i].reloadable, context);
}

static void append_value(const struct setting *setting, const struct config *config, struct text *text)
{
    const void *at = member_of(config, setting->offset);
    size_t count = setting->count_offset != 0 ? *(size_t *)member_of(config, setting->count_offset) : 1;
    if (is_text(setting->type))
        text_append(text, *(char *const *)at);
    else if (setting->type == SETTING_BOOL)
        text_append(text, *(const bool *)at ? "true" : "false");
    else
        for (size_t i = 0; i < count; i++)
            text_format(text, "%s%d", i > 0 ? "," : "", ((const int *)at)[i]);
}

void config_each(const struct config *config, void (*each)(const char *name, const char *value, void *context), void *context)
{
    struct text text = {0};
    for (size_t i = 0; i < setting_count; i++) {
        text_clear(&text);
        append_value(&settings[i], config, &text);
        each(settings[i].name, text.text != NULL ? text.text : "", context);
    }
    text_release(&text);
}

bool config_reload(struct config *into, const struct config *from, struct error *error)
{
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting *setting = &settings[i];
        if (!setting->reloadable || is_equal(setting, into, from))
            continue;
        void *to = member_of(into, setting->offset);
        const void *source = member_of(from, setting->offset);
        if (is_text(setting->type)) {
            char *copy = strdup(*(char *const *)source);
            if (copy == NULL)
                return memory_error(error);
            free(*(char **)to);
            *(char **)to = copy;
            continue;
        }
        memcpy(to, source, size_of(setting));
        if (setting->count_offset != 0)
            *(size_t *)member_of(into, setting->count_offset) = *(size_t *)member_of(from, setting->count_offset);
    }
    return true;
}
