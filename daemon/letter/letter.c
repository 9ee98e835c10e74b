// SPDX-License-Identifier: GPL-3.0-or-later
#include "letter/letter.h"

#include <stdlib.h>
#include <string.h>

#include "law/law.h"
#include "law/places.h"
#include "letter/field.h"
#include "letter/layout.h"
#include "shared/memory.h"

enum { TEXT_WIDTH = 72 };

// What the words of one letter are filled with while it is written.
struct filling {
    const struct letter_question *question;
    const struct letter_language *language;
    struct template_values values;
    struct text owned[LETTER_WORD_COUNT]; // of those that are made here
};

static bool has_space(const char *text, size_t length)
{
    return memchr(text, ' ', length) != NULL;
}

static bool has_digit(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] >= '0' && text[i] <= '9')
            return true;
    return false;
}

// Without the parts in brackets that stand apart from a number: "s 16 (withdraw consent)", but not "s 16(2)".
static void drop_remarks(const char *cite, struct text *out)
{
    int depth = 0;
    for (const char *at = cite; *at != '\0'; at++) {
        if (depth > 0)
            depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
        else if (at[0] == ' ' && at[1] == '(')
            depth = 1, at++;
        else
            text_append_char(out, *at);
    }
}

void letter_cite(const char *cite, struct text *out)
{
    struct text plain = {0};
    drop_remarks(cite, &plain);
    char *remark = plain.text != NULL ? strstr(plain.text, ": ") : NULL;
    if (remark != NULL)
        *remark = '\0';
    bool first = true;
    for (const char *at = plain.text; at != NULL && *at != '\0';) {
        size_t length = 0;
        while (at[length] != '\0' && !((at[length] == ',' || at[length] == ';') && at[length + 1] == ' '))
            length++;
        // A remark names no number: "1798.83(b)(1), closing paragraph".
        size_t before = first ? 0 : 2;
        if (first || has_digit(at, length) || !has_space(at, length))
            text_append_bytes(out, at - before, length + before);
        first = false;
        at += length;
        if (*at != '\0')
            at += 2;
    }
    text_release(&plain);
}

// "Attorney General (DOJ) <https://...>; ...": the first name, and the address.
static bool split_authority(const char *authority, struct text *name, struct text *url)
{
    struct text plain = {0};
    const char *open = authority != NULL ? strrchr(authority, '<') : NULL;
    if (authority == NULL || strncmp(authority, "none", 4) == 0 || strstr(authority, "court") != NULL)
        return false;
    if (open != NULL && strchr(open, '>') != NULL)
        text_append_bytes(url, open + 1, (size_t)(strchr(open, '>') - open - 1));
    drop_remarks(authority, &plain);
    size_t length = plain.text != NULL ? strcspn(plain.text, "<;") : 0;
    while (length > 0 && plain.text[length - 1] == ' ')
        length--;
    text_append_bytes(name, plain.text != NULL ? plain.text : "", length);
    text_release(&plain);
    return length > 0;
}

bool letter_names_authority(const struct law *law)
{
    struct text name = {0}, url = {0};
    bool named = split_authority(law->authority, &name, &url);
    text_release(&name);
    text_release(&url);
    return named;
}

static void set(struct filling *filling, enum letter_word word, const char *value)
{
    filling->values.texts[word] = value != NULL && value[0] != '\0' ? value : NULL;
}

static void set_flag(struct filling *filling, enum letter_word word, bool flag)
{
    filling->values.texts[word] = flag ? "1" : NULL;
}

static void set_owned(struct filling *filling, enum letter_word word)
{
    set(filling, word, filling->owned[word].text);
}

static void set_day(struct filling *filling, enum letter_word word, date day)
{
    if (day == DATE_NONE)
        return;
    language_date(filling->language, day, &filling->owned[word]);
    set_owned(filling, word);
}

static void set_cite(struct filling *filling, enum letter_word word, const char *cite)
{
    if (cite == NULL)
        return;
    letter_cite(cite, &filling->owned[word]);
    set_owned(filling, word);
}

