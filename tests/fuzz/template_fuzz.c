// SPDX-License-Identifier: GPL-3.0-or-later
// Templates of letters from hostile bytes: one that is taken can be filled, and leaves nothing of its own
// signs in what is laid out.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "letter/layout.h"
#include "letter/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error;
    struct template_values values = {.family = FAMILY_CCPA, .kind = LETTER_OVERDUE, .right = 1};
    struct text filled = {0}, subject = {0}, out = {0};
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    // Half of the words are empty: a template may then only use the others.
    for (int i = 0; i < LETTER_WORD_COUNT; i++)
        values.texts[i] = i % 2 == 0 ? "a\nb c" : NULL;
    letter_word_set always = 0;
    for (int i = 0; i < LETTER_WORD_COUNT; i += 2)
        always |= (letter_word_set)1 << i;
    values.texts[LETTER_WORD_body] = "body";
    always |= LETTER_BIT(body);
    struct letter_template *template =
        template_parse(text, "fuzz", ~(letter_word_set)0, always, true, &error);
    if (template != NULL) {
        template_fill(template, &values, &filled);
        template_fill_subject(template, &values, &subject);
        layout(filled.text != NULL ? filled.text : "", 72, &out);
        if (out.text != NULL && strchr(out.text, TEMPLATE_BREAK) != NULL)
            abort();
        template_free(template);
    }
    text_release(&filled);
    text_release(&subject);
    text_release(&out);
    free(text);
    return 0;
}
