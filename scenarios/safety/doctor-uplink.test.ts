/** `skein-agent doctor` and ways to the controller that are broken in one way each: real servers, brokers, certificates. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { connect, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { createAuthority, selfSigned } from '../kit/certificates.ts';
import { type Case, eachIsNamed } from '../kit/doctor-cases.ts';
import { broker, type Server, type SetUp, serve } from '../kit/doctor-setup.ts';
import { freePort } from '../kit/ports.ts';
import { until } from '../kit/until.ts';

const plain = (served: Served): readonly Case[] => [
  {
    name: 'a name that nobody knows',
    code: 'broker-unknown',
    words: /Nobody knows the name fleet\.example/,
    remedy: /getent hosts fleet\.example/,
    given(at) {
      at.settings['uplink.url'] = '"mqtt://fleet.example:1883"';
      at.ports.lookup = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
    },
  },
  {
    name: 'no DNS server answers',
    code: 'broker-no-dns',
    words: /could not be looked up/,
    remedy: /resolvectl status/,
    given(at) {
      at.settings['uplink.url'] = '"mqtt://fleet.example:1883"';
      at.ports.stepMs = 1_000;
      at.ports.lookup = () => new Promise(() => {});
    },
  },
  {
    name: 'nothing listens there',
    code: 'broker-refused',
    words: /nothing listens on its port/,
    remedy: /start the controller/,
    async given(at) {
      const gone = await serve(() => {});
      await gone.close();
      at.settings['uplink.url'] = `"mqtt://127.0.0.1:${gone.port}"`;
    },
  },
  {
    name: 'something that says nothing',
    code: 'broker-silent',
    words: /says nothing/,
    remedy: /1883/,
    given: (at) =>
      served(
        at,
        'mqtt',
        serve(() => {}),
      ),
  },
  {
    name: 'something that hangs up',
    code: 'broker-cuts',
    words: /cuts it/,
    remedy: /mqtts:\/\//,
    given: (at) =>
      served(
        at,
        'mqtt',
        serve((socket: Socket) => socket.once('data', () => socket.destroy())),
      ),
  },
  {
    name: 'a wrong password',
    code: 'mqtt-login',
    words: /refuses the user name or password/,
    remedy: /uplink\.password/,
    given: (at) => served(at, 'mqtt', broker({ connack: 4 })),
  },
  {
    name: 'somebody whom the broker does not let in',
    code: 'mqtt-denied',
    words: /refuses a login without user name and password/,
    remedy: /uplink\.username = "kite-1"/,
    given: (at) => served(at, 'mqtt', broker({ connack: 5 })),
  },
  {
    name: 'a topic root that the broker does not grant',
    code: 'mqtt-topic',
    words: /nothing below skein\/1\/kite-1\/down/,
    remedy: /uplink\.topicRoot/,
    given: (at) => served(at, 'mqtt', broker({ topics: false })),
  },
  {
    name: 'its own user name and password let it in, as the agent, and no topic is granted',
    code: 'mqtt-topic',
    words: /takes kite-1, and lets it read nothing/,
    remedy: /uplink\.topicRoot/,
    given(at) {
      at.settings['uplink.username'] = '"heron"';
      at.settings['uplink.password'] = '"a word"';
      return served(at, 'mqtt', broker({ topics: false, login: ['heron', 'a word'] }));
    },
  },
  {
    name: 'another password than the broker has',
    code: 'mqtt-denied',
    words: /refuses this name or password \(heron\)/,
    remedy: /set uplink\.password to what the broker has for heron/,
    given(at) {
      at.settings['uplink.username'] = '"heron"';
      at.settings['uplink.password'] = '"other"';
      return served(at, 'mqtt', broker({ login: ['heron', 'a word'] }));
    },
  },
];

type Served = (at: SetUp, scheme: string, begun: Promise<Server>, host?: string) => Promise<void>;

/** Servers of a test, which end with it. */
function serving(t: Test): Served {
  return async (at, scheme, begun, host = 'localhost') => {
    const server = await begun;
    t.teardown(() => server.close());
    at.settings['uplink.url'] = `"${scheme}://${host}:${server.port}"`;
  };
}

t.test('each broken way to the controller is named, with its remedy', (t) => eachIsNamed(t, plain(serving(t))));

