#include "data/world_format.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/mem.h"

/* table[k]: what a byte does that k more bytes follow, so that eight are taken at a time
 * (Kounavis & Berry 2005). */
static void fill_crc_table(uint32_t table[8][256])
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++)
            c = (c & 1) != 0 ? 0xedb88320u ^ (c >> 1) : c >> 1;
        table[0][i] = c;
    }
    for (int k = 1; k < 8; k++) {
        for (uint32_t i = 0; i < 256; i++)
            table[k][i] = table[0][table[k - 1][i] & 0xff] ^ (table[k - 1][i] >> 8);
    }
}

uint32_t autki_world_crc(const autk_world *world, uint32_t crc, const void *bytes, size_t size)
{
    const unsigned char *p = bytes;
    const uint32_t(*table)[256] = world->crc_table;
    uint32_t c = ~crc;
    for (; size >= 8; p += 8, size -= 8) {
        uint32_t a = c ^ autki_get_u32(p), b = autki_get_u32(p + 4);
        c = table[7][a & 0xff] ^ table[6][a >> 8 & 0xff] ^ table[5][a >> 16 & 0xff] ^
            table[4][a >> 24] ^ table[3][b & 0xff] ^ table[2][b >> 8 & 0xff] ^
            table[1][b >> 16 & 0xff] ^ table[0][b >> 24];
    }
    for (size_t i = 0; i < size; i++)
        c = table[0][(c ^ p[i]) & 0xff] ^ (c >> 8);
    return ~c;
}

