"""Distances, polygons and outlines on the sphere, in plain Python."""

import math

EARTH_RADIUS_KM = 6371.0088


def distance_km(a, b):
    """Great-circle distance of two (lon, lat) points."""
    lon1, lat1, lon2, lat2 = map(math.radians, (*a[:2], *b[:2]))
    h = (math.sin((lat2 - lat1) / 2) ** 2
         + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2)
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, h)))


def wrap(lon):
    """Longitude in [-180, 180)."""
    return (lon + 180.0) % 360.0 - 180.0


def nearest_on_segment(p, a, b):
    """Nearest point of segment ab to p, in the plane that is stretched as at p."""
    k = math.cos(math.radians(p[1]))
    ax, ay = wrap(a[0] - p[0]) * k, a[1] - p[1]
    bx, by = ax + wrap(b[0] - a[0]) * k, b[1] - p[1]
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    t = 0.0 if length2 == 0 else max(0.0, min(1.0, -(ax * dx + ay * dy) / length2))
    return (p[0] + (ax + t * dx) / k, p[1] + ay + t * dy)


def crossing_point(a, b, c, d):
    """Where segment ab crosses segment cd, and on which side of cd a lies; None when it does not."""
    shift = 360.0 * round((c[0] - a[0]) / 360.0)
    a = (a[0] + shift, a[1])
    b = (a[0] + wrap(b[0] - a[0] + shift), b[1])
    rx, ry, sx, sy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    det = rx * sy - ry * sx
    if det == 0:
        return None
    t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / det
    u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / det
    if not (0 <= t <= 1 and 0 <= u <= 1):
        return None
    side = sx * (a[1] - c[1]) - sy * (a[0] - c[0]) > 0
    return (wrap(a[0] + t * rx), a[1] + t * ry), side


def inside(p, ring):
    """Is the point inside the ring (even-odd)?"""
    x, y = p
    odd = False
    j = len(ring) - 1
    for i, (xi, yi) in enumerate(ring):
        xj, yj = ring[j]
        if (yi > y) != (yj > y) and x < (xj - xi) * (y - yi) / (yj - yi) + xi:
            odd = not odd
        j = i
    return odd


def ring_area(ring):
    """Area of a ring in square degrees at the equator's scale, unsigned."""
    total = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1]):
        total += (wrap(x2 - x1)) * (y1 + y2) / 2 * math.cos(math.radians((y1 + y2) / 2))
    return abs(total)


def simplify(line, tolerance):
    """Douglas and Peucker (1973), without recursion; keeps the ends."""
    keep = [False] * len(line)
    keep[0] = keep[-1] = True
    stack = [(0, len(line) - 1)]
    while stack:
        first, last = stack.pop()
        (ax, ay), (bx, by) = line[first], line[last]
        dx, dy = bx - ax, by - ay
        length = math.hypot(dx, dy)
        worst, where = tolerance, None
        for i in range(first + 1, last):
            px, py = line[i][0] - ax, line[i][1] - ay
            gap = abs(px * dy - py * dx) / length if length > 0 else math.hypot(px, py)
            if gap > worst:
                worst, where = gap, i
        if where is not None:
            keep[where] = True
            stack += [(first, where), (where, last)]
    return [p for p, k in zip(line, keep) if k]


class Topology:
    """Countries of a TopoJSON file (Natural Earth by world-atlas): rings and shared borders."""

    def __init__(self, topology, codes):
        scale, move = topology["transform"]["scale"], topology["transform"]["translate"]
        self.arcs = []
        for arc in topology["arcs"]:
            x = y = 0
            points = []
            for dx, dy in arc:
                x, y = x + dx, y + dy
                points.append((x * scale[0] + move[0], y * scale[1] + move[1]))
            self.arcs.append(points)
        self.polygons = {}  # code -> list of rings (outer ring only)
        users = {}          # arc -> set of codes
        for shape in topology["objects"]["countries"]["geometries"]:
            code = codes(shape)
            if code is None:
                continue
            parts = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
            for part in parts:
                self.polygons.setdefault(code, []).append(self.ring(part[0]))
                for ring in part:
                    for arc in ring:
                        users.setdefault(arc if arc >= 0 else ~arc, set()).add(code)
        self.borders = {}   # (code, code) -> list of arcs' points
        for arc, who in sorted(users.items()):
            if len(who) == 2:
                self.borders.setdefault(tuple(sorted(who)), []).append(self.arcs[arc])

    def ring(self, arcs):
        points = []
        for arc in arcs:
            line = self.arcs[arc] if arc >= 0 else self.arcs[~arc][::-1]
            points += line[1:] if points else line
        return points[:-1]
