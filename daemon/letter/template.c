// SPDX-License-Identifier: GPL-3.0-or-later
#include "letter/template.h"

#include <stdlib.h>
#include <string.h>

#include "law/words.h"
#include "shared/memory.h"

enum { DEPTH_MAXIMUM = 8, DIRECTIVE_MAXIMUM = 200, TEMPLATE_MAXIMUM = 32768 };

enum op_kind { OP_TEXT, OP_WORD, OP_UNLESS, OP_JUMP };

struct op {
    enum op_kind kind;
    size_t at, length; // OP_TEXT: in `text`
    int word;          // OP_WORD, OP_UNLESS
    bool negated;      // OP_UNLESS: jumps when the condition holds
    uint32_t names;    // OP_UNLESS: bits of the names; 0: the word itself is asked for
    size_t target;     // OP_UNLESS, OP_JUMP: the next op then
};

struct letter_template
{
    struct text text;
    struct op *ops;
    size_t count, size;
    size_t body; // the first op after the subject line
};

struct frame {           // an {if} that is open
    size_t unless, jump; // to be given their target; `jump` is 0 before {else}
    bool has_else;
    int line;
    letter_word_set filled;  // as it was outside
    letter_word_set learned; // what {else} knows
};

struct parser {
    struct letter_template *template;
    const char *name;
    const char *at;
    int line;
    letter_word_set known, filled;
    struct frame frames[DEPTH_MAXIMUM];
    size_t depth;
    struct error *error;
};

static bool fail(struct parser *parser, const char *what, const char *about)
{
    return error_set(parser->error, ERROR_invalid, "paths.letters", "%s:%d: %s%s", parser->name, parser->line,
                     about, what);
}

static struct op *add(struct parser *parser, enum op_kind kind)
{
    struct letter_template *template = parser->template;
    if (template->count == template->size) {
        size_t size = template->size * 2 + 32;
        struct op *ops = realloc(template->ops, size * sizeof *ops);
        if (ops == NULL) {
            memory_error(parser->error);
            return NULL;
        }
        template->ops = ops;
        template->size = size;
    }
    struct op *op = &template->ops[template->count++];
    *op = (struct op){.kind = kind};
    return op;
}

static bool add_text(struct parser *parser, const char *bytes, size_t length)
{
    struct letter_template *template = parser->template;
    if (length == 0)
        return true;
    struct op *op = add(parser, OP_TEXT);
    if (op == NULL)
        return false;
    op->at = template->text.length;
    op->length = length;
    text_append_bytes(&template->text, bytes, length);
    return !template->text.failed;
}

static int find_word(const char *name, size_t length)
{
    for (int i = 0; i < LETTER_WORD_COUNT; i++)
        if (strlen(letter_word_names[i]) == length && memcmp(letter_word_names[i], name, length) == 0)
            return i;
    return -1;
}

static bool fail_unknown(struct parser *parser, const char *name, size_t length)
{
    struct text known = {0};
    for (int i = 0; i < LETTER_WORD_COUNT; i++)
        if ((parser->known >> i & 1) != 0)
            text_format(&known, "%s%s", known.length > 0 ? ", " : "", letter_word_names[i]);
    error_set(parser->error, ERROR_invalid, "paths.letters",
              "%s:%d: {%.*s} is no word of this template; those are: %s.", parser->name, parser->line,
              (int)length, name, known.text != NULL ? known.text : "none");
    text_release(&known);
    return false;
}

static bool parse_word(struct parser *parser, const char *name, size_t length)
{
    int word = find_word(name, length);
    if (word < 0 || (parser->known >> word & 1) == 0)
        return fail_unknown(parser, name, length);
    if (letter_word_kinds[word] != WORD_TEXT)
        return fail(parser, " cannot be filled in; it can only be asked for, by {if ...}.",
                    letter_word_names[word]);
    if ((parser->filled >> word & 1) == 0)
        return fail(parser, " may be empty: put it between {if ...} and {end}.", letter_word_names[word]);
    struct op *op = add(parser, OP_WORD);
    if (op != NULL)
        op->word = word;
    return op != NULL;
}

static const char *const *names_of(int word)
{
    switch (word) {
    case LETTER_WORD_family: return letter_family_names;
    case LETTER_WORD_kind: return letter_kind_names;
    case LETTER_WORD_right: return right_words;
    default: return NULL;
    }
}

