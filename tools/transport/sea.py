"""The sea: lanes cut at canals and straits, ports put on them, distances inside each basin."""

import csv
import heapq
import json
import math

from geometry import EARTH_RADIUS_KM, crossing_point, distance_km, nearest_on_segment, simplify, wrap

NEAR_LANE_KM = 260   # a port further from every lane lies inland
MERGE_DIGITS = 4


def key(p):
    return (round(wrap(p[0]), MERGE_DIGITS), round(p[1], MERGE_DIGITS))


def read_lanes(marnet, extra):
    """Segments ((lon, lat), (lon, lat)) of the published network and of our own lanes."""
    segments = set()
    for feature in json.load(open(marnet, encoding="utf-8"))["features"]:
        points = feature["geometry"]["coordinates"]
        for a, b in zip(points, points[1:]):
            a, b = key(a), key(b)
            if a != b:
                segments.add((min(a, b), max(a, b)))
    nodes = sorted({p for s in segments for p in s})
    lanes = {}
    with open(extra, newline="", encoding="utf-8") as f:
        for row in csv.DictReader(f):
            p = (float(row["lon"]), float(row["lat"]))
            if row["join"] == "1":
                p = min(nodes, key=lambda q: distance_km(p, q))
            lanes.setdefault(row["lane"], []).append(key(p))
    for corners in lanes.values():
        points = [key(p) for p in great_circle(corners)]
        for a, b in zip(points, points[1:]):
            segments.add((min(a, b), max(a, b)))
    return join_loose_ends(sorted(segments))


def great_circle(corners, step_km=300):
    """The corners with points between them along great circles, so that a drawn lane bends as it does."""
    def unit(p):
        lon, lat = math.radians(p[0]), math.radians(p[1])
        return (math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat))

    points = [corners[0]]
    for a, b in zip(corners, corners[1:]):
        n = max(1, math.ceil(distance_km(a, b) / step_km))
        angle, u, v = distance_km(a, b) / EARTH_RADIUS_KM, unit(a), unit(b)
        for i in range(1, n):
            wa, wb = math.sin((1 - i / n) * angle), math.sin(i / n * angle)
            x, y, z = (wa * p + wb * q for p, q in zip(u, v))
            points.append((math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))))
        points.append(b)
    return points


def nearest_lane(p, segments, allowed, limit_km):
    """(distance, index, point) of the nearest allowed segment within limit; index None if none."""
    best = (limit_km, None, None)
    stretch = math.cos(math.radians(p[1]))
    for i in allowed:
        a, b = segments[i]
        if min(a[1], b[1]) - p[1] > 2 or p[1] - max(a[1], b[1]) > 2:
            continue
        q = nearest_on_segment(p, a, b)
        if abs(wrap(q[0] - p[0])) * stretch + abs(q[1] - p[1]) > 3:
            continue
        d = distance_km(p, q)
        if d < best[0]:
            best = (d, i, q)
    return best


def split_at(segments, hits):
    """Cut segments at points: hits is index -> [(link node or None, point)]."""
    out = []
    for i, (a, b) in enumerate(segments):
        cuts = sorted(hits.get(i, []), key=lambda c: distance_km(a, c[1]))
        chain = [a] + [q for _, q in cuts] + [b]
        out += [(p, q) for p, q in zip(chain, chain[1:]) if p != q]
        out += [(node, q) for node, q in cuts if node != q]
    return out


def components(segments):
    """Component number of each segment; number 0 is the largest."""
    links = {}
    for a, b in segments:
        links.setdefault(a, []).append(b)
        links.setdefault(b, []).append(a)
    label, sizes = {}, []
    for start in sorted(links):
        if start in label:
            continue
        stack, size = [start], 0
        label[start] = len(sizes)
        while stack:
            node = stack.pop()
            size += 1
            for other in links[node]:
                if other not in label:
                    label[other] = len(sizes)
                    stack.append(other)
        sizes.append(size)
    order = sorted(range(len(sizes)), key=lambda i: (-sizes[i], i))
    rank = {c: r for r, c in enumerate(order)}
    return [rank[label[a]] for a, _ in segments]


def join_loose_ends(segments, near_km=6, far_km=60):
    """The published lanes touch without a shared node here and there: join dead ends to the lane
    beside them, then pieces that still hang alone to the rest."""
    degree = {}
    for a, b in segments:
        degree[a] = degree.get(a, 0) + 1
        degree[b] = degree.get(b, 0) + 1
    hits = {}
    for node in sorted(n for n, d in degree.items() if d == 1):
        others = [i for i, s in enumerate(segments) if node not in s]
        _, i, q = nearest_lane(node, segments, others, near_km)
        if i is not None:
            hits.setdefault(i, []).append((node, key(q)))
    segments = split_at(segments, hits)
    while True:
        label = components(segments)
        best = (far_km, None, None, None)
        main = [i for i, c in enumerate(label) if c == 0]
        for node in sorted({p for s, c in zip(segments, label) if c != 0 for p in s}):
            d, i, q = nearest_lane(node, segments, main, best[0])
            if i is not None:
                best = (d, i, q, node)
        if best[1] is None:
            return segments
        segments = split_at(segments, {best[1]: [(best[3], key(best[2]))]})


