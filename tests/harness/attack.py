# SPDX-License-Identifier: GPL-3.0-or-later
"""A reader who wants the hidden cells of published tables back, with nothing but what is published: linear programming over all tables of
a quarter together. The matrix of such tables is totally unimodular, so the simplex method stays with whole numbers and its bounds are
exact."""

CLASSES = ("not_denied", "denied", "overdue", "waiting")
EXTENSIONS = ("extended", "not_extended")


class Unbounded(Exception):
    pass


class Program:
    """Ax = b, x >= 0; then bounds() of each variable, one after the other from where the last one ended."""

    def __init__(self, variables, equations):
        self.width = variables
        self.rows, self.basis = [], []
        for coefficients, value in equations:
            row = [0] * variables + [value]
            for index, coefficient in coefficients:
                row[index] += coefficient
            self.rows.append([-x for x in row] if value < 0 else row)
        self._find_a_solution()

    def _pivot(self, r, c):
        row = self.rows[r]
        if row[c] == -1:
            row = self.rows[r] = [-x for x in row]
        assert row[c] == 1, "not totally unimodular"
        for i, other in enumerate(self.rows):
            if i != r and other[c]:
                factor = other[c]
                self.rows[i] = [x - factor * y for x, y in zip(other, row)]
        self.basis[r] = c

    def _reduce(self, costs):
        costs = costs[:]
        for r, c in enumerate(self.basis):
            if costs[c]:
                factor = costs[c]
                costs = [x - factor * y for x, y in zip(costs, self.rows[r])]
        return costs

    def _minimise(self, costs, width):
        """By Bland's rule, which cannot go round in circles."""
        costs = self._reduce(costs)
        while True:
            column = next((c for c in range(width) if costs[c] < 0), None)
            if column is None:
                return -costs[-1]
            ratios = [(row[-1] / row[column], self.basis[r], r) for r, row in enumerate(self.rows) if row[column] > 0]
            if not ratios:
                raise Unbounded()
            _, _, r = min(ratios)
            self._pivot(r, column)
            factor = costs[column]
            costs = [x - factor * y for x, y in zip(costs, self.rows[r])]

    def _find_a_solution(self):
        n, m = self.width, len(self.rows)
        self.rows = [row[:-1] + [int(i == r) for i in range(m)] + row[-1:] for r, row in enumerate(self.rows)]
        self.basis = [n + r for r in range(m)]
        left = self._minimise([0] * n + [1] * m + [0], n + m)
        if left != 0:
            raise AssertionError(f"the published tables contradict each other: {left}")
        for r in range(m):
            if self.basis[r] >= n:
                column = next((c for c in range(n) if self.rows[r][c]), None)
                if column is not None:
                    self._pivot(r, column)
        kept = [r for r in range(m) if self.basis[r] < n]
        self.rows = [self.rows[r][:n] + self.rows[r][-1:] for r in kept]
        self.basis = [self.basis[r] for r in kept]

    def bounds(self, variable):
        costs = [0] * (self.width + 1)
        costs[variable] = 1
        low = self._minimise(costs, self.width)
        costs[variable] = -1
        try:
            return low, -self._minimise(costs, self.width)
        except Unbounded:
            return low, None


def _parts(row, columns):
    if columns is CLASSES:
        return [row[name] for name in CLASSES]
    return [row["extended"], None if row["extended"] is None else row["asked"] - row["extended"]]


def intervals(tables):
    """{(table, row, column): (least, most)} of every hidden cell."""
    found = {}
    for columns in (CLASSES, EXTENSIONS):
        names, equations = {}, []

        def term(key, value, sign, equation):
            if value is None:
                equation[0].append((names.setdefault(key, len(names)), sign))
            else:
                equation[1] -= sign * value

        totals = {}
        for table, label in (("vendors", "vendor"), ("rights", "right")):
            sums = {c: [[], 0] for c in range(len(columns))}
            for row in tables[table]:
                all_of_them = row[label] == "(all)"
                name = ("total" if all_of_them else table, row[label])
                parts = _parts(row, columns)
                if all_of_them:
                    if totals.setdefault("row", parts) != parts:
                        raise AssertionError("the totals of the two tables differ")
                whole = [[], row["asked"]]
                for c, value in enumerate(parts):
                    term((*name, columns[c]), value, 1, whole)
                    term((*name, columns[c]), value, -1 if all_of_them else 1, sums[c])
                equations.append(whole)
            equations += list(sums.values())
            inner = [row["asked"] for row in tables[table] if row[label] != "(all)"]
            if inner and sum(inner) != tables[table][-1]["asked"]:
                raise AssertionError("the rows do not add up")
        equations = [tuple(e) for e in equations if e[0] or e[1]]
        for coefficients, value in equations:
            if not coefficients:
                raise AssertionError(f"shown cells do not add up: {value}")
        if names:
            program = Program(len(names), equations)
            found.update({key: program.bounds(index) for key, index in names.items()})
    return found


def given_back(tables, least):
    """The hidden cells that a reader can tell, or almost."""
    return {key: bounds for key, bounds in intervals(tables).items() if bounds[1] is not None and bounds[1] - bounds[0] < least}


def tabulate(facts, least):
    """The tables with the small rows and cells hidden and nothing else: what a careless publisher would show."""
    answer = {}
    for place, table, label in ((1, "vendors", "vendor"), (2, "rights", "right")):
        groups, rows = {}, []
        for fact in facts["facts"]:
            groups.setdefault(facts[table][fact[place]], []).append(fact)
        small = [f for name, group in groups.items() if len({f[0] for f in group}) < least for f in groups[name]]
        named = {name: group for name, group in sorted(groups.items()) if len({f[0] for f in group}) >= least}
        for name, group in [*named.items(), ("(others)", small), ("(all)", facts["facts"])]:
            row = {label: name, "asked": len(group)}
            for c, column in enumerate(CLASSES):
                cell = [f for f in group if f[3] == c]
                row[column] = len(cell) if len({f[0] for f in cell}) >= least else None
            cell, rest = [f for f in group if f[4]], [f for f in group if not f[4]]
            row["extended"] = len(cell) if min(len({f[0] for f in part}) for part in (cell, rest)) >= least else None
            rows.append(row)
        answer[table] = rows
    return answer