// The names after "=".
static bool parse_names(struct parser *parser, int word, char *rest, uint32_t *names)
{
    const char *const *list = names_of(word);
    char *save = NULL;
    if (list == NULL)
        return fail(parser, " has no names to compare with.", letter_word_names[word]);
    for (char *name = strtok_r(rest, " ", &save); name != NULL; name = strtok_r(NULL, " ", &save)) {
        int index = 0;
        while (list[index] != NULL && strcmp(list[index], name) != 0)
            index++;
        if (list[index] == NULL)
            return fail(parser, " is none of its names; the README of this folder lists them.", name);
        *names |= 1u << index;
    }
    return *names != 0 || fail(parser, " is compared with nothing.", letter_word_names[word]);
}

static bool open_if(struct parser *parser, char *condition)
{
    bool negated = strncmp(condition, "not ", 4) == 0;
    char *name = condition + (negated ? 4 : 0), *equals = strstr(name, " = ");
    uint32_t names = 0;
    size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
    int word = find_word(name, length);
    if (parser->depth == DEPTH_MAXIMUM)
        return fail(parser, "too many {if ...} within each other.", "");
    if (word < 0 || (parser->known >> word & 1) == 0)
        return fail_unknown(parser, name, length);
    if (equals != NULL && !parse_names(parser, word, equals + 3, &names))
        return false;
    if (equals == NULL && letter_word_kinds[word] == WORD_NAME)
        return fail(parser, " is never empty: compare it, {if family = gdpr}.", letter_word_names[word]);
    struct op *op = add(parser, OP_UNLESS);
    if (op == NULL)
        return false;
    *op = (struct op){.kind = OP_UNLESS, .word = word, .negated = negated, .names = names};
    letter_word_set learned =
        names == 0 && letter_word_kinds[word] == WORD_TEXT ? (letter_word_set)1 << word : 0;
    parser->frames[parser->depth++] = (struct frame){.unless = parser->template->count - 1,
                                                     .line = parser->line,
                                                     .filled = parser->filled,
                                                     .learned = negated ? learned : 0};
    parser->filled |= negated ? 0 : learned;
    return true;
}

static bool turn_else(struct parser *parser)
{
    struct frame *frame = parser->depth > 0 ? &parser->frames[parser->depth - 1] : NULL;
    if (frame == NULL || frame->has_else)
        return fail(parser, "{else} without its {if ...}.", "");
    if (add(parser, OP_JUMP) == NULL)
        return false;
    frame->has_else = true;
    frame->jump = parser->template->count - 1;
    parser->template->ops[frame->unless].target = parser->template->count;
    parser->filled = frame->filled | frame->learned;
    return true;
}

static bool close_if(struct parser *parser)
{
    if (parser->depth == 0)
        return fail(parser, "{end} without its {if ...}.", "");
    struct frame *frame = &parser->frames[--parser->depth];
    parser->template->ops[frame->has_else ? frame->jump : frame->unless].target = parser->template->count;
    parser->filled = frame->filled;
    return true;
}

static bool is_directive(const char *at)
{
    return strncmp(at, "{if ", 4) == 0 || strncmp(at, "{else}", 6) == 0 || strncmp(at, "{end}", 5) == 0;
}

static bool parse_braces(struct parser *parser)
{
    char inner[DIRECTIVE_MAXIMUM];
    size_t length = strcspn(parser->at + 1, "}\n");
    if (parser->at[length + 1] != '}')
        return fail(parser, "{ without its } on the line.", "");
    if (length == 0 || length >= sizeof inner)
        return fail(parser, "there is no word between { and }.", "");
    memcpy(inner, parser->at + 1, length);
    inner[length] = '\0';
    parser->at += length + 2;
    if (strncmp(inner, "if ", 3) == 0)
        return open_if(parser, inner + 3);
    if (strcmp(inner, "else") == 0)
        return turn_else(parser);
    if (strcmp(inner, "end") == 0)
        return close_if(parser);
    return parse_word(parser, inner, length);
}

// Whether the line holds nothing but {if ...}, {else} and {end}: then it leaves no line in the letter.
static bool is_directive_line(const char *at)
{
    bool found = false;
    for (; *at != '\0' && *at != '\n'; at++) {
        if (*at == ' ')
            continue;
        if (!is_directive(at))
            return false;
        found = true;
        at += strcspn(at, "}\n");
        if (*at != '}')
            return false;
    }
    return found;
}