// The law's clock of that id for the right (an id may begin so), as it is cited; NULL when there is none.
static const char *clock_cite(const struct law *law, const char *id, int right)
{
    for (size_t i = 0; i < law->clock_count; i++)
        if (strncmp(law->clocks[i].id, id, strlen(id)) == 0 && law->clocks[i].party == PARTY_VENDOR &&
            (law->clocks[i].rights >> right & 1) != 0)
            return law->clocks[i].cite;
    return NULL;
}

static void set_law(struct filling *filling, const struct letters *letters)
{
    const struct letter_question *question = filling->question;
    const struct law *law = question->law;
    const struct law_words *words = language_law(filling->language, law->id);
    int right = filling->values.right;
    filling->values.family = letters_family(letters, law);
    bool voluntary = filling->values.family == FAMILY_VOLUNTARY;
    const char *policy = language_own_policy(filling->language);
    set(filling, LETTER_WORD_law,
        voluntary                              ? policy
        : words != NULL && words->name != NULL ? words->name
                                               : law->name);
    set(filling, LETTER_WORD_law_short,
        voluntary                                    ? policy
        : words != NULL && words->short_name != NULL ? words->short_name
                                                     : law->short_name);
    if (voluntary)
        set(filling, LETTER_WORD_cite, policy);
    else
        set_cite(filling, LETTER_WORD_cite, law_right_cite(law, question->right));
    struct text *basis = &filling->owned[LETTER_WORD_basis];
    if (voluntary)
        text_append(basis, policy);
    else
        template_fill(language_basis(filling->language), &filling->values, basis);
    while (basis->length > 0 && basis->text[basis->length - 1] == '\n')
        basis->text[--basis->length] = '\0';
    set_owned(filling, LETTER_WORD_basis);
    if (!voluntary) {
        set_cite(filling, LETTER_WORD_extension_cite, clock_cite(law, "extension", right));
        set_cite(filling, LETTER_WORD_appeal_cite, clock_cite(law, "appeal", right));
        set_cite(filling, LETTER_WORD_identity_cite, law->identity_cite);
        set_cite(filling, LETTER_WORD_due_cite, question->due_cite);
    }
    set_flag(filling, LETTER_WORD_extension_none, filling->values.texts[LETTER_WORD_extension_cite] == NULL);
    if (question->residence != NULL && place_is_in(question->residence, law->jurisdiction))
        set(filling, LETTER_WORD_resident, language_place(filling->language, law->jurisdiction));
    if (question->gives_residence && question->residence != NULL &&
        filling->values.texts[LETTER_WORD_resident] == NULL) {
        const char *place = language_place(filling->language, question->residence);
        set(filling, LETTER_WORD_residence, place != NULL ? place : question->residence);
    }
    struct text *authority = &filling->owned[LETTER_WORD_authority],
                *url = &filling->owned[LETTER_WORD_authority_url];
    if (split_authority(law->authority, authority, url)) {
        set_owned(filling, LETTER_WORD_authority_url);
        set(filling, LETTER_WORD_authority,
            words != NULL && words->authority != NULL ? words->authority : authority->text);
    }
}

bool letter_is_to_authority(const struct letters *letters, enum letter_kind kind, const char *right,
                            const struct law *law)
{
    return kind == LETTER_COMPLAINT || (kind == LETTER_REQUEST && strcmp(right, "complaint") == 0 &&
                                        letters_family(letters, law) == FAMILY_LIBRARY);
}

static void set_recipient(struct filling *filling)
{
    const struct letter_question *question = filling->question;
    struct text *recipient = &filling->owned[LETTER_WORD_recipient];
    const char *state = language_place(filling->language, question->law->jurisdiction),
               *address = question->postal_address;
    if (filling->values.texts[LETTER_WORD_to_authority] != NULL) {
        if (filling->values.texts[LETTER_WORD_authority] == NULL)
            return; // which is refused
        text_append(recipient, filling->values.texts[LETTER_WORD_authority]);
        if (state != NULL && recipient->text != NULL && strstr(recipient->text, state) == NULL)
            text_format(recipient, "\n%s", state);
    } else if (address != NULL && strncmp(address, question->vendor, strlen(question->vendor)) == 0) {
        text_append(recipient, address);
    } else {
        text_format(recipient, "%s%s%s", question->vendor, address != NULL ? "\n" : "",
                    address != NULL ? address : "");
    }
    set_owned(filling, LETTER_WORD_recipient);
}

