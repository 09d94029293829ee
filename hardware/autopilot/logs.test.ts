/** Against a far end that behaves as ArduPilot does; lossy runs are seeded. SEED=n replays one. */
import { crc32 } from 'node:zlib';
import t from 'tap';
import { fileOf } from './log-files.ts';
import { LogClient, type LogSink } from './logs.ts';
import { FarLogs } from './testing/far-logs.ts';
import { type Faults, Line } from './testing/line.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const POOR: Faults = { lossPct: 5, duplicatePct: 3, reorderPct: 5 };

class Memory implements LogSink {
  bytes = new Uint8Array(0);
  full = false;

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    if (this.full) throw new Error('ENOSPC');
    if (offset > this.bytes.length) throw new Error(`a hole before ${offset}`);
    const grown = new Uint8Array(Math.max(this.bytes.length, offset + bytes.length));
    grown.set(this.bytes);
    grown.set(bytes, offset);
    this.bytes = grown;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    return this.bytes.slice(offset, offset + length);
  }
}

function begin(far: FarLogs, o: { faults?: Faults; seed?: number; hasFtp?: boolean } = {}) {
  const line = new Line(far, o.faults ?? {}, o.seed ?? SEED);
  far.nowMs = () => line.nowMs;
  const vehicle: { armed: boolean | null } = { armed: false };
  const logs = line.connect(
    new LogClient({ ...line.options, armed: () => vehicle.armed, hasFtp: () => o.hasFtp ?? false }),
  );
  return { line, logs, vehicle, into: new Memory() };
}

t.test('the list', async (t) => {
  const { line, logs } = begin(new FarLogs(100, 2_000, 30));
  t.strictSame(await line.until(logs.list()), {
    ok: true,
    logs: [
      { id: 1, sizeBytes: 100, startedUtcS: 1_700_000_001 },
      { id: 2, sizeBytes: 2_000, startedUtcS: 1_700_000_002 },
      { id: 3, sizeBytes: 30, startedUtcS: 1_700_000_003 },
    ],
  });
  const none = begin(new FarLogs());
  t.strictSame(await none.line.until(none.logs.list()), { ok: true, logs: [] });
  const mute = begin(new FarLogs(1), { faults: { lossPct: 100 } });
  t.match(await mute.line.until(mute.logs.list()), { ok: false, code: 'no-answer' });
});

t.test(`the list over a poor line, 20 runs from SEED=${SEED}`, async (t) => {
  for (let run = 0; run < 20; run++) {
    const far = new FarLogs(...Array.from({ length: 60 }, (_, index) => index));
    const { line, logs } = begin(far, { faults: POOR, seed: SEED + run });
    const listed = await line.until(logs.list());
    const right = listed.ok && listed.logs.length === 60 && listed.logs.every((log, i) => log.sizeBytes === i);
    t.ok(right, `SEED=${SEED + run}`);
  }
});

t.test('a log, byte for byte; END comes after it', async (t) => {
  const far = new FarLogs(10, 150_001);
  const { line, logs, into } = begin(far);
  const progress: number[] = [];
  const fetched = await line.until(logs.fetch(2, { into, onProgress: (bytes) => progress.push(bytes) }));
  const log = far.logs[1] ?? new Uint8Array(0);
  t.strictSame(fetched, { ok: true, bytes: 150_001, crc: crc32(log), verified: 'second-look' });
  t.strictSame(into.bytes, log);
  t.strictSame(progress, [46_080, 92_160, 138_240, 150_001]);
  t.equal(line.names().at(-1), 'LOG_REQUEST_END');
  t.equal(logs.busy, false);
});

t.test('with MAVFTP the checksum of its own file proves it', async (t) => {
  const far = new FarLogs(10, 100_000, 20);
  const { line, logs, into } = begin(far, { hasFtp: true });
  const fetched = await line.until(logs.fetch(2, { into }));
  t.match(fetched, { ok: true, bytes: 100_000, verified: 'checksum' });
  t.equal(
    far.requests.reduce((sum, { count }) => sum + count, 0),
    100_000,
    'and nothing is read twice for it',
  );
});

