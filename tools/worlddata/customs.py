"""What national and European statistics state themselves: customs of Russia, Eurostat, Kazakhstan.

A figure keeps its currency as published; build-world converts it with the rates of rates.csv.
`reported` = the exporter's statistics (FOB), `mirror` = the importer's (CIF).
"""
from .tables import Failure, fold

# Partners in these files that are not economies: aggregates and what was not allocated.
AGGREGATES = {fold(text) for text in (
    'со странами дальнего зарубежья', 'со странами СНГ', 'Страны СНГ', 'Страны ЕАЭС',
    'Страны вне ЕАЭС', 'Остальные страны мира', 'Европа', 'Азия', 'Америка', 'Африка',
    'Австралия и Океания', 'Страны ЕС', 'Страны вне ЕС',
    'Intra-EU27 (from 2020)', 'Extra-EU27 (from 2020)', 'Intra-UE27 (à partir de 2020)',
    'Extra-UE27 (à partir de 2020)', 'PARTNER', 'High seas', 'Haute mer',
    'Ceuta (incl. Melilla \'XL\' -> 1998)', 'Melilla')}
NOT_ALLOCATED = ('countriesandterritoriesnotspecified', 'storesandprovisions', 'paysetterritoires',
                 'avitaillement')
# The year 2016 came from a French page; its "Guinea" continues the series of Guinea-Bissau
# (117, 126, 148 M EUR in 2015-17) while "Guinée" continues Guinea's.
CORRECTIONS = {('eurostat-annual', 2016, 'Guinea'): 'Guinea-Bissau'}
TOTALS = {fold(text) for text in ('Экспорт', 'Импорт', 'Всего', 'Всего в том числе')}
HEADER = ['period', 'exporter', 'importer', 'reporter', 'value', 'currency', 'source']


class Collector:
    """Rows of observations, at most one of a flow, period and source."""

    def __init__(self, names):
        self.names = names
        self.rows = {}

    def add(self, source, period, reporter, partner, is_export, value, currency):
        year = period if period < 10000 else period // 100
        partner = CORRECTIONS.get((source, period, partner), partner)
        key = fold(partner)
        if key in AGGREGATES or key.startswith(NOT_ALLOCATED):
            return
        code = 'WLD' if key in TOTALS else self.names.need(partner, year, source)
        pair = (reporter, code) if is_export else (code, reporter)
        if self.rows.setdefault((period, *pair, source), (reporter, value, currency)) != (
                reporter, value, currency):
            raise Failure(f'{source}: {period} {pair}: two different figures')

    def table(self):
        return [[period, exporter, importer, reporter, f'{value:.0f}', currency, source]
                for (period, exporter, importer, source), (reporter, value, currency)
                in sorted(self.rows.items(), key=lambda item: (
                    item[0][3], item[0][1], item[0][2], item[0][0]))]


def russia(store, out):
    def published(name):
        """Rows with a figure; "…" is one that was not published: a gap of the source, not a zero."""
        return (row for row in store.third_party(name) if row['mln_usd'] not in ('', '…'))

    for row in published('world/russia_fcs_annual_1994_2021.csv'):
        out.add('fcs-annual', int(row['year']), 'RUS', row['partner_ru'],
                row['russia_flow'] == 'export', float(row['mln_usd']) * 1e6, 'USD')
    for row in published('world/russia_fcs_monthly_28_partners_2006_2021.csv'):
        out.add('fcs-monthly', int(row['year']) * 100 + int(row['month']), 'RUS',
                row['partner_ru'], row['russia_flow'] == 'export', float(row['mln_usd']) * 1e6,
                'USD')


def european_union(store, out):
    for row in store.third_party('world/eu27_exports_total_by_partner_2010_2023_eur.csv'):
        if row['VALUE_IN_EUR'] and row['year'].isdigit():
            out.add('eurostat-annual', int(row['year']), 'EU27', row['PARTNER'], True,
                    float(row['VALUE_IN_EUR']), 'EUR')
    for row in store.third_party('world/eurostat_monthly_eu_eastern_partners_2020_2022.csv.gz'):
        if row['product'] != 'TOTAL' or not row['value_eur']:
            continue  # a month without a figure is not a month without trade
        period = int(row['month'].replace('-', ''))
        reporter = out.names.need(row['reporter'], period // 100, 'eurostat-monthly')
        out.add('eurostat-monthly', period, reporter, row['partner'], row['flow'] == 'export',
                float(row['value_eur']), 'EUR')


def kazakhstan(store, out):
    for row in store.third_party('world/kazakhstan_trade_by_partner_2018_2023.csv'):
        for column, is_export in (('export_kusd', True), ('import_kusd', False)):
            if row[column] and float(row[column]) > 0:
                out.add('kazstat', int(row['year']), 'KAZ', row['partner_ru'], is_export,
                        float(row[column]) * 1e3, 'USD')


def write_observations(store, names):
    out = Collector(names)
    russia(store, out)
    european_union(store, out)
    kazakhstan(store, out)
    store.write('observations.csv.xz', HEADER, out.table())
