import { readFileSync } from 'node:fs';
import t from 'tap';
import { decode, FrameParser, type Message } from '../mavlink/index.ts';
import type { KindName, Sample } from './kinds.ts';
import { modeName } from './modes.ts';
import { Sampler } from './sampler.ts';
import { StatusTexts } from './texts.ts';

function flightSamples(): Map<KindName, Sample[]> {
  const tlog = readFileSync(new URL('../mavlink/testdata/flight-excerpt.tlog', import.meta.url));
  const byKind = new Map<KindName, Sample[]>();
  const sampler = new Sampler();
  new FrameParser().push(tlog, (frame) => {
    const message = decode(frame);
    if (message === null) return;
    for (const sample of sampler.take(message, 1_000_000, frame.sysid)) {
      byKind.set(sample.kind, [...(byKind.get(sample.kind) ?? []), sample]);
    }
  });
  return byKind;
}

t.test('a real flight gives samples that a person would recognise', async (t) => {
  const kinds = flightSamples();
  for (const kind of ['position', 'velocity', 'attitude', 'battery', 'gps', 'status', 'ekf', 'health', 'rc'] as const) {
    t.ok((kinds.get(kind)?.length ?? 0) > 0, `${kind} seen`);
  }
  for (const sample of kinds.get('position') ?? []) {
    const { latDeg, lonDeg, headingDeg } = sample.values as { latDeg: number; lonDeg: number; headingDeg: number };
    t.ok(Math.abs(latDeg) <= 90 && Math.abs(lonDeg) <= 180 && headingDeg >= 0 && headingDeg < 360);
  }
  t.match(kinds.get('battery')?.[0]?.values, { voltageV: Number, remainingPct: Number });
  t.match(kinds.get('status')?.at(-1)?.values, { mode: /^[A-Z]/, sysid: 1 });
});

t.test('what the autopilot marks as unknown is null', async (t) => {
  const fields = {
    time_boot_ms: 1,
    lat: 0,
    lon: 0,
    alt: 0,
    relative_alt: 0,
    vx: 0,
    vy: 0,
    vz: 0,
    hdg: 0xffff,
  };
  const message = { name: 'GLOBAL_POSITION_INT', msgid: 33, fields } as Message;
  t.match(new Sampler().take(message, 5), [{ kind: 'position', values: { headingDeg: null } }, { kind: 'velocity' }]);
});

t.test('modes are named as their own community writes them', async (t) => {
  t.equal(modeName(3, 3), 'AUTO');
  t.equal(modeName(3, 6), 'RTL');
  t.equal(modeName(12, (4 << 16) | (4 << 24)), 'AUTO.MISSION');
  t.equal(modeName(12, 3 << 16), 'POSCTL');
  t.equal(modeName(3, 99), 'mode 99');
});

t.test('status texts: chunks joined, a missing chunk marked, nothing held back for ever', async (t) => {
  const texts = new StatusTexts();
  const long = 'x'.repeat(50);
  const chunk = (id: number, chunk_seq: number, text: string) => ({ severity: 4, text, id, chunk_seq });
  t.match(texts.take(chunk(0, 0, 'EKF variance'), 1), [{ values: { text: 'EKF variance', severity: 'warning' } }]);
  t.same(texts.take(chunk(7, 0, long), 2), []);
  t.match(texts.take(chunk(7, 1, 'end'), 3), [{ values: { text: `${long}end` } }]);
  texts.take(chunk(8, 0, long), 4);
  t.same(texts.take(chunk(8, 2, long), 5), []);
  t.match(texts.take(chunk(9, 0, 'next'), 6), [{ values: { text: `${long}…${long}` } }, { values: { text: 'next' } }]);
  texts.take(chunk(10, 0, long), 1_000_000);
  t.same(texts.expire(1_500_000), []);
  t.match(texts.expire(2_500_000), [{ values: { text: long } }]);
});
