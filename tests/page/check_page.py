#!/usr/bin/env python3
"""Open the brief's page in headless Chromium: it is quiet, asks nobody, and shows its charts.

  check_page.py AUTARKY ECONOMY...

Exit code 77: there is no Chromium here (a loud skip).
"""
import os
import subprocess
import sys
import tempfile

import browser

CHARTS = """[...document.querySelectorAll('svg.autk-chart')].map(svg => {
  const box = svg.getBoundingClientRect();
  const parts = [...svg.querySelectorAll('path,rect,circle,line,text')]
    .filter(e => !e.closest('defs'));
  const seen = parts.filter(e => { const b = e.getBBox(); return b.width > 0 || b.height > 0; });
  const outside = [...svg.querySelectorAll('text')].filter(e => {
    const b = e.getBoundingClientRect();
    return b.left < box.left - 2 || b.right > box.right + 2;
  }).map(e => e.textContent);
  return {id: svg.id, width: box.width, height: box.height, seen: seen.length, outside,
          title: svg.querySelector('title').textContent.length,
          desc: svg.querySelector('desc').textContent.length};
})"""
CONTRAST = """(() => {
  const light = c => { const [r, g, b] = c.match(/[0-9.]+/g).slice(0, 3).map(v => {
    v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = light(getComputedStyle(document.documentElement).backgroundColor);
  return [...document.querySelectorAll('h1,p,td,th,a,figcaption,summary,.verdict,svg text')]
    .map(e => { const s = getComputedStyle(e);
      const ink = light(e.namespaceURI.endsWith('svg') ? s.fill : s.color);
      const [a, b] = ink > ground ? [ink, ground] : [ground, ink];
      return [(a + 0.05) / (b + 0.05), e.tagName + '.' + e.getAttribute('class')]; })
    .reduce((least, one) => one[0] < least[0] ? one : least, [99, '']);
})()"""

problems = []


def expect(good, text):
    if not good:
        problems.append(text)


def check_quiet(tab, page):
    for event in tab.events:
        method, params = event.get('method'), event.get('params', {})
        if method == 'Network.requestWillBeSent':
            url = params['request']['url']
            expect(url == 'file://' + page or url.startswith('data:'), f'the page asked for {url}')
        if method in ('Runtime.exceptionThrown', 'Runtime.consoleAPICalled'):
            problems.append(f'the page said {params}')
        if method == 'Log.entryAdded':
            problems.append('console: ' + params['entry']['text'])


def check_charts(tab, where, at_least):
    charts = tab.ask(CHARTS)
    expect(len(charts) >= at_least, f'{where}: {len(charts)} charts, expected {at_least} or more')
    for chart in charts:
        name = f'{where}: {chart["id"]}'
        expect(chart['width'] > 250 and chart['height'] > 40,
               f'{name} is {chart["width"]:.0f} x {chart["height"]:.0f}')
        expect(chart['seen'] >= 8, f'{name} shows {chart["seen"]} parts')
        expect(not chart['outside'], f'{name}: text outside: {chart["outside"]}')
        expect(chart['title'] > 10 and chart['desc'] > 20, f'{name} has no title or description')
    return charts


def check_page(tab, autarky, economy, folder):
    page = os.path.join(os.path.realpath(folder), economy + '.html')
    subprocess.run([autarky, 'brief', economy, '--html', page], check=True,
                   stdout=subprocess.DEVNULL)
    for width in (1100, 390):
        tab.media()
        tab.open(page, width=width)
        check_quiet(tab, page)
        check_charts(tab, f'{economy} at {width}', 2)
        wide = tab.ask('document.documentElement.scrollWidth - innerWidth')
        expect(wide <= 0, f'{economy} at {width}: the page is {wide} pixels too wide')
    for scheme in ('light', 'dark'):
        tab.media(scheme=scheme)
        least, where = tab.ask(CONTRAST)
        expect(least >= 4.5, f'{economy}, {scheme}: contrast {least:.2f} of {where}')
        dark = tab.ask('matchMedia("(prefers-color-scheme: dark)").matches')
        expect(dark == (scheme == 'dark'), f'{economy}: {scheme} is not {scheme}')
    tab.media('print', 'dark')
    ground = tab.ask('getComputedStyle(document.documentElement).backgroundColor')
    expect(ground == 'rgb(255, 255, 255)', f'{economy}: paper is {ground}')
    check_charts(tab, f'{economy} on paper', 2)
    expect(len(tab.call('Page.printToPDF')['data']) > 10000, f'{economy}: nothing was printed')
    check_quiet(tab, page)


def main():
    path = browser.find()
    if path is None:
        print('SKIPPED: needs the package chromium', file=sys.stderr)
        return 77
    with tempfile.TemporaryDirectory() as folder, browser.Browser(path) as tab:
        for economy in sys.argv[2:]:
            check_page(tab, sys.argv[1], economy, folder)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
