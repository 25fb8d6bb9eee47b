/** @file dataset_schema.h The dataset's schema; told in docs/modules/dataset.md. */
#ifndef AUTKI_DATA_DATASET_SCHEMA_H
#define AUTKI_DATA_DATASET_SCHEMA_H

static const char autki_dataset_schema[] =
    "CREATE TABLE file(source TEXT NOT NULL, name TEXT NOT NULL, bytes INTEGER NOT NULL,"
    " modified_s INTEGER NOT NULL, format TEXT NOT NULL, rows_read INTEGER NOT NULL,"
    " rows_stored INTEGER NOT NULL, rows_passed_over INTEGER NOT NULL, rows_bad INTEGER NOT NULL,"
    " PRIMARY KEY(source, name)) WITHOUT ROWID;"
    "CREATE TABLE check_sum(name TEXT PRIMARY KEY, xxh64 INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE economy(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
    " kind INTEGER NOT NULL);"
    "CREATE TABLE product(id INTEGER PRIMARY KEY, classification TEXT NOT NULL, code TEXT NOT NULL,"
    " name TEXT NOT NULL, UNIQUE(classification, code));"
    "CREATE TABLE layer(id INTEGER PRIMARY KEY, source TEXT NOT NULL, flow INTEGER NOT NULL,"
    " side INTEGER NOT NULL, valuation INTEGER NOT NULL, currency TEXT NOT NULL,"
    " frequency TEXT NOT NULL, classification TEXT NOT NULL, level INTEGER NOT NULL,"
    " owner INTEGER NOT NULL,"
    " UNIQUE(source, flow, side, valuation, currency, frequency, classification, level));"
    "CREATE TABLE period(layer INTEGER NOT NULL REFERENCES layer(id), period INTEGER NOT NULL,"
    " n_rows INTEGER NOT NULL, value REAL NOT NULL, PRIMARY KEY(layer, period)) WITHOUT ROWID;"
    "CREATE TABLE chunk(layer INTEGER NOT NULL REFERENCES layer(id), period INTEGER NOT NULL,"
    " by INTEGER NOT NULL, economy INTEGER NOT NULL, n_rows INTEGER NOT NULL,"
    " value REAL NOT NULL, flows BLOB NOT NULL);"
    "CREATE UNIQUE INDEX chunk_key ON chunk(layer, by, economy, period);"
    "CREATE TABLE pair_total(layer INTEGER NOT NULL REFERENCES layer(id),"
    " exporter INTEGER NOT NULL, importer INTEGER NOT NULL, period INTEGER NOT NULL,"
    " value REAL NOT NULL, quantity REAL, n_products INTEGER NOT NULL,"
    " PRIMARY KEY(layer, exporter, importer, period)) WITHOUT ROWID;";

/* Made with the first layer that is reconciled product by product (evidence/mirror_tables.h). The
 * table `mirror` comes last: the others are found through it. */
static const char autki_mirror_schema[] =
    "CREATE TABLE IF NOT EXISTS mirror(layer INTEGER NOT NULL REFERENCES layer(id),"
    " period INTEGER NOT NULL, exporters INTEGER NOT NULL, importers INTEGER NOT NULL,"
    " sd_usual REAL NOT NULL, persistence REAL NOT NULL,"
    " has_margin INTEGER NOT NULL, intercept REAL NOT NULL, ln_distance REAL NOT NULL,"
    " ln_distance_squared REAL NOT NULL, contiguous REAL NOT NULL,"
    " exporter_landlocked REAL NOT NULL, importer_landlocked REAL NOT NULL,"
    " PRIMARY KEY(layer, period)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS mirror_economy(layer INTEGER NOT NULL, period INTEGER NOT NULL,"
    " economy INTEGER NOT NULL, sd_exporter REAL NOT NULL, sd_importer REAL NOT NULL,"
    " PRIMARY KEY(layer, period, economy)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS mirror_size(layer INTEGER NOT NULL, period INTEGER NOT NULL,"
    " size INTEGER NOT NULL, scale REAL NOT NULL,"
    " PRIMARY KEY(layer, period, size)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS mirror_pair(layer INTEGER NOT NULL, period INTEGER NOT NULL,"
    " exporter INTEGER NOT NULL, importer INTEGER NOT NULL, margin REAL NOT NULL,"
    " PRIMARY KEY(layer, period, exporter, importer)) WITHOUT ROWID;";
#define AUTKI_MIRROR_TABLES "mirror_economy", "mirror_size", "mirror_pair", "mirror"

#endif
