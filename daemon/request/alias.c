// SPDX-License-Identifier: GPL-3.0-or-later
#include "request/alias.h"

#include <inttypes.h>
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
    // So many more each time, that the largest library finds a free one soon.
    static const unsigned numbers[] = {100, 10000, 1000000};
    enum { ADJECTIVES = sizeof adjectives / sizeof adjectives[0], ANIMALS = sizeof animals / sizeof animals[0],
           MOST = sizeof numbers / sizeof numbers[0] - 1 };
    const char *adjective = adjectives[random % ADJECTIVES];
    const char *animal = animals[random / ADJECTIVES % ANIMALS];
    if (attempt <= 1) {
        snprintf(alias, ALIAS_SIZE, "%s-%s", adjective, animal);
        return;
    }
    uint64_t number = random / (ADJECTIVES * ANIMALS) % numbers[attempt - 2 < MOST ? attempt - 2 : MOST] + 2;
    snprintf(alias, ALIAS_SIZE, "%s-%s-%" PRIu64, adjective, animal, number);
}
