"""The SQLite file of the world dataset. src/data/world_format.h describes it to the reader."""
import array
import collections
import itertools
import math
import sqlite3
import struct
import sys
import zlib

from .tables import Failure, fold

APPLICATION_ID = 0x41544b57  # "ATKW"
FORMAT_VERSION = 3
WORLD, ANY, GROUP_BASE = -1, -2, 100000
SCOPES = ['goods', 'goods and services']
VALUATIONS = ['FOB', 'CIF', 'unknown']
KINDS = ['reported', 'mirror', 'reconciled', 'statement', 'estimated']
QUANTITIES = ['flow', 'turnover', 'share of exports', 'share of imports', 'share of trade',
              'balance', 'part of a flow']
UNITS = {'bn USD': (1e9, 'USD'), 'bn EUR': (1e9, 'EUR'), 'share': (1.0, '')}
REGION_GROUPS = {'Africa': 'AFRICA', 'Americas': 'AMERICAS', 'Asia': 'ASIA', 'Europe': 'EUROPE',
                 'Oceania': 'OCEANIA'}
NO_ESTIMATE = 0xffff
DYAD_SOURCE, MATRIX_SOURCE = 'baci-v202501', 'oec-baci-hs22'

SCHEMA = '''
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE source(id INTEGER PRIMARY KEY, key TEXT, publisher TEXT, title TEXT, edition TEXT,
  terms TEXT, url TEXT, covers TEXT);
CREATE TABLE economy(id INTEGER PRIMARY KEY, code TEXT, iso2 TEXT, numeric INTEGER, name TEXT,
  region TEXT, landlocked INTEGER, from_date INTEGER, to_date INTEGER);
CREATE TABLE alias(id INTEGER PRIMARY KEY, party INTEGER, from_year INTEGER, to_year INTEGER,
  key TEXT, alias TEXT);
CREATE TABLE bloc(id INTEGER PRIMARY KEY, code TEXT, name TEXT, source INTEGER);
CREATE TABLE member(id INTEGER PRIMARY KEY, bloc INTEGER, economy INTEGER, from_date INTEGER,
  to_date INTEGER);
CREATE TABLE event(id INTEGER PRIMARY KEY, date INTEGER, type TEXT, title TEXT, note TEXT,
  source INTEGER, parties TEXT);
CREATE TABLE non_reporter(id INTEGER PRIMARY KEY, economy INTEGER, year INTEGER,
  documented INTEGER, basis TEXT);
CREATE TABLE gap(id INTEGER PRIMARY KEY, exporter INTEGER, importer INTEGER, from_year INTEGER,
  to_year INTEGER, part_known INTEGER, basis TEXT);
CREATE TABLE quoted(id INTEGER PRIMARY KEY, economy INTEGER, quote TEXT, kind TEXT, text TEXT,
  party INTEGER, without INTEGER, flow TEXT, from_year INTEGER, to_year INTEGER, source INTEGER);
CREATE TABLE note(id INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE bound(id INTEGER PRIMARY KEY, observed INTEGER, value_below TEXT, ratio_below TEXT,
  low TEXT, high TEXT);
CREATE TABLE grid(name TEXT PRIMARY KEY, first_year INTEGER, n_years INTEGER, crc INTEGER,
  bytes BLOB) WITHOUT ROWID;
CREATE TABLE asset(name TEXT PRIMARY KEY, crc INTEGER, bytes BLOB) WITHOUT ROWID;
CREATE TABLE flow(id INTEGER PRIMARY KEY, crc INTEGER, bytes BLOB);
CREATE TABLE observation(exporter INTEGER, importer INTEGER, period INTEGER, n INTEGER,
  quantity INTEGER, scope INTEGER, valuation INTEGER, kind INTEGER, value REAL, low REAL,
  high REAL, original REAL, currency TEXT, reporter INTEGER, source INTEGER, confidence TEXT,
  note INTEGER, crc INTEGER, PRIMARY KEY(exporter, importer, period, n)) WITHOUT ROWID;
CREATE INDEX observation_importer ON observation(importer, period);
CREATE INDEX observation_period ON observation(period);
'''
# Tables that the reader loads whole at open; the crc of each goes over all its cells as text.
LOADED = ('source', 'economy', 'alias', 'bloc', 'member', 'event', 'non_reporter', 'gap', 'note',
          'bound', 'quoted')