static void set_all(struct filling *filling, const struct letters *letters)
{
    const struct letter_question *question = filling->question;
    set(filling, LETTER_WORD_name, question->name);
    set(filling, LETTER_WORD_email, question->email);
    set(filling, LETTER_WORD_library, question->library);
    set(filling, LETTER_WORD_vendor, question->vendor);
    set(filling, LETTER_WORD_products, question->products);
    set(filling, LETTER_WORD_ref, question->ref);
    set(filling, LETTER_WORD_details, question->details);
    set(filling, LETTER_WORD_items, question->items);
    set(filling, LETTER_WORD_right, language_right(filling->language, filling->values.right));
    set_day(filling, LETTER_WORD_date, question->today);
    set_day(filling, LETTER_WORD_sent, question->sent);
    set_day(filling, LETTER_WORD_received, question->received);
    set_day(filling, LETTER_WORD_due, question->due);
    set_day(filling, LETTER_WORD_extension_notice, question->extension_notice);
    set_day(filling, LETTER_WORD_identity_requested, question->identity_requested);
    set_day(filling, LETTER_WORD_refused, question->refused);
    set_day(filling, LETTER_WORD_appeal_sent, question->appeal_sent);
    set_day(filling, LETTER_WORD_authorised, question->authorised);
    set_flag(filling, LETTER_WORD_agent, question->agent);
    set_flag(filling, LETTER_WORD_post, question->post);
    set_flag(filling, LETTER_WORD_mail, question->mail);
    set_flag(filling, LETTER_WORD_extension_late, question->extension_late);
    set_flag(filling, LETTER_WORD_acknowledgement_due, question->acknowledgement_due);
    set_flag(filling, LETTER_WORD_appeal_due, question->appeal_due);
    set_law(filling, letters);
    set_flag(filling, LETTER_WORD_to_authority,
             letter_is_to_authority(letters, question->kind, question->right, question->law));
    set_recipient(filling);
}