t.test('TLS, reason by reason', async (t) => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sd-'));
  t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
  const known = createAuthority(path.join(dir, 'known'), 'Skein test CA');
  const stranger = createAuthority(path.join(dir, 'stranger'), 'Somebody else');
  const served = serving(t);
  const good = known.issue({ host: 'localhost' });
  const strange = stranger.issue({ host: 'localhost' });
  const soon = new Date(Date.now() + 3 * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '');
  const secured = (pair: typeof good) => async (at: SetUp) => {
    at.ports.ca = known.ca;
    await served(at, 'mqtts', broker({ tls: pair }));
  };
  /** Node ends such a connection without an alert; OpenSSL's own server says why, as most brokers do. */
  const wantsCertificate = async (at: SetUp) => {
    at.ports.ca = known.ca;
    fs.writeFileSync(path.join(dir, 'good.key'), good.key);
    fs.writeFileSync(path.join(dir, 'good.pem'), good.cert);
    const port = await freePort();
    const files = ['-key', path.join(dir, 'good.key'), '-cert', path.join(dir, 'good.pem')];
    const args = [
      's_server',
      '-accept',
      `127.0.0.1:${port}`,
      ...files,
      '-Verify',
      '1',
      '-verify_return_error',
      '-quiet',
    ];
    const child = spawn('openssl', args, { stdio: ['pipe', 'ignore', 'ignore'] });
    const ended = new Promise((resolve) => child.on('close', resolve));
    t.teardown(async () => {
      child.kill();
      await ended;
    });
    at.settings['uplink.url'] = `"mqtts://localhost:${port}"`;
    await until(() => listens(port), { timeoutMs: 20_000, what: 'the server of openssl' });
  };
  await eachIsNamed(t, [
    {
      name: 'a certificate that has ended',
      code: 'tls-expired',
      words: /ended on 2021-01-01/,
      remedy: /renew the certificate/,
      given: secured(known.issue({ host: 'localhost', to: '20210101000000Z' })),
    },
    {
      name: 'a certificate that has not begun: the clock of the board is behind',
      code: 'tls-not-yet',
      words: /begins on 2048-01-01, later than this board believes/,
      remedy: /sudo date -u -s/,
      given: secured(known.issue({ host: 'localhost', from: '20480101000000Z' })),
    },
    {
      name: 'a certificate for another name',
      code: 'tls-host',
      words: /made out for fleet\.example, not for localhost/,
      remedy: /mqtts:\/\/fleet\.example:/,
      given: secured(known.issue({ host: 'fleet.example' })),
    },
    {
      name: 'a certificate of an unknown authority',
      code: 'tls-ca',
      words: /signed by Somebody else, whom this board does not know/,
      remedy: /NODE_EXTRA_CA_CERTS=\/etc\/skein\/ca\.pem/,
      given: secured(strange),
    },
    {
      name: 'a certificate of an unknown authority, with the authority behind it',
      code: 'tls-ca',
      words: /signed by Somebody else, whom this board does not know/,
      remedy: /save the certificate of the authority/,
      given: secured({ ...strange, cert: strange.cert + stranger.ca }),
    },
    {
      name: 'a certificate that signs itself',
      code: 'tls-ca',
      words: /\(localhost\) is signed by itself/,
      remedy: /Compare its fingerprint/,
      given: secured(selfSigned(path.join(dir, 'own'), 'localhost')),
    },
    {
      name: 'a broker that wants a certificate of the drone',
      code: 'tls-client-certificate',
      words: /wants a certificate of the drone/,
      remedy: /require_certificate false/,
      given: wantsCertificate,
    },
    {
      name: 'a plain port behind mqtts://',
      code: 'tls-none',
      words: /does not speak TLS/,
      remedy: /8883/,
      given: (at) =>
        served(
          at,
          'mqtts',
          serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
        ),
    },
    {
      name: 'a broker without TLS behind mqtts://',
      code: 'broker-cuts',
      words: /cuts it in the middle of TLS/,
      remedy: /the port speaks no TLS: uplink\.url = "mqtt:\/\/localhost:\d+".*8883/,
      given: (at) => served(at, 'mqtts', broker()),
    },
    {
      name: 'a port with TLS behind mqtt://',
      code: 'broker-cuts',
      words: /cuts it/,
      remedy: /mqtts:\/\//,
      given: (at) => served(at, 'mqtt', broker({ tls: good })),
    },
    {
      name: 'a certificate that ends in three days',
      code: 'tls-ends-soon',
      words: /ends in 2 days/,
      remedy: /renew it/,
      given: secured(known.issue({ host: 'localhost', to: soon })),
    },
  ]);
});

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
