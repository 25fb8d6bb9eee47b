"""Distances between main cities and common borders (CEPII GeoDist, 2011).

Economies that GeoDist does not have are placed by places.csv: their distances are great circles to
its main cities, computed as it does.
"""
import math

DISTANCES, CITIES = 'geography/dist_cepii.csv.gz', 'geography/geo_cepii.csv.gz'
EARTH_RADIUS_KM = 6377.0  # what GeoDist computed with: reproduces its distances to 1e-5
# GeoDist knows Sudan as it was until 2011; these borders went to South Sudan.
LOST_BORDERS = {('COD', 'SDN'), ('KEN', 'SDN'), ('SDN', 'UGA')}


def great_circle_km(a, b):
    """Haversine formula on (latitude, longitude) in degrees."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    h = (math.sin((lat_b - lat_a) / 2) ** 2 +
         math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2)
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, h)))


def main_cities(store, names):
    cities = {}
    for row in store.third_party(CITIES):
        code = names.find(row['iso3'], 2000)
        if code is not None and row['maincity'] == '1':
            cities.setdefault(code, (float(row['lat']), float(row['lon'])))
    return cities


def read_pairs(store, names):
    """{(a, b): (km, contiguous)} for a < b"""
    pairs = {}
    for row in store.third_party(DISTANCES):
        a, b = (names.find(row[side], 2000) for side in ('iso_o', 'iso_d'))
        if a is not None and b is not None and a < b:
            pairs[a, b] = (float(row['dist']), row['contig'] == '1')
    for pair in LOST_BORDERS:
        pairs[pair] = (pairs[pair][0], False)
    cities = main_cities(store, names)
    borders = set()
    places = store.table('places.csv')
    for row in places:
        cities[row['code']] = (float(row['lat']), float(row['lon']))
        borders |= {tuple(sorted((row['code'], other))) for other in row['borders'].split()}
    for row in places:
        for other in cities:
            pair = tuple(sorted((row['code'], other)))
            if other != row['code']:
                km = great_circle_km(cities[pair[0]], cities[pair[1]])
                pairs[pair] = (km, pair in borders)
    return pairs


def read_distances(store, names):
    """{(a, b): km}, both directions"""
    pairs = read_pairs(store, names)
    return {pair: km for (a, b), (km, _) in pairs.items() for pair in ((a, b), (b, a))}


def write_geography(store, names):
    rows = [(a, b, max(1, round(km)), int(contiguous))
            for (a, b), (km, contiguous) in sorted(read_pairs(store, names).items())]
    store.write('distances.csv.xz', ['a', 'b', 'km', 'contiguous'], rows)