class Builder:
    def __init__(self, store, db):
        self.store = store
        self.db = db
        self.economies = self.index('economies.csv', 'code')
        self.groups = self.index('groups.csv', 'code')
        self.sources = self.index('sources.csv', 'id')
        self.notes = {'': 0}
        self.rates = {(int(row['period']), row['currency']): float(row['usd'])
                      for row in store.table('rates.csv')}

    def index(self, table, column):
        keys = [row[column] for row in self.store.table(table)]
        if len(set(keys)) != len(keys):
            raise Failure(f'{table}: a {column} is there twice')
        if table == 'economies.csv' and keys != sorted(keys):
            raise Failure('economies.csv: expected the order of codes')
        return {key: i for i, key in enumerate(keys)}

    def source(self, key):
        if key not in self.sources:
            raise Failure(f'"{key}" is no source of sources.csv')
        return self.sources[key]

    def party(self, code):
        if code == 'WLD':
            return WORLD
        if code == '':
            return ANY
        if code in self.economies:
            return self.economies[code]
        if code in self.groups:
            return GROUP_BASE + self.groups[code]
        raise Failure(f'"{code}" is neither an economy nor a group')

    def note(self, text):
        return self.notes.setdefault(text, len(self.notes))

    def insert(self, table, rows):
        rows = list(rows)
        if rows:
            marks = ','.join('?' * len(rows[0]))
            self.db.executemany(f'INSERT INTO {table} VALUES({marks})', rows)


def number(text):
    return int(text or 0)


def small_tables(b):
    table = b.store.table
    b.insert('source', ((i, *row.values()) for i, row in enumerate(table('sources.csv'))))
    b.insert('economy', ((i, r['code'], r['iso2'], number(r['numeric']), r['name'], r['region'],
                          number(r['landlocked']), number(r['from_date']), number(r['to_date']))
                         for i, r in enumerate(table('economies.csv'))))
    b.insert('bloc', ((i, r['code'], r['name'], b.source(r['source']))
                      for i, r in enumerate(table('groups.csv'))))
    members = [(b.groups[r['group']], b.economies[r['member']], number(r['from_date']),
                number(r['to_date'])) for r in table('members.csv')]
    members += [(b.groups[REGION_GROUPS[r['region']]], b.economies[r['code']],
                 number(r['from_date']), number(r['to_date']))
                for r in table('economies.csv') if r['region'] in REGION_GROUPS]
    b.insert('member', ((i, *m) for i, m in enumerate(sorted(members))))
    events = sorted(table('events.csv'), key=lambda r: (int(r['date']), r['title']))
    b.insert('event', ((i, number(r['date']), r['type'], r['title'], r['note'],
                        b.source(r['source']), ' '.join(str(b.party(p))
                                                        for p in r['parties'].split()))
                       for i, r in enumerate(events)))
    b.insert('non_reporter', ((i, b.economies[r['code']], number(r['year']),
                               number(r['documented']), r['basis'])
                              for i, r in enumerate(table('non_reporters.csv'))))
    b.insert('gap', ((i, b.party(r['exporter']), b.party(r['importer']), number(r['from_year']),
                      number(r['to_year']), number(r['part_known']), r['basis'])
                     for i, r in enumerate(table('gaps.csv'))))
    b.insert('bound', ((i, number(r['observed']), r['value_below_usd'], r['ratio_below'],
                        r['q05'], r['q95'])
                       for i, r in enumerate(table('estimate_bounds.csv'))))
    b.insert('quoted', ((i, b.economies[r['economy']], r['quote'], r['kind'], r['text'],
                         b.party(r['party']), b.party(r['without']), r['flow'],
                         number(r['from_year']), number(r['to_year']), b.source(r['source']))
                        for i, r in enumerate(table('claims.csv'))))
    aliases(b)


def aliases(b):
    """Every text that means a party, folded; the reader searches them by bisection."""
    found = {}

    def add(text, party, first=0, last=0):
        if fold(text):
            found.setdefault((fold(text), party, first, last), text)

    for row in b.store.table('economies.csv'):
        party = b.economies[row['code']]
        last = number(row['to_date']) // 10000
        first = number(row['from_date']) // 10000 if last else 0
        add(row['code'], party)
        add(row['iso2'], party, first, last)
        add(row['name'], party)
        if number(row['numeric']):
            add(row['numeric'], party, first, last)
            add(f'{number(row["numeric"]):03d}', party, first, last)
    for row in b.store.table('aliases.csv'):
        add(row['alias'], b.economies[row['code']], number(row['from_year']),
            number(row['to_year']))
    for row in b.store.table('groups.csv'):
        for text in (row['code'], row['name'], *row['aliases'].split('|')):
            add(text, b.party(row['code']))
    for text in ('WLD', 'World', 'the world', 'all partners'):
        add(text, WORLD)
    rows = sorted((key, party, first, last, text)
                  for (key, party, first, last), text in found.items())
    b.insert('alias', ((i, party, first, last, key, text)
                       for i, (key, party, first, last, text) in enumerate(rows)))