for (const via of ['messages', 'ftp'] as const) {
  t.test(`${via} over a poor line, 10 runs from SEED=${SEED}`, async (t) => {
    let left = 0;
    for (let run = 0; run < 10; run++) {
      const far = new FarLogs(10, 60_000 + run);
      const { line, logs, into } = begin(far, { faults: POOR, seed: SEED + run, hasFtp: via === 'ftp' });
      const fetched = await line.until(logs.fetch(2, { into, via }));
      t.match(fetched, { ok: true, bytes: 60_000 + run }, `SEED=${SEED + run}`);
      t.same(Buffer.compare(into.bytes, far.logs[1] ?? new Uint8Array(0)), 0, `SEED=${SEED + run}`);
      if (far.session !== null) left++;
    }
    t.ok(left <= 1, `${left} sessions left open, for the autopilot to close after 3 s`);
  });
}

t.test('interrupted and resumed until it is whole; each stop within a second of time', async (t) => {
  for (const via of ['messages', 'ftp'] as const) {
    const far = new FarLogs(10, 400_000);
    const { line, logs, into } = begin(far, { faults: { lossPct: 3 }, hasFtp: true });
    let from = 0;
    let stops = 0;
    for (;;) {
      const fetch = logs.fetch(2, { into, from, via });
      if (stops < 4) {
        await line.run(2_000);
        const askedMs = line.nowMs;
        await line.until(logs.stop(), 1_000);
        t.ok(line.nowMs - askedMs <= 1_000, `${line.nowMs - askedMs} ms`);
        t.equal(logs.busy, false);
        stops++;
      }
      const fetched = await line.until(fetch);
      t.ok(fetched.bytes >= from, `${via}: ${fetched.bytes} bytes`);
      from = fetched.bytes;
      if (fetched.ok) {
        t.equal(fetched.crc, crc32(far.logs[1] ?? new Uint8Array(0)), 'of the whole, the resumed part included');
        break;
      }
      t.equal(fetched.code, 'stopped');
    }
    // One may be lost; log data that goes on is answered with another (log-end.ts).
    t.ok(line.names().filter((name) => name === 'LOG_REQUEST_END').length >= stops, 'told each time');
  }
});

t.test('not while armed, nor while it is not known; arming ends a transfer at once', async (t) => {
  const far = new FarLogs(10, 400_000);
  const { line, logs, into, vehicle } = begin(far);
  for (const armed of [true, null]) {
    vehicle.armed = armed;
    t.match(await logs.list(), { ok: false, code: 'armed' });
    t.match(await logs.fetch(2, { into }), { ok: false, code: 'armed', bytes: 0 });
  }
  t.equal(line.sent.length, 0);
  vehicle.armed = false;
  const fetch = logs.fetch(2, { into });
  await line.run(300);
  vehicle.armed = true;
  const armedMs = line.nowMs;
  const fetched = await line.until(fetch);
  t.match(fetched, { ok: false, code: 'armed' });
  t.ok(fetched.bytes > 0 && fetched.bytes === into.bytes.length, 'what came is kept');
  t.ok(line.nowMs - armedMs <= 200);
  t.notOk(line.names().includes('LOG_REQUEST_END'), 'an armed ArduPilot would only complain');
});

t.test('one at a time', async (t) => {
  const { line, logs, into } = begin(new FarLogs(10, 50_000));
  const fetch = logs.fetch(2, { into });
  t.equal(logs.busy, true);
  t.match(await logs.fetch(1, { into: new Memory() }), { ok: false, code: 'too-many' });
  t.match(await logs.list(), { ok: false, code: 'too-many' });
  t.ok((await line.until(fetch)).ok);
});

t.test('what is there already must be of the same log', async (t) => {
  const far = new FarLogs(10, 100_000);
  const { line, logs, into } = begin(far);
  into.bytes = (far.logs[1] ?? new Uint8Array(0)).slice(0, 30_000);
  t.match(await line.until(logs.fetch(2, { into, from: 30_000 })), { ok: true, bytes: 100_000 });
  into.bytes.fill(7, 29_000, 29_001);
  t.match(await line.until(logs.fetch(2, { into, from: 30_000 })), { ok: false, code: 'changed', bytes: 0 });
  t.match(await line.until(logs.fetch(1, { into, from: 30_000 })), { ok: false, code: 'changed' }, 'longer than it');
  t.match(await line.until(logs.fetch(9, { into })), { ok: false, code: 'no-such-log' });
});

