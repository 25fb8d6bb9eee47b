/**
 * @file world_format.h
 * The SQLite file of the world dataset as tools/worlddata/database.py writes it, and what the
 * reader keeps of it. Integers and doubles in blobs are little-endian.
 *
 * flow(id, crc, bytes): all flows of one economy in one year on one side. id =
 * ((economy * 2 + side) * 2 + layout) * 10000 + year; side 0: it exports, 1: it imports.
 *   layout 0, 8 bytes: u16 partner, u32 observed in 10,000 USD, u16 residual
 *             residual = exponent << 10 | mantissa (three digits); 0xffff: it has no estimate
 *   layout 1, 10 bytes: u16 partner, f64 value in USD
 * grid: "gdp_usd" and "population" f64[economy][year], NaN = unknown; "distance" u16 upper triangle
 *   by row, km | shares a border << 15, 0 = unknown.
 */
#ifndef AUTKI_DATA_WORLD_FORMAT_H
#define AUTKI_DATA_WORLD_FORMAT_H

#include <autarky/world.h>

#include <pthread.h>
#include <sqlite3.h>

#define WORLD_APPLICATION_ID 0x41544b57
#define WORLD_FORMAT_VERSION 3
#define WORLD_NO_ESTIMATE 0xffffu
#define WORLD_CONTIGUOUS 0x8000u
#define WORLD_UNIT_USD 10000.0
#define WORLD_MAX_ECONOMIES 4096
#define WORLD_MAX_BOUNDS 64

typedef enum world_side { WORLD_EXPORTS, WORLD_IMPORTS } world_side;
typedef enum world_layout { WORLD_DYADS, WORLD_MATRIX } world_layout;
#define WORLD_DYAD_BYTES 8
#define WORLD_MATRIX_BYTES 10

typedef struct world_alias {
    const char *key; /* folded text; the array is in order of it */
    const char *text;
    int32_t party;
    int from_year, to_year; /* 0 = open */
} world_alias;

typedef struct world_member {
    int32_t group, economy, from_date, to_date;
} world_member;

typedef struct world_silence {
    int32_t economy;
    int year;
    bool documented;
    const char *basis;
} world_silence;

typedef struct world_gap {
    int32_t exporter, importer;
    int from_year, to_year;
    bool part_known;
    const char *basis;
} world_gap;

/* Quantiles of true over estimated residual, by class (docs/modules/world.md): whether anything was
 * observed, the flow's value, the residual over what was observed. INFINITY = no upper end. */
typedef struct world_bound {
    bool observed;
    double value_below_usd, ratio_below, low, high;
} world_bound;

typedef struct world_grid {
    unsigned char *bytes; /* owned */
    size_t size;
    int first_year, n_years;
} world_grid;

struct autk_world {
    char *path;
    sqlite3 *db;
    pthread_mutex_t lock; /* one connection, many threads */
    bool has_lock;
    uint32_t crc_table[8][256];
    int first_year, last_year, first_matrix_year;
    int32_t dyad_source, matrix_source;
    char **texts; /* owned blocks of texts, one behind the other */
    size_t n_texts, texts_capacity;
    size_t text_room;     /* bytes left in the last block */
    int32_t *party_lists; /* owned; the events' parties, one behind the other */
    size_t n_party_lists, party_lists_capacity;
    autk_economy_info *economies;
    size_t n_economies, economies_capacity;
    autk_group_info *groups;
    size_t n_groups, groups_capacity;
    autk_source_info *sources;
    size_t n_sources, sources_capacity;
    autk_observation *estimates; /* of the user's own model */
    size_t n_estimates, estimates_capacity;
    autk_event *events;
    size_t n_events, events_capacity;
    world_alias *aliases;
    size_t n_aliases, aliases_capacity;
    world_member *members;
    size_t n_members, members_capacity;
    world_silence *silences;
    size_t n_silences, silences_capacity;
    world_gap *gaps;
    size_t n_gaps, gaps_capacity;
    autk_quoted *quoted;
    size_t n_quoted, quoted_capacity;
    world_bound bounds[WORLD_MAX_BOUNDS];
    size_t n_bounds;
    const char **notes;
    size_t n_notes, notes_capacity;
    world_grid gdp, population, distance;
};

/** CRC-32 (IEEE 802.3, as zlib's) of more bytes behind `crc`; 0 to begin. */
uint32_t autki_world_crc(const autk_world *world, uint32_t crc, const void *bytes, size_t size);

uint16_t autki_get_u16(const unsigned char *bytes);
uint32_t autki_get_u32(const unsigned char *bytes);
double autki_get_f64(const unsigned char *bytes);

/** AUTK_EDATA "FILE: damaged: …". */
autk_status autki_world_damaged(const autk_world *world, const char *what, autk_err *err);
/** What SQLite says of the last call, as a status of ours. */
autk_status autki_world_sqlite_failed(const autk_world *world, autk_err *err);

/** Load the tables that are kept in memory (world_tables.c). */
autk_status autki_world_load_tables(autk_world *world, autk_err *err);

/** A copy of the text that lives as long as the world; NULL when memory is out. */
const char *autki_world_keep_text(autk_world *world, const char *text, size_t len);
/** Point every event at its parties, which lie one behind the other in the order of events. */
void autki_world_place_parties(autk_world *world);

/** Put a cell of the distances (km, with WORLD_CONTIGUOUS set where they share a border). */
void autki_world_put_distance(autk_world *world, int32_t a, int32_t b, uint16_t cell);
/** Put a figure of an economy; the grid grows to hold the year. Errors: AUTK_ENOMEM. */
autk_status autki_world_put_figure(autk_world *world, world_grid *grid, int32_t economy, int year,
                                   double value, autk_err *err) AUTK_MUST_CHECK;

/** The key under which a name is looked up: folded case and accents, letters and digits only.
 *  NULL when memory is out; the caller's to free(). */
char *autki_fold_name(const char *text);

#endif
