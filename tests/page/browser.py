"""A headless Chromium on a pair of pipes: enough of its protocol to look at one page of ours."""
import json
import os
import shutil
import subprocess
import tempfile
import time

FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
         '--disable-background-networking', '--disable-component-update', '--disable-sync',
         '--disable-default-apps', '--disable-extensions', '--hide-scrollbars', '--mute-audio',
         '--force-device-scale-factor=1', '--remote-debugging-pipe']


def find():
    """Path of the browser, None where there is none."""
    return shutil.which('chromium') or shutil.which('chromium-browser')


class Browser:
    """One tab. `events` collects whatever the browser tells."""

    def __init__(self, path, timeout_s=60):
        self.deadline = time.monotonic() + timeout_s
        self.folder = tempfile.mkdtemp(prefix='autarky-page-')
        to_child, self.write_fd = os.pipe()
        self.read_fd, from_child = os.pipe()

        def take_pipes():  # the protocol's pipes are file descriptors 3 and 4
            a, b = os.dup(to_child), os.dup(from_child)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            [path, *FLAGS, f'--user-data-dir={self.folder}/profile', 'about:blank'],
            preexec_fn=take_pipes, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_child)
        os.close(from_child)
        self.buffer, self.next_id, self.events, self.session = b'', 1, [], None
        target = self.call('Target.createTarget', url='about:blank')['targetId']
        self.session = self.call('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.call(domain + '.enable')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.write_fd)
        os.close(self.read_fd)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _message(self):
        while b'\0' not in self.buffer:
            if time.monotonic() > self.deadline:
                raise TimeoutError('the browser does not answer')
            bytes_read = os.read(self.read_fd, 1 << 16)
            if not bytes_read:
                raise EOFError('the browser left')
            self.buffer += bytes_read
        text, self.buffer = self.buffer.split(b'\0', 1)
        return json.loads(text)

    def call(self, method, **params):
        """Send a command, collect events until its answer is there."""
        message = {'id': self.next_id, 'method': method, 'params': params}
        if self.session:
            message['sessionId'] = self.session
        self.next_id += 1
        os.write(self.write_fd, json.dumps(message).encode() + b'\0')
        while True:
            answer = self._message()
            if answer.get('id') == message['id']:
                if 'error' in answer:
                    raise RuntimeError(f'{method}: {answer["error"]["message"]}')
                return answer['result']
            self.events.append(answer)

    def wait_for(self, method):
        while not any(event.get('method') == method for event in self.events):
            self.events.append(self._message())

    def open(self, path, width=900, height=1200):
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        self.events.clear()
        self.call('Page.navigate', url='file://' + os.path.abspath(path))
        self.wait_for('Page.loadEventFired')

    def media(self, kind='screen', scheme='light'):
        self.call('Emulation.setEmulatedMedia', media=kind,
                  features=[{'name': 'prefers-color-scheme', 'value': scheme}])

    def ask(self, expression):
        """The value of a JavaScript expression."""
        answer = self.call('Runtime.evaluate', expression=expression, returnByValue=True)
        if 'exceptionDetails' in answer:
            raise RuntimeError(answer['exceptionDetails']['text'])
        return answer['result'].get('value')
