/** @file world_asset.h Tables of the world dataset that a room reads whole, by its own reader. */
#ifndef AUTKI_DATA_WORLD_ASSET_H
#define AUTKI_DATA_WORLD_ASSET_H

#include <autarky/input.h>
#include <autarky/world.h>

/**
 * The bytes of an asset, e.g. "transport_places.csv".
 *
 * @param bytes  [*size] with a NUL behind; the caller's to free()
 * Errors: AUTK_EDATA (the dataset has no such part, or it is damaged), AUTK_ENOMEM.
 */
autk_status autki_world_asset(char **bytes, size_t *size, const autk_world *world, const char *name,
                              autk_err *err) AUTK_MUST_CHECK;

/** Has the dataset any asset at all? One made by `autarky import` has none. */
bool autki_world_has_assets(const autk_world *world);

#endif
