#include "data/world_asset.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/world_format.h"

static autk_status take_row(char **bytes, size_t *size, const autk_world *world, sqlite3_stmt *stmt,
                            const char *name, autk_err *err)
{
    sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
    if (sqlite3_step(stmt) != SQLITE_ROW)
        return autki_fail_at(err, AUTK_EDATA, world->path, 0, 0,
                             "expected a world dataset with the part %s, got one without", name);
    const void *data = sqlite3_column_blob(stmt, 1);
    size_t n = (size_t)sqlite3_column_bytes(stmt, 1);
    if (data == NULL ||
        autki_world_crc(world, 0, data, n) != (uint32_t)sqlite3_column_int64(stmt, 0))
        return autki_world_damaged(world, name, err);
    char *copy = autki_malloc(n + 1, 1);
    if (copy == NULL)
        return autki_no_memory(err, n + 1);
    memcpy(copy, data, n);
    copy[n] = '\0';
    *bytes = copy;
    *size = n;
    return AUTK_OK;
}

autk_status autki_world_asset(char **bytes, size_t *size, const autk_world *world, const char *name,
                              autk_err *err)
{
    sqlite3_stmt *stmt = NULL;
    autk_world *locked = (autk_world *)(uintptr_t)world; /* the lock guards the one connection */
    pthread_mutex_lock(&locked->lock);
    autk_status st;
    if (sqlite3_prepare_v2(world->db, "SELECT crc, bytes FROM asset WHERE name = ?", -1, &stmt,
                           NULL) != SQLITE_OK)
        st = autki_fail_at(err, AUTK_EDATA, world->path, 0, 0,
                           "expected a world dataset with a transport network, got one without");
    else
        st = take_row(bytes, size, world, stmt, name, err);
    sqlite3_finalize(stmt);
    pthread_mutex_unlock(&locked->lock);
    return st;
}

bool autki_world_has_assets(const autk_world *world)
{
    sqlite3_stmt *stmt = NULL;
    autk_world *locked = (autk_world *)(uintptr_t)world;
    pthread_mutex_lock(&locked->lock);
    bool has = sqlite3_prepare_v2(world->db, "SELECT 1 FROM asset LIMIT 1", -1, &stmt, NULL) ==
                   SQLITE_OK &&
               sqlite3_step(stmt) == SQLITE_ROW;
    sqlite3_finalize(stmt);
    pthread_mutex_unlock(&locked->lock);
    return has;
}
