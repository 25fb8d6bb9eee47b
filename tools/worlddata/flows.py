"""Bilateral goods trade 1995-2023: dyads with an exact and an estimated part, complete matrices."""
from .tables import Failure

MATRIX_YEARS = (2022, 2023)
UNIT_USD = 10_000  # the exact part is published in multiples of it
MAX_EXPONENT = 9

# Upper ends of the classes of the estimated residual (USD) that the bounds are calibrated by.
SIZE_CLASSES_USD = (1e4, 1e5, 1e6, 1e7, 1e8, 1e9, float('inf'))
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


def size_class(residual):
    return next(i for i, top in enumerate(SIZE_CLASSES_USD) if residual < top)


def quantile(ordered, q):
    """Linear interpolation between order statistics (Hyndman & Fan's type 7)."""
    at = q * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def calibration_ratios(dyads, matrices, gaps):
    """True residual over estimated residual, by class, from the years that have both."""
    ratios = {(seen, k): [] for seen in (0, 1) for k in range(len(SIZE_CLASSES_USD))}
    for year in MATRIX_YEARS:
        for pair, (value, observed) in dyads[year].items():
            residual = value - observed
            if residual <= 0 or not gaps.in_matrix(pair, year):
                continue
            true = max(0, matrices[year].get(pair, 0) - observed)
            ratios[int(observed > 0), size_class(residual)].append(true / residual)
    return ratios


def write_bounds(store, dyads, matrices, gaps):
    ratios = calibration_ratios(dyads, matrices, gaps)
    rows = []
    for seen in (0, 1):
        last = None
        for k, top in enumerate(SIZE_CLASSES_USD):
            found = sorted(ratios[seen, k])
            if len(found) >= MIN_PAIRS:
                last = (quantile(found, LOW_QUANTILE), quantile(found, 0.5),
                        quantile(found, HIGH_QUANTILE))
            if last is None:
                raise Failure(f'class {k} of the bounds has {len(found)} pairs only')
            rows.append([seen, '' if top == float('inf') else int(top), len(found),
                         *(f'{x:.3g}' for x in last)])
    store.write('estimate_bounds.csv',
                ['observed', 'residual_below_usd', 'n_pairs', 'q05', 'median', 'q95'], rows)
