#!/usr/bin/env python3
"""Open maps of routes in headless Chromium: quiet, readable in light, dark and print, with a text
alternative and the legs as a table; the page of one route, and the map in the brief.

  check_map.py AUTARKY

Exit code 77: there is no Chromium here (a loud skip).
"""
import os
import subprocess
import sys
import tempfile

import browser
import check_page

ROUTES = (('BLR', 'NLD', '--closed', 'POL-BLR,LTU-BLR,LVA-BLR'), ('JPN', 'USA', '--closed', 'panama'),
          ('soligorsk', 'klaipeda'))
BRIEFS = ('BLR', 'ETH', 'JPN')
LINES = """[...document.querySelectorAll('#ID path.line')].map(e => getComputedStyle(e).stroke)"""
# Contrast of a map's lines and coasts with what they lie on; names that lie on a name or a dot, or
# leave the map; the map's drawing beyond its frame; what a screen reader is told.
MAP = """(() => {
  const light = c => { const [r, g, b] = c.match(/[0-9.]+/g).slice(0, 3).map(v => {
    v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const map = document.querySelector('#ID'), style = e => getComputedStyle(e);
  const grounds = ['rect.water', 'path.land'].map(q => light(style(map.querySelector(q)).fill));
  const least = (q, how) => Math.min(...[...map.querySelectorAll(q)].flatMap(e =>
    grounds.map(g => ratio(light(style(e)[how]), g))));
  const names = [...map.querySelectorAll('text.name')].map(e => e.getBoundingClientRect());
  const dots = [...map.querySelectorAll('circle.end')].map(e => e.getBoundingClientRect());
  const hit = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 &&
    b.top < a.bottom - 3;
  const box = map.getBoundingClientRect();
  return {lines: least('path.line', 'stroke'), names: least('text.name', 'fill'),
          ends: least('circle.end', 'fill'), n_names: names.length,
          on_names: names.filter((a, i) => names.some((b, k) => k < i && hit(a, b))).length,
          on_dots: names.filter(a => dots.some(b => hit(a, b))).length,
          outside: names.filter(a => a.left < box.left || a.right > box.right || a.top < box.top ||
                                     a.bottom > box.bottom).length,
          clipped: style(map.querySelector('svg')).overflow, role: map.getAttribute('role'),
          told: map.getAttribute('aria-labelledby').split(' ')
                  .map(id => document.getElementById(id).textContent.trim().length),
          rows: document.querySelectorAll('TABLE tbody tr').length, width: box.width,
          right: box.right, room: document.documentElement.clientWidth}; })()"""


def look(tab, svg, table, where, n_names):
    """The map as it is shown now."""
    m = tab.ask(MAP.replace('ID', svg).replace('TABLE', table))
    expect = check_page.expect
    expect(m['lines'] >= 3, f'{where}: lines of contrast {m["lines"]:.2f}')
    expect(m['names'] >= 4.5, f'{where}: names of contrast {m["names"]:.2f}')
    expect(m['ends'] >= 3, f'{where}: dots of contrast {m["ends"]:.2f}')
    expect(m['n_names'] >= n_names, f'{where}: {m["n_names"]} names, expected {n_names}')
    for what in ('on_names', 'on_dots', 'outside'):
        expect(m[what] == 0, f'{where}: {m[what]} names {what}')
    expect(m['clipped'] == 'hidden', f'{where}: the map draws outside of its frame')
    expect(m['role'] == 'img' and min(m['told']) > 10, f'{where}: no text alternative')
    expect(m['rows'] >= 1, f'{where}: no table of legs')
    expect(m['width'] > 250 and m['right'] <= m['room'] + 1,
           f'{where}: {m["width"]:.0f} wide to {m["right"]:.0f} of {m["room"]}')


def look_in_all_media(tab, page, svg, table, name, n_names):
    strokes = {}
    tab.open(page, width=1100)
    for kind, scheme in (('screen', 'light'), ('screen', 'dark'), ('print', 'light'),
                         ('print', 'dark')):
        tab.media(kind, scheme)
        look(tab, svg, table, f'{name}, {kind}, {scheme}', n_names)
        strokes[kind, scheme] = tab.ask(LINES.replace('ID', svg))
    check_page.expect(strokes['screen', 'light'] != strokes['screen', 'dark'],
                      f'{name}: the lines do not follow light and dark')
    check_page.expect(strokes['print', 'light'] == strokes['print', 'dark'],
                      f'{name}: the paper follows light and dark')
    ground = tab.ask('getComputedStyle(document.documentElement).backgroundColor')
    check_page.expect(ground == 'rgb(255, 255, 255)', f'{name}: paper is {ground}')


def check_map(tab, autarky, route, folder):
    page = os.path.join(os.path.realpath(folder), '-'.join(route[:2]) + '.html')
    name = ' to '.join(route[:2])
    subprocess.run([autarky, 'route', *route, '--map', page], check=True, stdout=subprocess.DEVNULL)
    for width in (1100, 390):
        tab.media()
        tab.open(page, width=width)
        check_page.check_quiet(tab, page)
        check_page.check_charts(tab, f'{name} at {width}', 1)
    for scheme in ('light', 'dark'):
        tab.media(scheme=scheme)
        least, where = tab.ask(check_page.CONTRAST)
        check_page.expect(least >= 4.5, f'{name}, {scheme}: contrast {least:.2f} of {where}')
    look_in_all_media(tab, page, 'routes-map', 'figure', name, 2)
    check_page.check_charts(tab, f'{name} on paper', 1)
    check_page.check_quiet(tab, page)


def check_brief(tab, autarky, economy, folder):
    page = os.path.join(os.path.realpath(folder), economy + '.html')
    subprocess.run([autarky, 'brief', economy, '--html', page], check=True,
                   stdout=subprocess.DEVNULL)
    # Of the economy and its ten markets, all but a few that lie too close have their names.
    look_in_all_media(tab, page, 'corridors-map', '#corridors', f'brief {economy}', 8)


def main():
    path = browser.find()
    if path is None:
        print('SKIPPED: needs the package chromium', file=sys.stderr)
        return 77
    with tempfile.TemporaryDirectory() as folder, browser.Browser(path) as tab:
        for route in ROUTES:
            check_map(tab, sys.argv[1], route, folder)
        for economy in BRIEFS:
            check_brief(tab, sys.argv[1], economy, folder)
    for problem in check_page.problems:
        print(problem, file=sys.stderr)
    return 1 if check_page.problems else 0


sys.exit(main())