def read_flows(b):
    """{(year, exporter): [(importer, unit counts, residual code)]}, likewise exact USD."""
    dyads = collections.defaultdict(list)
    matrix = collections.defaultdict(list)
    for row in b.store.table('flows.csv.xz'):
        exporter, importer = b.economies[row.pop('exporter')], b.economies[row.pop('importer')]
        for year, cell in row.items():
            if cell:
                observed, residual = cell.split(':')
                mantissa, _, exponent = residual.partition('e')
                code = (NO_ESTIMATE if residual == '?' else
                        number(exponent) << 10 | number(mantissa))
                dyads[int(year), exporter].append((importer, number(observed), code))
    for row in b.store.table('matrices.csv.xz'):
        exporter, importer = b.economies[row.pop('exporter')], b.economies[row.pop('importer')]
        for year, cell in row.items():
            if cell:
                matrix[int(year), exporter].append((importer, int(cell)))
    return dyads, matrix


def turned(flows):
    """The same flows by importer."""
    out = collections.defaultdict(list)
    for (year, exporter), entries in flows.items():
        for importer, *rest in entries:
            out[year, importer].append((exporter, *rest))
    return out


def flow_tables(b):
    """A blob an economy, year, side and layout; its id tells the four (world_format.h)."""
    dyads, matrix = read_flows(b)
    rows = []
    for side, layout, flows, pack in (
            (0, 0, dyads, struct.Struct('<HIH').pack), (1, 0, turned(dyads), struct.Struct('<HIH').pack),
            (0, 1, matrix, struct.Struct('<Hd').pack), (1, 1, turned(matrix), struct.Struct('<Hd').pack)):
        for (year, economy), entries in flows.items():
            data = b''.join(itertools.starmap(pack, sorted(entries)))
            rows.append((((economy * 2 + side) * 2 + layout) * 10000 + year, zlib.crc32(data), data))
    b.insert('flow', sorted(rows))
    years = sorted({year for year, _ in itertools.chain(dyads, matrix)})
    b.insert('meta', [('first_year', str(years[0])), ('last_year', str(years[-1])),
                      ('dyad_source', str(b.source(DYAD_SOURCE))),
                      ('matrix_source', str(b.source(MATRIX_SOURCE))),
                      ('first_matrix_year', str(min(year for year, _ in matrix)))])


def to_usd(b, value, currency, period):
    if currency == 'USD':
        return value
    if (period, currency) not in b.rates:
        raise Failure(f'rates.csv: no rate of {currency} for {period}')
    return value * b.rates[period, currency]


def customs_rows(b):
    for r in b.store.table('observations.csv.xz'):
        period, value = int(r['period']), float(r['value'])
        exports = r['reporter'] == r['exporter']
        usd = to_usd(b, value, r['currency'], period)
        yield (b.party(r['exporter']), b.party(r['importer']), period, 'flow', 'goods',
               'FOB' if exports else 'CIF', 'reported' if exports else 'mirror', usd, usd, usd,
               value, r['currency'], r['reporter'], r['source'], '-', '')


def statement_rows(b):
    for r in b.store.table('statements.csv'):
        factor, currency = UNITS[r['unit']]
        period = int(r['period'])
        figures = [float(r[key]) * factor for key in ('value', 'low', 'high')]
        usd = [round(to_usd(b, x, currency, period), 2) if currency else x for x in figures]
        if not usd[1] <= usd[0] <= usd[2]:
            raise Failure(f'statements.csv: {period} {r["exporter"]}-{r["importer"]}: '
                          'expected low <= value <= high')
        if r['confidence'] not in ('H', 'M'):
            raise Failure(f'statements.csv: confidence {r["confidence"]}: only H and M are taken')
        yield (b.party(r['exporter']), b.party(r['importer']), period, r['quantity'], r['scope'],
               r['valuation'], 'statement', *usd, figures[0], currency, r['reporter'],
               r['source'], r['confidence'], r['note'])


