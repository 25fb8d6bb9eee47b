"""Land: who borders whom, where a border is crossed, and which places lie on one landmass."""

import csv
import json
import math
import re
import tarfile

from codes import (EUROPE, FRANCE_PARTS, GAUGE_EXTRA, GEODIST_RENAMED, NAME_ALIASES, NAME_EXTRA,
                   NO_FREIGHT_RAIL, NO_RAIL_EUROPE, NO_ROAD, NUMERIC_EXTRA, RAIL_ELSEWHERE)
from geometry import Topology, distance_km, inside, nearest_on_segment, ring_area

ISLAND_GAP_KM = 5     # polygons of one economy nearer than this count as one landmass
KM_PER_CROSSING = 1200
MAX_CROSSINGS = 4
MIN_RAIL_KM = 60


def read_geodist(rows):
    """alpha-3 -> (city, lat, lon) of the main city; and Natural Earth's numeric -> alpha-3."""
    cities, numeric = {}, dict(NUMERIC_EXTRA)
    for row in rows:
        code = GEODIST_RENAMED.get(row["iso3"], row["iso3"])
        if row["cnum"].isdigit():
            numeric.setdefault(row["cnum"].zfill(3), code)
        if row["maincity"] in ("1", "2") or code not in cities:
            if row["lat"] not in ("", "."):
                city = re.sub(r"\s+\(.*", "", row["city_en"]).strip()
                cities[code] = (city, float(row["lat"]), float(row["lon"]))
    return cities, numeric


def read_world(path, numeric):
    """The outlines with their landmasses: code -> [rings], borders."""
    def code(shape):
        if shape.get("id"):
            return numeric.get(shape["id"])
        return NAME_EXTRA.get(shape["properties"]["name"])

    world = Topology(json.load(open(path, encoding="utf-8")), code)
    for part, (west, south, east, north) in FRANCE_PARTS.items():
        rings = world.polygons["FRA"]
        mine = [r for r in rings if west <= r[0][0] <= east and south <= r[0][1] <= north]
        world.polygons["FRA"] = [r for r in rings if not any(r is m for m in mine)]
        world.polygons[part] = mine
        for pair in [p for p in world.borders if "FRA" in p]:
            arcs = world.borders[pair]
            here = [a for a in arcs if west <= a[0][0] <= east and south <= a[0][1] <= north]
            if here:
                other = pair[0] if pair[1] == "FRA" else pair[1]
                world.borders.setdefault(tuple(sorted((part, other))), []).extend(here)
                world.borders[pair] = [a for a in arcs if not any(a is h for h in here)]
    give_crimea(world)
    return world


def give_crimea(world):
    """Natural Earth draws who holds a place; General Assembly resolution 68/262 says whose it is."""
    crimea = [r for r in world.polygons["RUS"] if inside((34.1, 45.2), r)]
    for ring in crimea:
        if ring_area(ring) < 20:
            world.polygons["RUS"] = [r for r in world.polygons["RUS"] if r is not ring]
            world.polygons["UKR"].append(ring)


