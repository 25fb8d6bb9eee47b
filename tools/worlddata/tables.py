"""Reading and writing of CSV tables, and the economy that a name in a source means."""
import csv
import gzip
import io
import lzma
import unicodedata

# Fixed filters: the bytes must not change with the defaults of a later liblzma.
XZ_FILTERS = [{'id': lzma.FILTER_LZMA2, 'preset': 9 | lzma.PRESET_EXTREME, 'lc': 4, 'lp': 0,
               'pb': 0}]


class Failure(Exception):
    """An input that is not what the compiler expects; its text is the message."""


class Store:
    """Where tables are read from and written to."""

    def __init__(self, hand_made, shared, out):
        self.hand_made = hand_made
        self.shared = shared
        self.out = out
        self.written_bytes = 0

    def third_party(self, name):
        """Rows of a third-party CSV as dictionaries; .gz and .xz are unpacked on the way."""
        return read_csv(self.shared / name)

    def table(self, name):
        """Rows of a hand-made table."""
        return read_csv(self.hand_made / name)

    def write(self, name, header, rows):
        """Write a table; a name that ends in .xz is packed with fixed settings."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator='\n')
        writer.writerow(header)
        writer.writerows(rows)
        data = text.getvalue().encode()
        if name.endswith('.xz'):
            data = lzma.compress(data, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC64,
                                 filters=XZ_FILTERS)
        (self.out / name).write_bytes(data)
        self.written_bytes += len(data)


def read_csv(path):
    openers = {'.gz': gzip.open, '.xz': lzma.open}
    opener = openers.get(path.suffix, open)
    try:
        with opener(path, 'rt', encoding='utf-8-sig', newline='') as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise Failure(f'{path}: cannot be read: {error.strerror or error}') from error


# Some Russian names have Latin letters of the same look in them ("Китaй").
LOOK_ALIKES = str.maketrans('aceopxyABCEHKMOPTXYË', 'асеорхуАВСЕНКМОРТХУЁ')


def fold(text):
    """The key under which a name is compared: lower case, accents off, only letters and digits.

    src/data/world_names.c does the same; tests compare the two on every name of the dataset.
    """
    out = []
    for char in unicodedata.normalize('NFD', text):
        if unicodedata.combining(char):
            continue
        if char.isalnum():
            out.append(char.lower())
    return ''.join(out)


def is_cyrillic(text):
    return any('\u0400' <= char <= '\u04ff' for char in text)


class Names:
    """The economies of the dataset and what sources call them."""

    def __init__(self, store):
        self.codes = [row['code'] for row in store.table('economies.csv')]
        self.known = set(self.codes)
        self.by_name = {}
        for row in store.table('economies.csv'):
            self.by_name[fold(row['name'])] = row['code']
            self.by_name[fold(row['code'])] = row['code']
        self.dated = []
        for row in store.table('aliases.csv'):
            if row['code'] not in self.known:
                raise Failure(f'aliases.csv: {row["alias"]}: unknown economy {row["code"]}')
            first, last = int(row['from_year'] or 0), int(row['to_year'] or 9999)
            if row['from_year'] or row['to_year']:
                self.dated.append((fold(row['alias']), row['code'], first, last))
            else:
                self.by_name.setdefault(fold(row['alias']), row['code'])

    def find(self, text, year):
        """Code of the economy that a source's name or code means; None when it is none."""
        if is_cyrillic(text):
            text = text.translate(LOOK_ALIKES)
        # "France (incl. Mayotte 'YT' from 2014)": what stands in brackets is tried, then dropped.
        for key in (fold(text), fold(text.split(' (incl.')[0])):
            for alias, code, first, last in self.dated:
                if alias == key and first <= year <= last:
                    return code
            if key in self.by_name:
                return self.by_name[key]
        return None

    def need(self, text, year, where):
        code = self.find(text, year)
        if code is None:
            raise Failure(f'{where}: expected the name or code of an economy, got "{text}"')
        return code
