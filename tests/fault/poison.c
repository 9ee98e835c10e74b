// SPDX-License-Identifier: GPL-3.0-or-later
// Loaded before libsodium and libcurl: a mailer dies when it has composed a mail to an address with poison-compose in it, and when it is about to hand over one
// to an address with poison-send.
#include <dlfcn.h>
#include <string.h>

struct curl_slist;

int crypto_hash_sha256(unsigned char *hash, const unsigned char *bytes, unsigned long long length);
struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text);

int crypto_hash_sha256(unsigned char *hash, const unsigned char *bytes, unsigned long long length)
{
    int (*next)(unsigned char *, const unsigned char *, unsigned long long) = 0;
    *(void **)&next = dlsym(RTLD_NEXT, "crypto_hash_sha256");
    if (memmem(bytes, length, "poison-compose", strlen("poison-compose")) != 0)
        __builtin_trap();
    return next(hash, bytes, length);
}

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text)
{
    struct curl_slist *(*next)(struct curl_slist *, const char *) = 0;
    *(void **)&next = dlsym(RTLD_NEXT, "curl_slist_append");
    if (strstr(text, "poison-send") != 0)
        __builtin_trap();
    return next(list, text);
}
