"""Who did not report: found in the data, because no list of it is published with them.

Two economies that both keep silent never show a flow between them, however much they trade with
everybody else. In a complete matrix the silent ones are therefore an independent set of the graph
"there is a flow", and every reporter has flows with many of its members.

The dyads are not complete: only flows among the largest of a chapter are seen. There a missing flow
says something in proportion to how surely one would be seen between a pair of that size and
distance, p(E), a share counted over all pairs of the year. A set grows from the pair whose missing
flow is the most surprising; an economy joins when none of its flows with the set is seen and, did
it report, that would have a probability below MAX_CHANCE.
"""
import collections
import math

from . import flows
from .geography import read_distances

MAX_CHANCE = 0.001
# An economy that the complete matrix already shows silent (there in the classification HS 2022,
# which some report years later than the older ones) needs less.
MAX_CHANCE_WHEN_SILENT_IN_MATRIX = 0.1
MIN_EXPECTED_USD = 2e6
BINS_PER_DECADE = 4
MIN_PAIRS_IN_BIN = 20
MIN_SET = 6
N_STARTS = 60
# Chance alone makes sets of up to 21 in the years 2000-2021, when nearly all report.
MIN_MEMBERS = 25


class Gaps:
    """Non-reporters by year, and pairs that are gaps for another reason."""

    def __init__(self, silent, pairs, silent_in_matrix):
        self.silent_in_matrix = silent_in_matrix  # {year: {economy}}
        self.silent = silent  # {year: {economy: basis}}
        self.pairs = pairs    # {(exporter, importer, year): a part of it was seen}

    def is_gap(self, pair, year):
        silent = self.silent.get(year, {})
        return (pair[0] in silent and pair[1] in silent) or self.pairs.get((*pair, year)) is False

    def in_matrix(self, pair, year):
        """Would the matrix have the flow if there was one?"""
        silent = self.silent_in_matrix[year]
        return not (pair[0] in silent and pair[1] in silent)

    def is_part(self, pair, year):
        """Is only a part of the flow known, so that the rest has no estimate?"""
        return self.pairs.get((*pair, year), False)


def totals_of(values):
    exports, imports = collections.Counter(), collections.Counter()
    for (exporter, importer), value in values.items():
        exports[exporter] += value
        imports[importer] += value
    return exports, imports


def silent_in_matrix(values):
    """The independent set, most conspicuous absences first; ties in order of code."""
    exports, imports = totals_of(values)
    trade = {e: exports[e] + imports[e] for e in sorted(exports | imports)}
    world = sum(trade.values()) / 2
    partners = collections.defaultdict(set)
    for exporter, importer in values:
        partners[exporter].add(importer)
        partners[importer].add(exporter)
    absences = {a: sum(b != a and b not in partners[a] and
                       trade[a] * trade[b] / world / 2 > MIN_EXPECTED_USD for b in trade)
                for a in trade}
    silent = set()
    for economy in sorted(trade, key=lambda e: (-absences[e], e)):
        if not partners[economy] & silent:
            silent.add(economy)
    return silent


class Surprise:
    """How surprising it is that a pair shows no exact flow, in nats, were one of them to report."""

    def __init__(self, dyads, distances, no_trade):
        self.seen = {pair for pair, (_, observed) in dyads.items() if observed > 0}
        values = {pair: value for pair, (value, _) in dyads.items()}
        self.exports, self.imports = totals_of(values)
        self.world = sum(self.exports.values())
        self.distances = distances
        self.no_trade = no_trade  # pairs whose missing flow says nothing
        self.economies = sorted(self.exports | self.imports)
        n, n_seen = collections.Counter(), collections.Counter()
        for a in self.economies:
            for b in self.economies:
                if a != b:
                    k = self.bin(a, b)
                    n[k] += 1
                    n_seen[k] += (a, b) in self.seen
        self.nats = {k: -math.log1p(-min(n_seen[k] / n[k], 1 - 1 / n[k]))
                     if n[k] >= MIN_PAIRS_IN_BIN else 0.0 for k in n}
        # The few largest pairs of all fill no bin of their own: they are as sure as the last that does.
        last = 0.0
        for k in sorted(n):
            if n[k] < MIN_PAIRS_IN_BIN:
                self.nats[k] = last
            last = max(last, self.nats[k])

    def bin(self, a, b):
        size = self.exports[a] * self.imports[b] / self.world
        size *= 5000 / max(self.distances.get((a, b), 5000), 100)
        return math.floor(BINS_PER_DECADE * math.log10(max(size, 1)))

    def of(self, a, b):
        if frozenset((a, b)) in self.no_trade:
            return 0.0
        return self.nats[self.bin(a, b)] + self.nats[self.bin(b, a)]

    def conflict(self, a, b):
        return (a, b) in self.seen or (b, a) in self.seen


