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

const value = (name: string, fields: Record<string, unknown>): Record<string, unknown> =>
  (new Sampler().take({ name, msgid: 0, fields } as unknown as Message, 5)[0]?.values ?? {}) as Record<string, unknown>;

t.test('no position yet is no position, not a point in the Gulf of Guinea', async (t) => {
  const nowhere = { time_boot_ms: 1, lat: 0, lon: 0, alt: 210, relative_alt: 0, vx: 0, vy: 0, vz: 0, hdg: 9_000 };
  t.match(value('GLOBAL_POSITION_INT', nowhere), { latDeg: null, lonDeg: null, altAmslM: 0.21, headingDeg: 90 });
  t.match(value('GLOBAL_POSITION_INT', { ...nowhere, lon: 70_000_000 }), { latDeg: 0, lonDeg: 7 });
  const receiver = { lat: 0, lon: 0, alt: 0, eph: 9_999, epv: 9_999, vel: 0, cog: 0, satellites_visible: 0 };
  const none = { latDeg: null, lonDeg: null, altAmslM: null, groundSpeedMps: null, courseDeg: null };
  t.match(value('GPS_RAW_INT', { ...receiver, fix_type: 1 }), { fix: 'no-fix', satellites: 0, ...none });
  const fixed = { ...receiver, fix_type: 3, lat: 436_155_918, lon: 70_719_912, alt: 20_880, cog: 3_595, vel: 763 };
  t.match(value('GPS_RAW_INT', fixed), { latDeg: 43.6155918, altAmslM: 20.88, groundSpeedMps: 7.63, courseDeg: 35.95 });
});

t.test('mission length: not told, none, and some are three things', async (t) => {
  const current = { seq: 0, total: 15, mission_state: 2, mission_mode: 0 };
  t.match(value('MISSION_CURRENT', current), { total: 15, state: 'not-started' });
  t.match(value('MISSION_CURRENT', { ...current, total: 0xffff, mission_state: 1 }), { total: 0, state: 'no-mission' });
  t.match(value('MISSION_CURRENT', { ...current, total: 0 }), { total: 0 }, 'a state is told, so the length is too');
  t.match(value('MISSION_CURRENT', { ...current, total: 0, mission_state: 0 }), { total: null, state: 'unknown' });
  t.match(value('MISSION_CURRENT', { seq: 0 }), { total: null });
});

t.test('a pack above 65 V told in parts is a pack, not cells', async (t) => {
  const rest = new Array<number>(8).fill(0xffff);
  const fields = { id: 0, current_battery: -1, current_consumed: -1, energy_consumed: -1, battery_remaining: -1 };
  const battery = (voltages: number[]) => value('BATTERY_STATUS', { ...fields, temperature: 0x7fff, voltages });
  t.match(battery([65_534, 4_466, ...rest]), { voltageV: 70, cellsV: null, currentA: null, temperatureC: null });
  t.match(battery([4_000, 4_250, ...rest]), { voltageV: 8.25, cellsV: [4, 4.25] });
});

t.test('bearings are 0 to 360, no number is null, PX4 flags say what ours say', async (t) => {
  const sampler = new Sampler();
  const navigation = { wp_dist: 5, xtrack_error: 0, target_bearing: -90, alt_error: Number.NaN };
  sampler.take({ name: 'NAV_CONTROLLER_OUTPUT', msgid: 62, fields: navigation } as unknown as Message, 5);
  const current = { name: 'MISSION_CURRENT', msgid: 42, fields: { seq: 1 } } as unknown as Message;
  t.match(sampler.take(current, 6), [{ values: { targetBearingDeg: 270, altErrorM: null } }]);
  t.match(value('WIND', { direction: Number.NaN, speed: 1, speed_z: 0 }), { fromDeg: null, speedMps: 1 });
  t.match(value('WIND_COV', { wind_x: Number.NaN, wind_y: 0, wind_z: 0 }), { fromDeg: null, speedMps: null });
  t.match(value('ESTIMATOR_STATUS', { flags: 831 | 1024 | 2048 }), { flags: 831 | 32_768 });
  t.match(value('ESTIMATOR_STATUS', { flags: 1023 }), { flags: 895 }, 'it stands still, and has a position');
  t.match(value('ESTIMATOR_STATUS', { flags: 128 | 39 }), { flags: 167 }, 'it has none');
});

t.test('modes are named as their own community writes them', async (t) => {
  t.equal(modeName(3, 3), 'AUTO');
  t.equal(modeName(3, 6), 'RTL');
  t.equal(modeName(12, (4 << 16) | (4 << 24)), 'AUTO.MISSION');
  t.equal(modeName(12, 3 << 16), 'POSCTL');
  t.equal(modeName(3, 99), 'mode 99');
  t.equal(modeName(3, 5, 1), 'mode 5', 'a plane numbers its modes otherwise');
  t.equal(modeName(3, 5, 13), 'LOITER', 'a hexacopter does not');
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
  t.same(texts.take(chunk(11, 0, long), 3_000_000), []);
  t.match(texts.take(chunk(11, 0, 'again'), 3_000_001), [{ values: { text: long } }, { values: { text: 'again' } }]);
});
