"""Distances and common borders (CEPII GeoDist)."""
NAME = 'geography/dist_cepii.csv.gz'


def rows_of(store, names):
    """(a, b, row) with today's codes, both directions."""
    for row in store.third_party(NAME):
        a, b = (names.find(row[side], 2000) for side in ('iso_o', 'iso_d'))
        if a is not None and b is not None and a != b:
            yield a, b, row


def read_distances(store, names):
    """{(a, b): km between main cities}"""
    return {(a, b): float(row['dist']) for a, b, row in rows_of(store, names)}


def write_geography(store, names):
    rows = sorted((a, b, max(1, round(float(row['dist']))), row['contig'])
                  for a, b, row in rows_of(store, names) if a < b)
    store.write('distances.csv.xz', ['a', 'b', 'km', 'contiguous'], rows)
