"""GDP in current USD and population (World Bank, World Development Indicators)."""
FIRST_YEAR = 1990


def write_indicators(store, names):
    values = {}
    for row in store.third_party('world/API_NY.GDP.MKTP.CD_DS2_en_csv_v2_26433.csv'):
        if row['Country Code'] in names.known:
            for key, text in row.items():
                if key and key.isdigit() and text:
                    values['gdp_usd', row['Country Code'], int(key)] = float(text)
    for row in store.third_party('world/population.csv'):
        if row['Country Code'] in names.known and row['Value']:
            key = 'population', row['Country Code'], int(row['Year'])
            values[key] = float(row['Value'])
    years = sorted({year for _, _, year in values if year >= FIRST_YEAR})
    series = sorted({(indicator, code) for indicator, code, _ in values})
    rows = [[*which, *(f'{values[(*which, year)]:.0f}' if (*which, year) in values else ''
                       for year in years)] for which in series]
    store.write('indicators.csv.xz', ['indicator', 'code', *years], rows)