def grow(surprise, seeds, thresholds):
    """The set that grows from the seeds, and each member's evidence against the others."""
    silent = list(seeds)
    evidence = {e: sum(surprise.of(e, s) for s in silent) for e in surprise.economies
                if e not in silent and not any(surprise.conflict(e, s) for s in silent)}
    while evidence:
        best = max(sorted(evidence), key=lambda e: evidence[e] - thresholds[e])
        # The first to join can show little: a set of two or three is small. pruned() looks again.
        enough = thresholds[best] if len(silent) >= MIN_SET else 1.0
        if evidence[best] < enough:
            break
        silent.append(best)
        del evidence[best]
        evidence = {e: nats + surprise.of(e, best) for e, nats in evidence.items()
                    if not surprise.conflict(e, best)}
    return pruned(surprise, silent, thresholds)


def pruned(surprise, silent, thresholds):
    """{economy: nats} of those that still convince when the others are known."""
    while True:
        nats = {e: sum(surprise.of(e, s) for s in silent if s != e) for e in silent}
        worst = min(sorted(nats), key=lambda e: nats[e] - thresholds[e], default=None)
        if worst is None or nats[worst] >= thresholds[worst]:
            return nats
        silent = [e for e in silent if e != worst]


def silent_in_dyads(surprise, known, silent_before):
    """{economy: chance that it would show none of its flows with the set if it reported}"""
    thresholds = {e: -math.log(MAX_CHANCE_WHEN_SILENT_IN_MATRIX if e in silent_before
                               else MAX_CHANCE) for e in surprise.economies}
    for economy in known:
        thresholds[economy] = -math.inf
    if known:
        starts = [sorted(known)]
    else:
        pairs = sorted((-surprise.of(a, b), a, b) for i, a in enumerate(surprise.economies)
                       for b in surprise.economies[i + 1:] if not surprise.conflict(a, b))
        starts = [[a, b] for _, a, b in pairs[:N_STARTS]]
    grown = [grow(surprise, start, thresholds) for start in starts]
    best = max(grown, key=lambda nats: sum(nats.values()))
    if len(best) < MIN_MEMBERS:
        best = {e: nats for e, nats in best.items() if e in known}
    return {e: math.exp(-nats) for e, nats in best.items()}


def known_silent(store):
    """Hand-made table of what is documented: {year: {economy: basis}}."""
    known = collections.defaultdict(dict)
    for row in store.table('known_non_reporters.csv'):
        for year in range(int(row['from_year']), int(row['to_year']) + 1):
            known[year][row['code']] = row['basis']
    return known


def compile_silence(store, names, dyads, matrices):
    distances = read_distances(store, names)
    no_trade = {frozenset((row['a'], row['b'])) for row in store.table('no_trade.csv')}
    known = known_silent(store)
    silent, in_matrices = {}, {}
    for year in sorted(dyads):
        in_matrix = in_matrices[year] = silent_in_matrix(matrices[year]) if year in matrices else set()
        surprise = Surprise(dyads[year], distances, no_trade)
        found = silent_in_dyads(surprise, known[year], in_matrix)
        silent[year] = {}
        for economy, chance in sorted(found.items()):
            basis = known[year].get(economy) or (
                f'no flow with any of {len(found) - 1} other silent economies is seen; '
                f'chance of that if its report were in the data: {chance:.1g}')
            silent[year][economy] = basis
    store.write('non_reporters.csv', ['year', 'code', 'documented', 'basis'],
                [[year, code, int(code in known[year]), basis] for year in sorted(silent)
                 for code, basis in sorted(silent[year].items())])
    pairs = {(row['exporter'], row['importer'], year): row['part_known'] == '1'
             for row in store.table('gaps.csv')
             for year in range(int(row['from_year']), int(row['to_year']) + 1)}
    return Gaps(silent, pairs, in_matrices)