// One line with its end.
static bool parse_line(struct parser *parser)
{
    bool silent = is_directive_line(parser->at);
    while (*parser->at != '\0' && *parser->at != '\n') {
        size_t plain = strcspn(parser->at, "{\n");
        if (*parser->at == '{') {
            if (!parse_braces(parser))
                return false;
            continue;
        }
        bool at_end = parser->at[plain] == '\n' || parser->at[plain] == '\0';
        bool kept = at_end && parser->at[plain - 1] == '\\';
        if (!silent && !add_text(parser, parser->at, plain - kept))
            return false;
        parser->at += plain;
        if (kept) {
            static const char end[] = {TEMPLATE_BREAK};
            silent = true; // the break stands for the end of the line
            if (!add_text(parser, end, sizeof end))
                return false;
        }
    }
    if (!silent && !add_text(parser, "\n", 1))
        return false;
    if (*parser->at == '\n')
        parser->at++;
    parser->line++;
    return true;
}

static bool parse_subject(struct parser *parser)
{
    static const char begin[] = "Subject: ";
    if (strncmp(parser->at, begin, sizeof begin - 1) != 0)
        return fail(parser, "the first line of this template must be \"Subject: ...\".", "");
    parser->at += sizeof begin - 1;
    if (!parse_line(parser))
        return false;
    if (parser->depth > 0)
        return fail(parser, "an {if ...} of the subject line must end on it.", "");
    parser->template->body = parser->template->count;
    return true;
}

static bool parse_all(struct parser *parser, bool has_subject)
{
    bool subject_seen = !has_subject;
    while (*parser->at != '\0') {
        if (*parser->at == '#') {
            parser->at += strcspn(parser->at, "\n");
            parser->at += *parser->at == '\n';
            parser->line++;
        } else if (!subject_seen) {
            if (!parse_subject(parser))
                return false;
            subject_seen = true;
        } else if (!parse_line(parser)) {
            return false;
        }
    }
    if (!subject_seen)
        return fail(parser, "the template has no line \"Subject: ...\".", "");
    if (parser->depth > 0) {
        parser->line = parser->frames[parser->depth - 1].line;
        return fail(parser, "{if ...} without its {end}.", "");
    }
    return true;
}

struct letter_template *template_parse(const char *text, const char *name, letter_word_set known,
                                letter_word_set always, bool has_subject, struct error *error)
{
    struct letter_template *template = calloc(1, sizeof *template);
    struct parser parser = {.template = template,
                            .name = name,
                            .at = text,
                            .line = 1,
                            .known = known,
                            .filled = always,
                            .error = error};
    if (template == NULL) {
        memory_error(error);
        return NULL;
    }
    bool good = strlen(text) <= TEMPLATE_MAXIMUM && text_is_utf8(text, strlen(text)) &&
                !text_has_controls(text, strlen(text), true);
    if (!good)
        error_set(error, ERROR_invalid, "paths.letters",
                  "%s must be UTF-8 without control characters, of at most %d bytes.", name,
                  TEMPLATE_MAXIMUM);
    if (good && parse_all(&parser, has_subject))
        return template;
    template_free(template);
    return NULL;
}

void template_free(struct letter_template *template)
{
    if (template == NULL)
        return;
    text_release(&template->text);
    free(template->ops);
    free(template);
}

static bool holds(const struct op *op, const struct template_values *values)
{
    const char *text = values->texts[op->word];
    if (op->names == 0)
        return text != NULL && text[0] != '\0';
    int index = op->word == LETTER_WORD_family ? (int)values->family
                : op->word == LETTER_WORD_kind ? (int)values->kind
                                               : values->right;
    return (op->names >> index & 1) != 0;
}

static void append_value(struct text *out, const char *value)
{
    for (; value != NULL && *value != '\0'; value++)
        text_append_char(out, *value == '\n' ? (char)TEMPLATE_BREAK : *value);
}

static void fill(const struct letter_template *template, const struct template_values *values, size_t from,
                 size_t to, struct text *out)
{
    for (size_t i = from; i < to; i++) {
        const struct op *op = &template->ops[i];
        switch (op->kind) {
        case OP_TEXT: text_append_bytes(out, template->text.text + op->at, op->length); break;
        case OP_WORD:
            if (op->word == LETTER_WORD_body)
                text_append(out, values->texts[op->word]);
            else
                append_value(out, values->texts[op->word]);
            break;
        case OP_UNLESS:
            if (holds(op, values) == op->negated)
                i = op->target - 1;
            break;
        case OP_JUMP: i = op->target - 1; break;
        }
    }
}

void template_fill(const struct letter_template *template, const struct template_values *values, struct text *out)
{
    fill(template, values, template->body, template->count, out);
}

void template_fill_subject(const struct letter_template *template, const struct template_values *values,
                           struct text *out)
{
    fill(template, values, 0, template->body, out);
    while (out->length > 0 && out->text[out->length - 1] == '\n')
        out->text[--out->length] = '\0';
}
