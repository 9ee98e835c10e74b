// SPDX-License-Identifier: GPL-3.0-or-later
#include "request/alias.h"

#include <stdio.h>

// Plain, friendly, easy to say on the telephone; nothing that describes a person.
static const char *const adjectives[] = {
    "amber",  "autumn", "brisk",  "bright", "bronze", "calm",   "cedar",  "clear",  "cobalt", "copper", "coral",
    "crisp",  "dapper", "dawn",   "deep",   "early",  "ember",  "fern",   "fleet",  "frosty", "gentle", "golden",
    "granite", "green", "hazel",  "hidden", "indigo", "ivory",  "jade",   "keen",   "lilac",  "linen",  "lively",
    "lucid",  "maple",  "marble", "mellow", "misty",  "mossy",  "navy",   "noble",  "ochre",  "olive",  "opal",
    "pearl",  "plain",  "polar",  "quick",  "quiet",  "rapid",  "rosy",   "rustic", "sandy",  "scarlet", "silver",
    "sleek",  "snowy",  "solid",  "spry",   "steady", "sunny",  "tawny",  "tidal",  "velvet",
};
static const char *const animals[] = {
    "badger", "beaver", "bison",  "bittern", "bunting", "camel",  "condor", "coot",   "crane",   "curlew", "deer",
    "dolphin", "dove",  "eagle",  "egret",   "elk",     "falcon", "ferret", "finch",  "gannet",  "gazelle", "gecko",
    "goose",  "grouse", "gull",   "hare",    "harrier", "hawk",   "hedgehog", "heron", "ibex",   "ibis",   "jackdaw",
    "jay",    "kestrel", "kite",  "koala",   "lapwing", "lark",   "linnet", "lynx",   "magpie",  "marten", "mole",
    "moose",  "newt",   "nuthatch", "oriole", "osprey", "otter",  "owl",    "panda",  "pelican", "petrel", "plover",
    "puffin", "quail",  "raven",  "robin",   "seal",    "sparrow", "stork", "swift",  "wren",
};

void alias_make(uint64_t random, unsigned attempt, char alias[ALIAS_SIZE])
{
    enum { ATTEMPTS_LONGER = 4, ADJECTIVES = sizeof adjectives / sizeof adjectives[0], ANIMALS = sizeof animals / sizeof animals[0] };
    const char *adjective = adjectives[random % ADJECTIVES];
    const char *animal = animals[random / ADJECTIVES % ANIMALS];
    uint64_t numbers = 1; // so many more aliases each time, that the largest library finds a free one soon
    for (unsigned i = 1; i < attempt && i < ATTEMPTS_LONGER; i++)
        numbers *= 100;
    if (attempt > 1)
        snprintf(alias, ALIAS_SIZE, "%s-%s-%llu", adjective, animal, (unsigned long long)(2 + random / (ADJECTIVES * ANIMALS) % numbers));
    else
        snprintf(alias, ALIAS_SIZE, "%s-%s", adjective, animal);
}