def cut_at_gates(segments, gates_file):
    """Split each segment where it crosses a gate; the two sides become distinct nodes.

    Returns segments and gates: id -> {name, toll, passes: [(point, node a, node b)]}.
    """
    gates = {}
    with open(gates_file, newline="", encoding="utf-8") as f:
        for row in csv.DictReader(f):
            line = ((float(row["lon1"]), float(row["lat1"])), (float(row["lon2"]), float(row["lat2"])))
            gates[row["id"]] = {"name": row["name"], "toll": row["toll"], "line": line, "passes": []}
    for gate_id, gate in gates.items():
        out = []
        for a, b in segments:
            hit = crossing_point(a[:2], b[:2], *gate["line"])
            if hit is None:
                out.append((a, b))
                continue
            point, a_side = hit
            point = key(point)
            n = len(gate["passes"])
            ends = [point + (f"{gate_id}:{n}:{s}",) for s in "ab"]
            gate["passes"].append((point, *ends))
            out += [(a, ends[0 if a_side else 1]), (ends[1 if a_side else 0], b)]
        segments = out
    return segments, gates


def attach(segments, ports):
    """Put each port on its nearest lane: a node at the port, a link to the lane.

    Returns segments and the ports that found one."""
    hits, placed = {}, []
    everything = range(len(segments))
    for port in ports:
        p = (port["lon"], port["lat"])
        _, i, q = nearest_lane(p, segments, everything, NEAR_LANE_KM)
        if i is None:
            continue
        node = key(p) + ("port:" + port["id"],)
        placed.append((port, node))
        hits.setdefault(i, []).append((node, key(q)))
    return split_at(segments, hits), placed


def contract(segments, kept):
    """Graph node -> {node: (km, polyline)} without dead ends and nodes of degree two."""
    graph = {}
    for a, b in segments:
        d = distance_km(a, b)
        if d < graph.get(a, {}).get(b, (math.inf,))[0]:
            graph.setdefault(a, {})[b] = (d, [a[:2], b[:2]])
            graph.setdefault(b, {})[a] = (d, [b[:2], a[:2]])
    return contract_again(graph, kept)


def contract_again(graph, kept):
    """The same graph without dead ends and nodes of degree two, those of `kept` excepted."""
    queue = sorted(graph, key=lambda n: (n[:2], len(n), n[2:]))
    while queue:
        node = queue.pop()
        links = graph.get(node)
        if links is None or node in kept or len(links) > 2:
            continue
        others = sorted(links.items(), key=lambda o: (o[0][:2], len(o[0]), o[0][2:]))
        for other, _ in others:
            del graph[other][node]
        del graph[node]
        if len(others) == 2:
            (a, (da, la)), (b, (db, lb)) = others
            if da + db < graph[a].get(b, (math.inf,))[0]:
                line = la[::-1] + lb[1:]
                graph[a][b] = (da + db, line)
                graph[b][a] = (da + db, line[::-1])
        queue += [o for o, _ in others]
    return graph


def distances(graph, source):
    """Kilometres from source to all it reaches, and the predecessors."""
    done, before, heap = {}, {}, [(0.0, 0, source, None)]
    n = 1
    while heap:
        d, _, node, prev = heapq.heappop(heap)
        if node in done:
            continue
        done[node], before[node] = d, prev
        for other, (length, _) in graph[node].items():
            if other not in done:
                heapq.heappush(heap, (d + length, n, other, node))
                n += 1
    return done, before


def keep_used(graph, terminals):
    """Only the edges that some shortest path between two terminals of a basin uses, and the
    distances between the terminals."""
    used, table = set(), {}
    for source in terminals:
        done, before = distances(graph, source)
        walked = set()  # of this source's tree
        for target in terminals:
            if target not in done or target == source:
                continue
            table[(source, target)] = done[target]
            node = target
            while before[node] is not None and node not in walked:
                walked.add(node)
                used.add((node, before[node]))
                used.add((before[node], node))
                node = before[node]
    slim = {}
    for a, links in graph.items():
        for b, value in links.items():
            if (a, b) in used:
                slim.setdefault(a, {})[b] = value
    return slim, table


def simplified(line, tolerance):
    """Thin a lane for drawing; longitudes are unwrapped so that it does not jump at 180."""
    flat = [line[0]]
    for p in line[1:]:
        flat.append((flat[-1][0] + wrap(p[0] - flat[-1][0]), p[1]))
    return simplify(flat, tolerance)
