// SPDX-License-Identifier: GPL-3.0-or-later
#include "request/published.h"

#include <stdlib.h>
#include <string.h>

#include "request/suppress.h"
#include "shared/memory.h"

enum { NOT_DENIED, DENIED, OVERDUE, WAITING, CLASSES };
enum { IS_EXTENDED, NOT_EXTENDED, EXTENSIONS };
enum { VENDORS, RIGHTS };
enum { OTHERS = -1, UNKNOWN = -1 };

struct fact {
    int64_t patron, days;
    size_t name[SUPPRESS_TABLES];
    unsigned class, extended;
};

struct facts {
    struct fact *all;
    size_t count;
    const json_t *names[SUPPRESS_TABLES];
    int64_t least;
};

// The rows of one table: `row_of` says in which row a name is counted, or OTHERS, which is the last row.
struct table {
    long *row_of;
    size_t name_count, row_count;
    bool has_others;
    struct suppress_row *outcomes, *extensions; // row_count of each
    int64_t *asked;
};

// A number by which facts are sorted into cells; ties by patron, so that each is counted once.
struct key {
    size_t cell;
    int64_t patron;
};

static int compare_keys(const void *a, const void *b)
{
    const struct key *left = a, *right = b;
    if (left->cell != right->cell)
        return left->cell < right->cell ? -1 : 1;
    return (left->patron > right->patron) - (left->patron < right->patron);
}

// Counts the sorted keys into cells. A patron who is not known any more is counted as nobody: that hides too much rather than too little.
static void count_cells(struct key *keys, size_t count, struct suppress_cell *cells)
{
    qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 0; i < count; i++) {
        struct suppress_cell *cell = &cells[keys[i].cell];
        bool same = i > 0 && keys[i - 1].cell == keys[i].cell && keys[i - 1].patron == keys[i].patron;
        cell->count++;
        cell->patrons += keys[i].patron != UNKNOWN && !same;
    }
}

static size_t row_of_fact(const struct table *table, const struct fact *fact, int which)
{
    long row = table->row_of[fact->name[which]];
    return row == OTHERS ? table->row_count - 1 : (size_t)row;
}

static bool read_fact(const json_t *item, const struct facts *facts, struct fact *fact)
{
    json_int_t patron, vendor, right, class, extended, days;
    if (json_unpack((json_t *)(uintptr_t)item, "[I, I, I, I, I, I]", &patron, &vendor, &right, &class, &extended, &days) != 0 ||
        vendor < 0 || right < 0 || (size_t)vendor >= json_array_size(facts->names[VENDORS]) ||
        (size_t)right >= json_array_size(facts->names[RIGHTS]) || class < 0 || class >= CLASSES || extended < 0 || extended > 1)
        return false;
    *fact = (struct fact){patron, days, {(size_t)vendor, (size_t)right}, (unsigned)class, extended != 0 ? IS_EXTENDED : NOT_EXTENDED};
    return true;
}

static bool read_facts(const json_t *json, int64_t least, struct facts *facts, struct error *error)
{
    const json_t *list = json_object_get(json, "facts"), *item;
    size_t index;
    *facts = (struct facts){.names = {json_object_get(json, "vendors"), json_object_get(json, "rights")}, .least = least};
    facts->all = calloc(json_array_size(list) + 1, sizeof *facts->all);
    if (facts->all == NULL)
        return memory_error(error);
    json_array_foreach(list, index, item) {
        if (!read_fact(item, facts, &facts->all[index]))
            return error_set(error, ERROR_internal, "facts", "The database's answer about a quarter cannot be read.");
        facts->count++;
    }
    return true;
}

static int64_t patrons_of_all(const struct facts *facts, struct key *keys)
{
    struct suppress_cell cell = {0};
    for (size_t i = 0; i < facts->count; i++)
        keys[i] = (struct key){0, facts->all[i].patron};
    count_cells(keys, facts->count, &cell);
    return cell.patrons;
}

// How many patrons stand behind the names that are counted together as others.
static int64_t patrons_of_others(const struct facts *facts, const struct table *table, int which, struct key *keys)
{
    struct suppress_cell cell = {0};
    size_t count = 0;
    for (size_t i = 0; i < facts->count; i++)
        if (table->row_of[facts->all[i].name[which]] == OTHERS)
            keys[count++] = (struct key){0, facts->all[i].patron};
    count_cells(keys, count, &cell);
    return cell.patrons;
}