t.test('damage that the checksum of a frame let pass is found and mended', async (t) => {
  const far = new FarLogs(10, 200_000);
  const log = far.logs[1] ?? new Uint8Array(0);
  let damaged = 0;
  // Once, in the first piece: the second look always covers it.
  far.damage = (bytes, ofs) => {
    if (ofs !== 0 || damaged++ > 0) return;
    bytes[5] = (bytes[5] ?? 0) ^ 0x40;
  };
  const { line, logs, into } = begin(far);
  const fetched = await line.until(logs.fetch(2, { into }));
  t.match(fetched, { ok: true, crc: crc32(log), verified: 'second-look' });
  t.same(Buffer.compare(into.bytes, log), 0);
  t.ok(damaged > 1);
});

t.test('damage anywhere is found when there is a checksum', async (t) => {
  const far = new FarLogs(10, 200_000);
  const log = far.logs[1] ?? new Uint8Array(0);
  let damaged = 0;
  far.damage = (bytes, ofs) => {
    if (ofs !== 90 * 777 || damaged++ > 0) return;
    bytes[5] = (bytes[5] ?? 0) ^ 0x40;
  };
  const { line, logs, into } = begin(far, { hasFtp: true });
  t.match(await line.until(logs.fetch(2, { into })), { ok: true, crc: crc32(log), verified: 'checksum' });
  t.same(Buffer.compare(into.bytes, log), 0);
});

t.test('the other way is tried when one gives no answer', async (t) => {
  const far = new FarLogs(10, 30_000);
  far.mute = true;
  const { line, logs, into } = begin(far, { hasFtp: true });
  t.match(await line.until(logs.fetch(2, { into })), { ok: true, bytes: 30_000, verified: 'checksum' });
  const without = begin(far);
  t.match(await without.line.until(without.logs.fetch(2, { into: without.into })), { ok: false, code: 'no-answer' });
});

t.test('a log shorter than announced, a full disk, a closed link, an abort, close()', async (t) => {
  const far = new FarLogs(10, 60_000);
  const full = begin(far);
  full.into.full = true;
  t.match(await full.line.until(full.logs.fetch(2, { into: full.into })), { ok: false, code: 'disk', bytes: 0 });

  const cut = begin(far);
  const fetch = cut.logs.fetch(2, { into: cut.into });
  await cut.line.run(150);
  cut.line.isOpen = false;
  t.match(await cut.line.until(fetch), { ok: false, code: 'no-link' });
  t.equal(cut.logs.busy, false);

  const left = begin(far);
  const abort = new AbortController();
  const aborted = left.logs.fetch(2, { into: left.into, signal: abort.signal });
  await left.line.run(150);
  abort.abort();
  t.match(await left.line.until(aborted, 1_000), { ok: false, code: 'aborted' });

  const closing = begin(far);
  const closed = closing.logs.fetch(2, { into: closing.into });
  await closing.line.run(150);
  closing.logs.close();
  t.match(await closed, { ok: false, code: 'stopped' });
  t.equal(closing.line.names().at(-1), 'LOG_REQUEST_END');

  const short = begin(far);
  const list = far.logs[1] ?? new Uint8Array(0);
  const shortened = short.logs.fetch(2, { into: short.into });
  await short.line.run(100);
  far.logs[1] = list.subarray(0, 50_000);
  t.match(await short.line.until(shortened), { ok: false, code: 'short', bytes: 50_000 });
});

t.test('which file a log is: only when numbers and sizes agree', async (t) => {
  const entry = (id: number, sizeBytes: number) => ({ id, sizeBytes, startedUtcS: null });
  const logs = [entry(1, 10), entry(2, 20), entry(3, 30)];
  const files = [
    { name: 'LASTLOG.TXT', sizeBytes: 3 },
    { name: '00000009.BIN', sizeBytes: 31 },
    { name: '00000008.BIN', sizeBytes: 20 },
    { name: '00000007.BIN', sizeBytes: 10 },
  ];
  t.equal(fileOf(entry(2, 20), logs, files), '00000008.BIN');
  t.equal(fileOf(entry(3, 30), logs, files), '00000009.BIN', 'the newest may still grow');
  t.equal(fileOf(entry(1, 10), logs, files.slice(1, 3)), null, 'one is missing');
  t.equal(fileOf(entry(1, 11), [entry(1, 11), ...logs.slice(1)], files), null, 'another size');
});
