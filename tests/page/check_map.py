#!/usr/bin/env python3
"""Open the page with a map of routes in headless Chromium: quiet, readable in light, dark and print.

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
LINES = """[...document.querySelectorAll('#routes-map path.line')].map(e => getComputedStyle(e).stroke)"""


def check_map(tab, autarky, route, folder):
    page = os.path.join(os.path.realpath(folder), '-'.join(route[:2]) + '.html')
    name = ' to '.join(route[:2])
    subprocess.run([autarky, 'route', *route, '--map', page], check=True, stdout=subprocess.DEVNULL)
    for width in (1100, 390):
        tab.media()
        tab.open(page, width=width)
        check_page.check_quiet(tab, page)
        check_page.check_charts(tab, f'{name} at {width}', 1)
    strokes = {}
    for scheme in ('light', 'dark'):
        tab.media(scheme=scheme)
        least, where = tab.ask(check_page.CONTRAST)
        check_page.expect(least >= 4.5, f'{name}, {scheme}: contrast {least:.2f} of {where}')
        strokes[scheme] = tab.ask(LINES)
    check_page.expect(strokes['light'] and strokes['light'] != strokes['dark'],
                      f'{name}: the lines do not follow light and dark')
    tab.media('print', 'dark')
    check_page.check_charts(tab, f'{name} on paper', 1)
    check_page.check_quiet(tab, page)


def main():
    path = browser.find()
    if path is None:
        print('SKIPPED: needs the package chromium', file=sys.stderr)
        return 77
    with tempfile.TemporaryDirectory() as folder, browser.Browser(path) as tab:
        for route in ROUTES:
            check_map(tab, sys.argv[1], route, folder)
    for problem in check_page.problems:
        print(problem, file=sys.stderr)
    return 1 if check_page.problems else 0


sys.exit(main())