// Names with too few patrons, nobody included, become others; and as long as these are too few themselves, the smallest other name with
// them.
static bool choose_rows(const struct facts *facts, struct table *table, int which, struct key *keys)
{
    struct suppress_cell *cells = calloc(table->name_count + 1, sizeof *cells);
    if (cells == NULL)
        return false;
    for (size_t i = 0; i < facts->count; i++)
        keys[i] = (struct key){facts->all[i].name[which], facts->all[i].patron};
    count_cells(keys, facts->count, cells);
    for (size_t i = 0; i < table->name_count; i++) {
        table->row_of[i] = cells[i].patrons < facts->least ? OTHERS : 0;
        table->has_others = table->has_others || table->row_of[i] == OTHERS;
    }
    while (table->has_others && patrons_of_others(facts, table, which, keys) < facts->least) {
        size_t smallest = table->name_count;
        for (size_t i = 0; i < table->name_count; i++)
            if (table->row_of[i] != OTHERS && (smallest == table->name_count || cells[i].patrons < cells[smallest].patrons))
                smallest = i;
        table->row_of[smallest] = OTHERS; // there is one: all names together have enough
    }
    for (size_t i = 0; i < table->name_count; i++)
        if (table->row_of[i] != OTHERS)
            table->row_of[i] = (long)table->row_count++;
    table->row_count += table->has_others;
    free(cells);
    return true;
}

static bool fill_cells(const struct facts *facts, const struct table *table, int which, size_t columns, struct key *keys,
                       struct suppress_row *rows)
{
    struct suppress_cell *cells = calloc(table->row_count * columns + 1, sizeof *cells);
    if (cells == NULL)
        return false;
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->all[i];
        keys[i] =
            (struct key){row_of_fact(table, fact, which) * columns + (columns == CLASSES ? fact->class : fact->extended), fact->patron};
    }
    count_cells(keys, facts->count, cells);
    for (size_t i = 0; i < table->row_count * columns; i++)
        rows[i / columns].cells[i % columns] = cells[i];
    free(cells);
    return true;
}

static bool make_table(const struct facts *facts, int which, struct key *keys, struct table *table)
{
    *table = (struct table){.name_count = json_array_size(facts->names[which])};
    table->row_of = calloc(table->name_count + 1, sizeof *table->row_of);
    if (table->row_of == NULL || !choose_rows(facts, table, which, keys))
        return false;
    table->outcomes = calloc(table->row_count + 1, sizeof *table->outcomes);
    table->extensions = calloc(table->row_count + 1, sizeof *table->extensions);
    table->asked = calloc(table->row_count + 1, sizeof *table->asked);
    if (table->outcomes == NULL || table->extensions == NULL || table->asked == NULL)
        return false;
    for (size_t i = 0; i < facts->count; i++)
        table->asked[row_of_fact(table, &facts->all[i], which)]++;
    return fill_cells(facts, table, which, CLASSES, keys, table->outcomes) &&
           fill_cells(facts, table, which, EXTENSIONS, keys, table->extensions);
}

static void table_release(struct table *table)
{
    free(table->row_of);
    free(table->outcomes);
    free(table->extensions);
    free(table->asked);
}

static void count_total(const struct facts *facts, size_t columns, struct key *keys, struct suppress_row *total)
{
    for (size_t i = 0; i < facts->count; i++)
        keys[i] = (struct key){columns == CLASSES ? facts->all[i].class : facts->all[i].extended, facts->all[i].patron};
    count_cells(keys, facts->count, total->cells);
}

