#!/usr/bin/env python3
"""Take the picture that the README shows: picture.py AUTARKY OUT.png

The page on Belarus down to the chart of the series, without its tables.
"""
import base64
import os
import subprocess
import sys
import tempfile

import browser

WIDTH = 860
HIDE = """document.querySelectorAll('table, details, #series p ~ p, #series > .scroll, #blocs')
  .forEach(e => { e.style.display = 'none'; });
document.querySelectorAll('#blocs ~ *').forEach(e => { e.style.display = 'none'; })"""
BOTTOM = "Math.ceil(document.querySelector('#series figure').getBoundingClientRect().bottom + 24)"


def main():
    autarky, out = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder, browser.Browser(browser.find()) as tab:
        page = os.path.join(folder, 'page.html')
        subprocess.run([autarky, 'brief', 'BLR', '--html', page], check=True,
                       stdout=subprocess.DEVNULL)
        tab.media()
        tab.open(page, width=WIDTH)
        tab.ask(HIDE)
        clip = {'x': 0, 'y': 0, 'width': WIDTH, 'height': tab.ask(BOTTOM), 'scale': 1}
        picture = tab.call('Page.captureScreenshot', captureBeyondViewport=True, clip=clip)['data']
    with open(out, 'wb') as file:
        file.write(base64.b64decode(picture))


main()