class Landmasses:
    """Polygons of each economy, joined where a bridge or a short ferry joins them."""

    def __init__(self, world, links):
        self.world, self.parent, self.known = world, {}, {}
        for code in sorted(world.polygons):
            self.join_near(code)
        for economy, a, b in links:
            self.union((economy, self.polygon(economy, a)), (economy, self.polygon(economy, b)))

    def root(self, x):
        while self.parent.get(x, x) != x:
            x = self.parent[x]
        return x

    def union(self, a, b):
        a, b = self.root(a), self.root(b)
        if a != b:
            self.parent[max(a, b)] = min(a, b)

    def join_near(self, code):
        cells = {}
        for i, ring in enumerate(self.world.polygons[code]):
            for lon, lat in ring:
                spot = (math.floor(lon / .05), math.floor(lat / .05))
                for dx in (-1, 0, 1):
                    for dy in (-1, 0, 1):
                        for j, p in cells.get((spot[0] + dx, spot[1] + dy), ()):
                            if j != i and self.root((code, i)) != self.root((code, j)) and \
                                    distance_km((lon, lat), p) < ISLAND_GAP_KM:
                                self.union((code, i), (code, j))
                cells.setdefault(spot, []).append((i, (lon, lat)))

    def polygon(self, code, p):
        """Number of the polygon that holds p, else of the nearest; None without an outline."""
        if (code, p) in self.known:
            return self.known[code, p]
        best = (math.inf, None)
        for i, ring in enumerate(self.world.polygons.get(code, [])):
            if inside(p, ring):
                best = (0, i)
                break
            d = min(distance_km(p, q) for q in ring[::max(1, len(ring) // 400)])
            if d < best[0]:
                best = (d, i)
        self.known[code, p] = best[1]
        return best[1]

    def name(self, code, p):
        """A number for the landmass, unique within the economy."""
        i = self.polygon(code, p)
        return 0 if i is None else self.root((code, i))[1]


def read_factbook(path, cities_by_name):
    """Border lengths (code, code) -> km and railways code -> (km, gauge mm)."""
    borders, rail = {}, {}
    names = dict(cities_by_name)
    names.update({k: v for k, v in NAME_ALIASES.items() if v})
    with tarfile.open(path, "r:xz") as tar:
        for member in sorted(tar.getmembers(), key=lambda m: m.name):
            if not member.name.endswith(".json") or member.name.count("/") != 1:
                continue
            page = json.load(tar.extractfile(member))
            code = page_code(page, names)
            if code is None:
                continue
            text = page.get("Geography", {}).get("Land boundaries", {})
            for other, km in border_list(text, names):
                borders.setdefault(tuple(sorted((code, other))), km)
            railway = page.get("Transportation", {}).get("Railways", {})
            if railway:
                rail[code] = railway_of(code, railway)
    return borders, rail


def page_code(page, names):
    name = page.get("Government", {}).get("Country name", {})
    for form in ("conventional short form", "conventional long form"):
        text = name.get(form, {}).get("text", "")
        text = re.sub(r"<.*", "", text).strip()
        for guess in (text, text.split(" (")[0], text.split(";")[0]):
            if guess in names:
                return names[guess]
    return None


def border_list(text, names):
    """(code, km) of each neighbour in 'Latvia 161 km; Lithuania 640 km; …'."""
    for value in text.values():
        value = value.get("text", "") if isinstance(value, dict) else str(value)
        for name, km in re.findall(r"([A-Z][A-Za-z.'&; ()\-]*?) ([\d,]+(?:\.\d+)?) km", value):
            name = name.split(";")[-1].strip(" :,-").split(" (")[0]
            if name in names:
                yield names[name], float(km.replace(",", ""))


def railway_of(code, railway):
    """(km, gauge mm): the gauge with the longest network."""
    def number(key):
        found = re.search(r"-?[\d,]+(?:\.\d+)?", railway.get(key, {}).get("text", "")
                          if isinstance(railway.get(key), dict) else "")
        return float(found.group().replace(",", "")) if found else 0.0

    best, gauge = 0.0, 1435
    for key in ("standard gauge", "narrow gauge", "broad gauge"):
        found = re.search(r"(\d)\.(\d{3})\s*-?m", railway.get(key, {}).get("text", "")
                          if isinstance(railway.get(key), dict) else "")
        if found and number(key) > best:
            best, gauge = number(key), int(found.group(1) + found.group(2))
    return number("total"), GAUGE_EXTRA.get(code, gauge)


def has_rail_crossing(pair, rail):
    if any(c in NO_FREIGHT_RAIL or rail.get(c, (0,))[0] < MIN_RAIL_KM for c in pair):
        return False
    if pair in RAIL_ELSEWHERE:
        return True
    return all(c in EUROPE for c in pair) and pair not in NO_RAIL_EUROPE


def spread_points(arcs, a, b, count):
    """`count` points of a border: the one on the way between the two cities, then the farthest
    from those chosen."""
    points = [p for arc in arcs for p in arc]
    chosen = [min(points, key=lambda p: distance_km(a, p) + distance_km(p, b))]
    while len(chosen) < count:
        chosen.append(max(points, key=lambda p: min(distance_km(p, q) for q in chosen)))
    return chosen


def nearest_on_border(p, arcs):
    best = (math.inf, None)
    for arc in arcs:
        for a, b in zip(arc, arc[1:]):
            q = nearest_on_segment(p, a, b)
            d = distance_km(p, q)
            if d < best[0]:
                best = (d, q)
    return best


def outline_gap(world, a, b):
    """Middle of the narrowest gap between two outlines: for borders that no arc shows."""
    best = (math.inf, None)
    mine = [p for r in world.polygons[a] for p in r]
    theirs = [p for r in world.polygons[b] for p in r]
    for p in mine[::max(1, len(mine) // 3000)]:
        for q in theirs[::max(1, len(theirs) // 300)]:
            d = distance_km(p, q)
            if d < best[0]:
                best = (d, ((p[0] + q[0]) / 2, (p[1] + q[1]) / 2))
    return best


def read_named(path):
    with open(path, newline="", encoding="utf-8") as f:
        return [dict(row, lat=float(row["lat"]), lon=float(row["lon"])) for row in csv.DictReader(f)]


def generic_crossings(world, borders, rail, cities, named_pairs):
    """One to four crossings for each border that has no named one."""
    out = []
    pairs = {p for p, arcs in world.borders.items() if arcs} | set(borders)
    for pair in sorted(pairs - named_pairs):
        a, b = pair
        if a == b or a not in cities or b not in cities or a not in world.polygons or b not in world.polygons:
            continue
        km = borders.get(pair)
        arcs = world.borders.get(pair) or []
        if not arcs:
            gap, middle = outline_gap(world, a, b)
            if gap > 60:
                continue
            points = [middle]
        else:
            length = km or sum(distance_km(p, q) for arc in arcs for p, q in zip(arc, arc[1:]))
            points = spread_points(arcs, cities[a][2:0:-1], cities[b][2:0:-1],
                                   min(MAX_CROSSINGS, 1 + int(length // KM_PER_CROSSING)))
        modes = [m for m, ok in (("rail", has_rail_crossing(pair, rail)), ("road", pair not in NO_ROAD)) if ok]
        if not modes:
            continue
        for n, p in enumerate(points):
            mine = modes if n == 0 else [m for m in modes if m == "road"]
            if mine:
                out.append({"id": f"{a}-{b}-{n + 1}".lower(), "economy_a": a, "economy_b": b,
                            "name": f"{a}-{b} border" + ("" if len(points) == 1 else f" {n + 1}"),
                            "modes": "+".join(mine), "lat": p[1], "lon": p[0]})
    return out