static int compare_days(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

// NULL without memory. Whether there is a median tells whether half have their answer. It is shown only where the shown cells tell that as well.
static json_t *median(const struct facts *facts, const struct table *table, int which, size_t row, const struct suppress_cell *cells,
                      int64_t asked)
{
    int64_t shown = (cells[NOT_DENIED].hidden ? 0 : cells[NOT_DENIED].count) + (cells[DENIED].hidden ? 0 : cells[DENIED].count);
    size_t count = 0, middle = ((size_t)asked + 1) / 2;
    if (shown * 2 < asked)
        return json_null();
    int64_t *days = calloc(facts->count + 1, sizeof *days);
    if (days == NULL)
        return NULL;
    for (size_t i = 0; i < facts->count; i++)
        if (facts->all[i].days >= 0 && (table == NULL || row_of_fact(table, &facts->all[i], which) == row))
            days[count++] = facts->all[i].days;
    qsort(days, count, sizeof *days, compare_days);
    json_t *result = count >= middle ? json_integer(days[middle - 1]) : json_null();
    free(days);
    return result;
}

static json_t *count_or_null(const struct suppress_cell *cell)
{
    return cell->hidden ? json_null() : json_integer(cell->count);
}

static bool add_row(json_t *rows, int which, const char *name, int64_t asked, const struct suppress_row *outcomes,
                    const struct suppress_row *extensions, json_t *days)
{
    const struct suppress_cell *of = outcomes->cells, *extended = extensions->cells;
    struct suppress_cell extension = extended[IS_EXTENDED];
    json_t *row = json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", which == VENDORS ? "vendor" : "right", name, "asked",
                            (json_int_t)asked, "not_denied", count_or_null(&of[NOT_DENIED]), "denied", count_or_null(&of[DENIED]),
                            "overdue", count_or_null(&of[OVERDUE]), "waiting", count_or_null(&of[WAITING]), "extended",
                            count_or_null(&extension), "median_days_to_answer", days);
    return row != NULL && json_array_append_new(rows, row) == 0;
}

static json_t *print_table(const struct facts *facts, const struct table *table, int which, const struct suppress *outcomes,
                           const struct suppress *extensions)
{
    json_t *rows = json_array();
    bool good = rows != NULL;
    for (size_t i = 0; good && i <= table->name_count; i++) {
        bool others = i == table->name_count;
        if (others ? !table->has_others : table->row_of[i] == OTHERS)
            continue;
        size_t row = others ? table->row_count - 1 : (size_t)table->row_of[i];
        json_t *days = median(facts, table, which, row, table->outcomes[row].cells, table->asked[row]);
        good = add_row(rows, which, others ? "(others)" : json_string_value(json_array_get(facts->names[which], i)), table->asked[row],
                       &table->outcomes[row], &table->extensions[row], days);
    }
    if (good && add_row(rows, which, "(all)", (int64_t)facts->count, &outcomes->total, &extensions->total,
                        median(facts, NULL, which, 0, outcomes->total.cells, (int64_t)facts->count)))
        return rows;
    json_decref(rows);
    return NULL;
}

static json_t *print(const struct facts *facts, struct table tables[SUPPRESS_TABLES], struct key *keys)
{
    struct suppress outcomes = {.columns = CLASSES}, extensions = {.columns = EXTENSIONS};
    json_t *printed[SUPPRESS_TABLES];
    for (int which = VENDORS; which <= RIGHTS; which++) {
        outcomes.row_count[which] = extensions.row_count[which] = tables[which].row_count;
        outcomes.rows[which] = tables[which].outcomes;
        extensions.rows[which] = tables[which].extensions;
    }
    count_total(facts, CLASSES, keys, &outcomes.total);
    count_total(facts, EXTENSIONS, keys, &extensions.total);
    if (!suppress(&outcomes, facts->least) || !suppress(&extensions, facts->least))
        return NULL;
    for (int which = VENDORS; which <= RIGHTS; which++)
        printed[which] = print_table(facts, &tables[which], which, &outcomes, &extensions);
    return json_pack("{s:I, s:o, s:o}", "k", (json_int_t)facts->least, "vendors", printed[VENDORS], "rights", printed[RIGHTS]);
}

json_t *published_tables(const json_t *json, int64_t least, struct error *error)
{
    struct facts facts = {0};
    struct table tables[SUPPRESS_TABLES] = {0};
    struct key *keys = NULL;
    json_t *result = NULL;
    if (!read_facts(json, least, &facts, error))
        goto cleanup;
    keys = calloc(facts.count + 1, sizeof *keys);
    if (keys != NULL && patrons_of_all(&facts, keys) < least)
        result = json_pack("{s:I, s:[], s:[]}", "k", (json_int_t)least, "vendors", "rights");
    else if (keys != NULL && make_table(&facts, VENDORS, keys, &tables[VENDORS]) && make_table(&facts, RIGHTS, keys, &tables[RIGHTS]))
        result = print(&facts, tables, keys);
    if (result == NULL)
        memory_error(error);
cleanup:
    table_release(&tables[VENDORS]);
    table_release(&tables[RIGHTS]);
    free(keys);
    free(facts.all);
    return result;
}