def observation_crc(row):
    """Over all columns but the last, packed as world_observations.c packs them."""
    return zlib.crc32(struct.pack('<8i4d', *row[:12]) + row[12].encode() + b'\0' +
                      struct.pack('<2i', row[13], row[14]) + row[15].encode() + b'\0' +
                      struct.pack('<i', row[16]))


def observations(b):
    rows = []
    count = collections.Counter()
    found = sorted(itertools.chain(customs_rows(b), statement_rows(b)),
                   key=lambda r: (r[0], r[1], r[2], b.source(r[13]), r[3], r[7]))
    for (exporter, importer, period, quantity, scope, valuation, kind, value, low, high, original,
         currency, reporter, source, confidence, note) in found:
        n = count[exporter, importer, period]
        count[exporter, importer, period] += 1
        row = (exporter, importer, period, n, QUANTITIES.index(quantity), SCOPES.index(scope),
               VALUATIONS.index(valuation), KINDS.index(kind), value, low, high, original,
               currency, b.party(reporter), b.source(source), confidence, b.note(note))
        rows.append((*row, observation_crc(row)))
    b.insert('observation', rows)
    b.insert('note', ((i, text) for text, i in b.notes.items()))


def doubles(values):
    data = array.array('d', values)
    if sys.byteorder == 'big':
        data.byteswap()
    return data.tobytes()


def grids(b):
    n = len(b.economies)
    rows = []
    tables = collections.defaultdict(dict)
    for row in b.store.table('indicators.csv.xz'):
        name, economy = row.pop('indicator'), b.economies[row.pop('code')]
        for year, text in row.items():
            tables[name][economy, int(year)] = float(text) if text else math.nan
    for name, values in tables.items():
        years = sorted({year for _, year in values})
        data = doubles(values.get((e, year), math.nan)
                       for e in range(n) for year in range(years[0], years[-1] + 1))
        rows.append((name, years[0], years[-1] - years[0] + 1, zlib.crc32(data), data))
    # Upper triangle by row; 0 = unknown; the highest bit: they share a border.
    cells = array.array('H', bytes(n * (n - 1)))
    for row in b.store.table('distances.csv.xz'):
        i, j = sorted((b.economies[row['a']], b.economies[row['b']]))
        cells[i * (2 * n - i - 1) // 2 + j - i - 1] = int(row['km']) | int(row['contiguous']) << 15
    if sys.byteorder == 'big':
        cells.byteswap()
    data = cells.tobytes()
    rows.append(('distance', 0, 0, zlib.crc32(data), data))
    b.insert('grid', rows)


def assets(b):
    """Tables that a room reads whole, by its own reader: transport network, votes."""
    rows = []
    folder = b.store.hand_made
    for path in sorted([*folder.glob('transport_*.csv'), *folder.glob('unga_*.csv')]):
        data = path.read_bytes()
        rows.append((path.name, zlib.crc32(data), data))
    b.insert('asset', rows)


def seal(b, key):
    """Checksums of the tables that are loaded whole."""
    for table in LOADED:
        crc = 0
        for row in b.db.execute(f'SELECT * FROM {table} ORDER BY id'):
            crc = zlib.crc32(''.join(f'{cell}\x1f' for cell in row).encode(), crc)
        b.insert('meta', [(f'crc_{table}', str(crc))])
    b.insert('meta', [('built_from', key)])


def build(store, path, key):
    path.unlink(missing_ok=True)
    try:
        db = sqlite3.connect(path)
    except sqlite3.Error as error:
        raise Failure(f'{path}: cannot be written: {error}') from error
    try:
        db.executescript(f'PRAGMA page_size=4096; PRAGMA application_id={APPLICATION_ID};'
                         f'PRAGMA user_version={FORMAT_VERSION}; PRAGMA journal_mode=OFF;'
                         f'PRAGMA synchronous=OFF; {SCHEMA}')
        builder = Builder(store, db)
        small_tables(builder)
        flow_tables(builder)
        observations(builder)
        grids(builder)
        assets(builder)
        seal(builder, key)
        db.commit()
    except KeyError as error:
        raise Failure(f'a table names {error}, which is not there') from error
    except sqlite3.Error as error:
        raise Failure(f'{path}: cannot be written: {error}') from error
    finally:
        db.close()