uint16_t autki_get_u16(const unsigned char *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

uint32_t autki_get_u32(const unsigned char *bytes)
{
    return (uint32_t)autki_get_u16(bytes) | (uint32_t)autki_get_u16(bytes + 2) << 16;
}

double autki_get_f64(const unsigned char *bytes)
{
    uint64_t bits = (uint64_t)autki_get_u32(bytes) | (uint64_t)autki_get_u32(bytes + 4) << 32;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

autk_status autki_world_damaged(const autk_world *world, const char *what, autk_err *err)
{
    return autki_fail_at(err, AUTK_EDATA, world->path, 0, 0,
                         "the world dataset is damaged (%s): build or install it anew", what);
}

autk_status autki_world_sqlite_failed(const autk_world *world, autk_err *err)
{
    int code = sqlite3_errcode(world->db) & 0xff;
    if (code == SQLITE_NOMEM)
        return autki_no_memory(err, 0);
    if (code == SQLITE_IOERR || code == SQLITE_CANTOPEN)
        return autki_fail_at(err, AUTK_EIO, world->path, 0, 0, "cannot be read: %s",
                             sqlite3_errmsg(world->db));
    return autki_world_damaged(world, sqlite3_errmsg(world->db), err);
}

/* A pragma's integer, or -1. */
static int64_t pragma(const autk_world *world, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t value = -1;
    if (sqlite3_prepare_v2(world->db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return value;
}

static autk_status check_format(const autk_world *world, autk_err *err)
{
    int64_t id = pragma(world, "PRAGMA application_id");
    if (id == -1)
        return sqlite3_errcode(world->db) == SQLITE_NOTADB
                   ? autki_fail_at(err, AUTK_EDATA, world->path, 0, 0,
                                   "expected a world dataset of autarky, got another file")
                   : autki_world_sqlite_failed(world, err);
    if (id != WORLD_APPLICATION_ID)
        return autki_fail_at(err, AUTK_EDATA, world->path, 0, 0,
                             "expected a world dataset of autarky, got another SQLite file");
    int64_t version = pragma(world, "PRAGMA user_version");
    if (version != WORLD_FORMAT_VERSION)
        return autki_fail_at(err, AUTK_EDATA, world->path, 0, 0,
                             "expected format %d of the world dataset, got %lld",
                             WORLD_FORMAT_VERSION, (long long)version);
    return AUTK_OK;
}

/* SQLite would create nothing in read-only mode, but its message for a missing file is vague. */
static autk_status check_path(const char *path, autk_err *err)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return autki_fail_at(err, AUTK_EIO, path, 0, 0, "cannot be opened: %s", strerror(errno));
    if (!S_ISREG(info.st_mode))
        return autki_fail_at(err, AUTK_EIO, path, 0, 0, "expected a file, got something else");
    return AUTK_OK;
}

static autk_status open_database(autk_world *world, autk_err *err)
{
    /* Our own lock guards the connection, and a file that nobody writes needs no locks of its own:
     * NOMUTEX and immutable together save two thirds of the time to open. */
    autk_buf uri;
    autk_buf_init(&uri);
    autk_buf_puts(&uri, "file:");
    for (const char *p = world->path; *p != '\0'; p++) {
        if (*p == '%' || *p == '?' || *p == '#')
            autk_buf_printf(&uri, "%%%02X", (unsigned)(unsigned char)*p);
        else
            autk_buf_putc(&uri, *p);
    }
    autk_buf_puts(&uri, "?immutable=1");
    autk_status st = autk_buf_check(&uri, err);
    if (st == AUTK_OK &&
        sqlite3_open_v2(autk_buf_text(&uri), &world->db,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
        st = world->db == NULL ? autki_no_memory(err, 0) : autki_world_sqlite_failed(world, err);
    autk_buf_deinit(&uri);
    return st == AUTK_OK ? check_format(world, err) : st;
}

autk_status autk_world_open(autk_world **out, const char *path, autk_err *err)
{
    autk_status st = check_path(path, err);
    if (st != AUTK_OK)
        return st;
    autk_world *world = autki_calloc(1, sizeof *world);
    if (world == NULL)
        return autki_no_memory(err, sizeof *world);
    fill_crc_table(world->crc_table);
    world->path = autki_strdup(path);
    world->has_lock = pthread_mutex_init(&world->lock, NULL) == 0;
    if (world->path == NULL || !world->has_lock)
        st = autki_no_memory(err, strlen(path));
    if (st == AUTK_OK)
        st = open_database(world, err);
    if (st == AUTK_OK)
        st = autki_world_load_tables(world, err);
    if (st != AUTK_OK) {
        autk_world_close(world);
        return st;
    }
    *out = world;
    return AUTK_OK;
}

void autk_world_close(autk_world *world)
{
    if (world == NULL)
        return;
    sqlite3_close(world->db);
    if (world->has_lock)
        pthread_mutex_destroy(&world->lock);
    for (size_t i = 0; i < world->n_texts; i++)
        free(world->texts[i]);
    free(world->texts);
    free(world->party_lists);
    free(world->economies);
    free(world->groups);
    free(world->sources);
    free(world->estimates);
    free(world->events);
    free(world->aliases);
    free(world->members);
    free(world->silences);
    free(world->gaps);
    free(world->quoted);
    free(world->notes);
    free(world->gdp.bytes);
    free(world->population.bytes);
    free(world->distance.bytes);
    free(world->path);
    free(world);
}

void autk_world_years(int *first, int *last, const autk_world *world)
{
    *first = world->first_year;
    *last = world->last_year;
}

#define AS_TEXT(name, text) text,
static const char *const scope_texts[] = {AUTK_SCOPE_LIST(AS_TEXT)};
static const char *const valuation_texts[] = {AUTK_VALUATION_LIST(AS_TEXT)};
static const char *const kind_texts[] = {AUTK_KIND_LIST(AS_TEXT)};
static const char *const quantity_texts[] = {AUTK_QUANTITY_LIST(AS_TEXT)};

const char *autk_scope_text(autk_scope scope)
{
    return (unsigned)scope < AUTK_SCOPE_COUNT ? scope_texts[scope] : "unknown";
}

const char *autk_valuation_text(autk_valuation valuation)
{
    return (unsigned)valuation < AUTK_VALUATION_COUNT ? valuation_texts[valuation] : "unknown";
}

const char *autk_kind_text(autk_kind kind)
{
    return (unsigned)kind < AUTK_KIND_COUNT ? kind_texts[kind] : "unknown";
}

const char *autk_quantity_text(autk_quantity quantity)
{
    return (unsigned)quantity < AUTK_QUANTITY_COUNT ? quantity_texts[quantity] : "unknown";
}

/* ------------------------------------------------------------------ indicators and geography */

double autk_world_indicator(const autk_world *world, autk_indicator indicator, int32_t economy,
                            int year)
{
    const world_grid *grid = indicator == AUTK_GDP_USD      ? &world->gdp
                             : indicator == AUTK_POPULATION ? &world->population
                                                            : NULL;
    if (grid == NULL || economy < 0 || (size_t)economy >= world->n_economies ||
        year < grid->first_year || year >= grid->first_year + grid->n_years)
        return NAN;
    size_t at = (size_t)economy * (size_t)grid->n_years + (size_t)(year - grid->first_year);
    return autki_get_f64(grid->bytes + at * sizeof(double));
}

/* Where a pair's distance stands; SIZE_MAX when it is none. */
static size_t distance_at(const autk_world *world, int32_t a, int32_t b)
{
    if (a > b) {
        int32_t swap = a;
        a = b;
        b = swap;
    }
    if (a < 0 || a == b || (size_t)b >= world->n_economies)
        return SIZE_MAX;
    size_t n = world->n_economies, i = (size_t)a, j = (size_t)b;
    return 2 * (i * (2 * n - i - 1) / 2 + j - i - 1);
}

/* 0 where unknown. */
static unsigned distance_cell(const autk_world *world, int32_t a, int32_t b)
{
    size_t at = distance_at(world, a, b);
    return at != SIZE_MAX ? autki_get_u16(world->distance.bytes + at) : 0;
}

double autk_world_distance_km(const autk_world *world, int32_t a, int32_t b)
{
    unsigned cell = distance_cell(world, a, b);
    return (cell & ~WORLD_CONTIGUOUS) == 0 ? NAN : (double)(cell & ~WORLD_CONTIGUOUS);
}

bool autk_world_is_contiguous(const autk_world *world, int32_t a, int32_t b)
{
    return (distance_cell(world, a, b) & WORLD_CONTIGUOUS) != 0;
}

void autki_world_put_distance(autk_world *world, int32_t a, int32_t b, uint16_t cell)
{
    size_t at = distance_at(world, a, b);
    if (at == SIZE_MAX)
        return;
    world->distance.bytes[at] = (unsigned char)(cell & 0xff);
    world->distance.bytes[at + 1] = (unsigned char)(cell >> 8);
}

static void put_f64(unsigned char *bytes, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(bits >> (8 * i));
}

/* A wider grid with the old years at their place; what is new is unknown. */
static autk_status widen(world_grid *grid, size_t n_economies, int first_year, int last_year,
                         autk_err *err)
{
    size_t n_years = (size_t)(last_year - first_year) + 1, old = (size_t)grid->n_years;
    size_t shift = (size_t)(grid->first_year - first_year);
    unsigned char *bytes = autki_malloc(n_economies * n_years, sizeof(double));
    if (bytes == NULL)
        return autki_no_memory(err, n_economies * n_years * sizeof(double));
    for (size_t e = 0; e < n_economies; e++) {
        for (size_t y = 0; y < n_years; y++)
            put_f64(bytes + (e * n_years + y) * sizeof(double), (double)NAN);
        memcpy(bytes + (e * n_years + shift) * sizeof(double),
               grid->bytes + e * old * sizeof(double), old * sizeof(double));
    }
    free(grid->bytes);
    *grid = (world_grid){bytes, n_economies * n_years * sizeof(double), first_year, (int)n_years};
    return AUTK_OK;
}

autk_status autki_world_put_figure(autk_world *world, world_grid *grid, int32_t economy, int year,
                                   double value, autk_err *err)
{
    int first = grid->first_year, last = first + grid->n_years - 1;
    if (economy < 0 || (size_t)economy >= world->n_economies || year < 1 || year > 9999)
        return AUTK_OK;
    if (year < first || year > last) {
        autk_status st = widen(grid, world->n_economies, year < first ? year : first,
                               year > last ? year : last, err);
        if (st != AUTK_OK)
            return st;
    }
    size_t at = (size_t)economy * (size_t)grid->n_years + (size_t)(year - grid->first_year);
    put_f64(grid->bytes + at * sizeof value, value);
    return AUTK_OK;
}
