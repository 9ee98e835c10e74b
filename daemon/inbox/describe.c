// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox/describe.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "inbox/classify.h"

static json_t *hashes_of(const struct reply *reply)
{
    json_t *list = json_array();
    for (size_t i = 0; i < reply->token_count; i++) {
        unsigned char hash[REPLY_TOKEN_HASH_BYTES];
        char hex[2 * REPLY_TOKEN_HASH_BYTES + 1];
        reply_token_hash(reply->tokens[i], hash);
        sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
        json_array_append_new(list, json_string(hex));
    }
    return list;
}

// "Subject: ...", an empty line, and the text, in a sealed box; base 64. NULL without memory.
static json_t *seal(const struct reply *reply, const unsigned char *public_key)
{
    struct text plain = {0};
    json_t *json = NULL;
    text_append(&plain, "Subject: ");
    text_append_bytes(&plain, reply->subject.text != NULL ? reply->subject.text : "", reply->subject.length);
    text_append(&plain, "\n\n");
    text_append_bytes(&plain, reply->text.text != NULL ? reply->text.text : "", reply->text.length);
    size_t size = plain.length + crypto_box_SEALBYTES, encoded_size = sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_ORIGINAL);
    unsigned char *sealed = malloc(size);
    char *encoded = malloc(encoded_size);
    if (!plain.failed && sealed != NULL && encoded != NULL && crypto_box_seal(sealed, (const unsigned char *)plain.text, plain.length, public_key) == 0)
        json = json_string(sodium_bin2base64(encoded, encoded_size, sealed, size, sodium_base64_VARIANT_ORIGINAL));
    free(encoded);
    free(sealed);
    text_release(&plain);
    return json;
}

json_t *describe_reply(const struct reply *reply, const unsigned char *public_key)
{
    char domain[ADDRESS_ASCII_SIZE];
    struct classification class = classify(reply);
    reply_sender_domain(reply, domain);
    json_t *types = json_array(), *ids = json_array(), *references = json_array();
    for (size_t i = 0; i < reply->media_type_count; i++)
        json_array_append_new(types, json_string(reply->media_types[i]));
    for (size_t i = 0; i < reply->id_count; i++)
        json_array_append_new(ids, json_string(reply->ids[i]));
    for (size_t i = 0; i < reply->reference_count; i++)
        json_array_append_new(references, json_string(reply->references[i]));
    json_t *json = json_pack("{s:s, s:s?, s:s?, s:o, s:o, s:o, s:o, s:b}", "kind", reply_kind_name(class.kind), "event", class.event, "sender_domain",
                             domain[0] != '\0' ? domain : NULL, "media_types", types, "tokens", hashes_of(reply), "ids", ids, "references", references, "cut",
                             reply->cut);
    if (json != NULL && public_key != NULL) {
        json_t *sealed = seal(reply, public_key);
        if (sealed == NULL || json_object_set_new(json, "text", sealed) != 0) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}
