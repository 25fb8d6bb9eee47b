"""Bilateral goods trade 1995-2023: dyads with an exact and an estimated part, complete matrices."""
from .tables import Failure

MATRIX_YEARS = (2022, 2023)
UNIT_USD = 10_000  # the exact part is published in multiples of it
MAX_EXPONENT = 9

# Classes of the calibration: upper ends of the estimated flow (USD), and, where a part of it was
# seen, of the residual over that part.
SIZE_CLASSES_USD = (1e4, 1e5, 1e6, 1e7, 1e8, 1e9, float('inf'))
SEEN_SIZE_CLASSES_USD = (1e6, 1e7, 1e8, 1e9, 1e10, float('inf'))
RATIO_CLASSES = (0.3, 1.0, 3.0, float('inf'))
# Below this ratio the difference of two editions of BACI drowns the error of the residual.
MIN_RATIO = 0.1
LOW_QUANTILE, HIGH_QUANTILE = 0.05, 0.95
# A class needs this many pairs, else it takes its neighbour's quantiles.
MIN_PAIRS = 100


def read_dyads(store, names):
    """{year: {(exporter, importer): (value_usd, observed_usd)}}"""
    dyads = {}
    name = 'world/baci_dyads_1995_2023.csv.xz'
    code_of = {}
    for row in store.third_party(name):
        year = int(row['year'])
        pair = []
        for side in ('exporter', 'importer'):
            key = (row[side], year)
            if key not in code_of:
                code_of[key] = names.need(row[side], year, f'{name}: {year}')
            pair.append(code_of[key])
        value, observed = int(row['value_usd']), int(row['observed_usd'])
        if observed % UNIT_USD or observed > value:
            raise Failure(f'{name}: {year} {pair}: observed_usd {observed} of {value}')
        if dyads.setdefault(year, {}).setdefault(tuple(pair), (value, observed)) != (value, observed):
            raise Failure(f'{name}: {year} {pair} is there twice')
    return dyads


def read_matrices(store, names):
    """{year: {(exporter, importer): value_usd}}"""
    matrices = {}
    for year in MATRIX_YEARS:
        name = f'world/bilateral_{year}.csv'
        matrices[year] = {}
        for row in store.third_party(name):
            pair = tuple(names.need(row[side + '_id'], year, name)
                         for side in ('exporter', 'importer'))
            value = round(float(row['value']))
            if value > 0:
                matrices[year][pair] = value
    return matrices


def three_digits(value):
    """(mantissa < 1000, exponent) of a value rounded to three significant digits."""
    exponent = 0
    while value >= 1000 * 10 ** exponent:
        exponent += 1
    mantissa = (value + 10 ** exponent // 2) // 10 ** exponent
    if mantissa == 1000:
        mantissa, exponent = 100, exponent + 1
    if exponent > MAX_EXPONENT:
        raise Failure(f'residual of {value} USD is too large for the table')
    return mantissa, exponent


def cell_of(value, observed, part):
    """"observed:residual" in units of 10,000 USD and 3 digits: "455672:381e6"; "" parts are 0.

    A residual of "?" says that the rest has no estimate.
    """
    if part:
        return f'{observed // UNIT_USD}:?'
    mantissa, exponent = three_digits(value - observed)
    residual = f'{mantissa}e{exponent}' if exponent else f'{mantissa}'
    return f'{observed // UNIT_USD or ""}:{residual if mantissa else ""}'


def write_flows(store, dyads, matrices, gaps):
    """One row a pair: years in columns pack best, and a flow's history is read as one line.

    In the years of the matrices the dyads stand for pairs that the matrices do not have: economies
    that report in an older classification than HS 2022 show no flow with each other there.
    """
    years = sorted(dyads)

    def cell(pair, year):
        known = pair in matrices.get(year, {}) or gaps.is_gap(pair, year)
        if known or pair not in dyads[year]:
            return ''
        return cell_of(*dyads[year][pair], gaps.is_part(pair, year))

    pairs = sorted({pair for year in years for pair in dyads[year]})
    rows = []
    for pair in pairs:
        cells = [cell(pair, year) for year in years]
        if any(cells):
            rows.append([*pair, *cells])
    store.write('flows.csv.xz', ['exporter', 'importer', *years], rows)
    pairs = sorted({pair for year in MATRIX_YEARS for pair in matrices[year]})
    rows = [[*pair, *(matrices[year].get(pair, '') for year in MATRIX_YEARS)] for pair in pairs]
    store.write('matrices.csv.xz', ['exporter', 'importer', *MATRIX_YEARS], rows)


def quantile(ordered, q):
    """Linear interpolation between order statistics (Hyndman & Fan's type 7)."""
    at = q * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def class_of(x, tops):
    return next(i for i, top in enumerate(tops) if x < top)


def calibration_ratios(dyads, matrices, gaps):
    """True residual over estimated residual, by class, from the years that have both."""
    unseen, seen = {}, {}
    for year in MATRIX_YEARS:
        for pair, (value, observed) in dyads[year].items():
            residual = value - observed
            if residual <= 0 or not gaps.in_matrix(pair, year):
                continue
            ratio = max(0, matrices[year].get(pair, 0) - observed) / residual
            if observed == 0:
                unseen.setdefault(class_of(value, SIZE_CLASSES_USD), []).append(ratio)
            elif residual >= MIN_RATIO * observed:
                key = (class_of(value, SEEN_SIZE_CLASSES_USD),
                       class_of(residual / observed, RATIO_CLASSES))
                seen.setdefault(key, []).append(ratio)
    return unseen, seen


def quantiles_of(found, last):
    """Low, median and high quantile as texts; those of the neighbour where there are too few."""
    if len(found) < MIN_PAIRS:
        if last is None:
            raise Failure(f'a class of the bounds has {len(found)} pairs only')
        return last
    ordered = sorted(found)
    return [f'{quantile(ordered, q):.3g}' for q in (LOW_QUANTILE, 0.5, HIGH_QUANTILE)]


def write_bounds(store, dyads, matrices, gaps):
    def top(x):
        return '' if x == float('inf') else f'{x:g}'

    unseen, seen = calibration_ratios(dyads, matrices, gaps)
    rows, last = [], None
    for k, size in enumerate(SIZE_CLASSES_USD):
        found = unseen.get(k, [])
        last = quantiles_of(found, last)
        rows.append([0, top(size), '', len(found), *last])
    for k, size in enumerate(SEEN_SIZE_CLASSES_USD):
        last = None
        for j, ratio in enumerate(RATIO_CLASSES):
            found = seen.get((k, j), [])
            last = quantiles_of(found, last)
            rows.append([1, top(size), top(ratio), len(found), *last])
    store.write('estimate_bounds.csv', ['observed', 'value_below_usd', 'ratio_below', 'n_pairs',
                                        'q05', 'median', 'q95'], rows)