static bool check_fields(const struct letter_question *question, struct error *error)
{
    const struct {
        const char *field, *value;
    } fields[] = {
        {"name", question->name},
        {"email", question->email},
        {"library.name", question->library},
        {"vendor", question->vendor},
        {"brands", question->products},
        {"subject", question->fixed_subject},
        {"details", question->details},
        {"ref", question->ref},
        {"residence", question->residence},
        {"law", question->law->name},
        {"short", question->law->short_name},
        {"authority", question->law->authority},
        {"cite", law_right_cite(question->law, question->right)},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (!field_check(fields[i].value, fields[i].field, error))
            return false;
    return field_check_lines(question->postal_address, "address", error);
}

static bool missing(const char *field, const char *what, struct error *error)
{
    return error_set(error, ERROR_invalid, field, "%s", what);
}

// What such a letter needs, which its template takes for granted.
static bool check_needs(const struct letter_question *question, struct error *error)
{
    bool request = question->kind == LETTER_REQUEST;
    if (question->name == NULL || question->name[0] == '\0')
        return missing(
            "name",
            "The person's name is not recorded, and a letter needs it: `dsr subject edit ALIAS --name NAME`.",
            error);
    if (request && strcmp(question->right, "correction") == 0 && question->details == NULL)
        return missing("details", "Say what is to be corrected, and how (--details TEXT).", error);
    if (!request && question->sent == DATE_NONE)
        return missing("kind", "The request was not sent yet: only the letter `request` fits it.", error);
    if ((question->kind == LETTER_OVERDUE || question->kind == LETTER_CHASER) && question->due == DATE_NONE)
        return missing("kind", "Nothing is overdue: no date of the vendor has gone by.", error);
    if (question->kind == LETTER_EXTENSION_CHALLENGE && question->extension_notice == DATE_NONE)
        return missing("kind", "No notice of extension is recorded (`dsr log REF extension_notice`).", error);
    if (question->kind == LETTER_IDENTITY && question->identity_requested == DATE_NONE)
        return missing(
            "kind", "No demand for proof of identity is recorded (`dsr log REF identity_requested`).", error);
    return true;
}

static bool make_subject(const struct filling *filling, struct letter *letter)
{
    const struct letter_question *question = filling->question;
    bool to_vendor = filling->values.texts[LETTER_WORD_to_authority] == NULL;
    const char *fixed = to_vendor ? question->fixed_subject : NULL;
    if (fixed != NULL && fixed[0] != '\0')
        text_format(&letter->subject, "%s%s", question->kind == LETTER_REQUEST ? "" : "Re: ", fixed);
    else
        template_fill_subject(language_template(filling->language, question->kind, filling->values.right),
                              &filling->values, &letter->subject);
    for (size_t i = 0; i < letter->subject.length; i++)
        if (letter->subject.text[i] == TEMPLATE_BREAK)
            letter->subject.text[i] = ' ';
    return !letter->subject.failed;
}

static bool make_text(struct filling *filling, struct letter *letter)
{
    struct text inner = {0}, whole = {0};
    template_fill(language_template(filling->language, filling->question->kind, filling->values.right),
                  &filling->values, &inner);
    filling->values.texts[LETTER_WORD_body] = inner.text != NULL ? inner.text : "";
    filling->values.texts[LETTER_WORD_title] = letter->subject.text;
    template_fill(language_frame(filling->language), &filling->values, &whole);
    layout(whole.text != NULL ? whole.text : "", TEXT_WIDTH, &letter->text);
    layout(whole.text != NULL ? whole.text : "", 0, &letter->body);
    bool good = !inner.failed && !whole.failed && !letter->text.failed && !letter->body.failed;
    text_release(&inner);
    text_release(&whole);
    return good;
}

static void filling_release(struct filling *filling)
{
    for (int i = 0; i < LETTER_WORD_COUNT; i++)
        text_release(&filling->owned[i]);
}

// Fills all words in. False: what is wrong; nothing is to be released then.
static bool filling_init(struct filling *filling, const struct letters *letters, const struct letter_question *question, struct error *error)
{
    *filling = (struct filling){.question = question, .values = {.kind = question->kind, .right = right_index(question->right)}};
    filling->language = letters_language(letters, question->language, error);
    if (filling->language == NULL || !check_needs(question, error) || !check_fields(question, error))
        return false;
    if (filling->values.right < 0 || law_right_cite(question->law, question->right) == NULL)
        return error_set(error, ERROR_invalid, "right", "The %s gives no right %s.", question->law->short_name, question->right);
    set_all(filling, letters);
    return true;
}

bool letter_write(const struct letters *letters, const struct letter_question *question, struct letter *letter, struct error *error)
{
    struct filling filling;
    *letter = (struct letter){0};
    if (question->kind == LETTER_CHASER && question->items == NULL)
        return missing("kind", "A chaser is about all that a vendor owes: `dsr chase VENDOR`.", error);
    if (!filling_init(&filling, letters, question, error))
        return false;
    bool good = true;
    if (filling.values.texts[LETTER_WORD_to_authority] != NULL && filling.values.texts[LETTER_WORD_authority] == NULL)
        good = error_set(error, ERROR_invalid, "kind", "The %s names no authority that takes complaints.", question->law->short_name);
    else if (!make_subject(&filling, letter) || !make_text(&filling, letter))
        good = memory_error(error);
    filling_release(&filling);
    if (!good)
        letter_release(letter);
    return good;
}

bool letter_write_item(const struct letters *letters, const struct letter_question *question, struct text *out, struct error *error)
{
    struct filling filling;
    if (!filling_init(&filling, letters, question, error))
        return false;
    template_fill(language_item(filling.language), &filling.values, out);
    filling_release(&filling);
    return !out->failed || memory_error(error);
}

void letter_release(struct letter *letter)
{
    text_release(&letter->subject);
    text_release(&letter->text);
    text_release(&letter->body);
}
