import type { Presence } from '@skein/protocol/fleet';
import { readEnvelope, type Sample, sample, sealBatch } from '@skein/protocol/telemetry';
import t from 'tap';
import { Fleet } from './fleet.ts';

const BOOT = '11111111-2222-4333-8444-555555555555';
const EPOCH = '00000000000000e1';
const NOON_US = Date.UTC(2026, 10, 21, 12) * 1e3;

/** A drone that flies north at 10 m/s and speaks once a second over the live lane. */
function given() {
  let seconds = 1_000;
  const clock = { utcUs: () => NOON_US + seconds * 1e6, monoUs: () => seconds * 1e6 };
  const make = () => new Fleet({ clock, count: () => {}, onEvent: () => {}, maxDrones: 10 });
  const fleet = make();
  const presence: Presence = {
    ...{
      session: 'aaaaaaaa',
      n: 1,
      boot: BOOT,
      journal: null,
      online: true,
      versions: {},
      control: { state: 'skein' },
    },
    epochs: [{ epoch: EPOCH, lanes: { urgent: { first: 1, next: 1 }, history: { first: 1, next: 1 } } }],
  };
  fleet.presence('d1', presence);
  fleet.time('d1', { session: 'aaaaaaaa', agentMonoUs: 100e6, boot: BOOT });
  const live = (samples: readonly Sample[]): void => {
    const read = readEnvelope(sealBatch({ lane: 'live', epoch: EPOCH, boot: BOOT, seq: 0, samples }));
    if (!read.ok) throw new Error(read.reason);
    fleet.live('d1', read.header, samples);
  };
  const stamp = () => ({ monoUs: (seconds - 900) * 1e6, bootMs: seconds * 1e3 });
  const place = (northM: number) => ({ latDeg: Math.round((47.4 + northM / 111_190) * 1e7) / 1e7, lonDeg: 8.5 });
  const flight = (northM: number): Sample[] => {
    const at = stamp();
    const gps = { instance: 0, fix: '3d', satellites: 12, hdop: 0.8, vdop: 1, horizontalAccM: 1 } as const;
    const more = { verticalAccM: 1, speedAccMps: 0.1, groundSpeedMps: 10, courseDeg: 0, altAmslM: 500 };
    return [
      sample('position', at, { ...place(northM), altAmslM: 500, altRelM: 50, headingDeg: 0 }),
      sample('velocity', at, { northMps: 10, eastMps: 0, downMps: 0 }),
      sample('gps', { ...at, bootMs: null }, { ...gps, ...more, ...place(northM) }),
    ];
  };
  /** What the drone says of itself. */
  const word = (state: 'trusted' | 'suspect', reason: string | null): Sample =>
    sample(
      'trust',
      { ...stamp(), bootMs: null },
      {
        ...{ state, reason, forMs: 0, lastAgeMs: 2_000, lastLatDeg: 47.4, lastLonDeg: 8.5, lastAltAmslM: 500 },
        ...{ latDeg: null, lonDeg: null, radiusM: null },
      },
    );
  const pass = (s: number): void => {
    seconds += s;
    fleet.tick();
  };
  const fly = (s: number, samples = (northM: number) => flight(northM)): void => {
    for (let i = 0; i < s; i++) {
      pass(1);
      live(samples((seconds - 1_000) * 10));
    }
  };
  return { fleet, make, live, word, pass, fly, trust: () => fleet.entry('d1')?.trust };
}

t.test('without a word of the drone the controller judges by the same code', async (t) => {
  const { fly, trust } = given();
  t.match(trust(), { state: 'suspect', reason: 'silent', by: 'controller', last: null, estimate: null });
  fly(8);
  t.match(trust(), { state: 'trusted', reason: null, words: null, by: 'controller', estimate: null });
});

t.test('its own word counts while it is fresh', async (t) => {
  const { fly, live, word, trust } = given();
  fly(8);
  live([word('suspect', 'drift')]);
  t.match(trust(), { state: 'suspect', reason: 'drift', words: /moves away/, by: 'drone', estimate: { sinceMs: 0 } });
  fly(16);
  t.match(trust(), { state: 'trusted', by: 'controller' }, 'said long ago, and not repeated');
});

t.test('the drone’s own last place and circle count where the controller has none yet', async (t) => {
  const { live, fly, word, pass, trust } = given();
  fly(1);
  const own = word('suspect', 'drift');
  live([{ ...own, values: { ...own.values, latDeg: 47.41, lonDeg: 8.5, radiusM: 40.4 } } as Sample]);
  const last = { latDeg: 47.4, atUtcUs: NOON_US + 999e6 };
  t.match(trust(), { state: 'suspect', by: 'drone', last, estimate: { latDeg: 47.41, radiusM: 40, sinceMs: 2_000 } });
  pass(5);
  t.match(trust(), { state: 'suspect', by: 'controller', reason: 'silent', last, estimate: null });
});

t.test('silent: where it may be, wider and wider, and told to the pages as it grows', async (t) => {
  const { fleet, fly, live, word, pass, trust } = given();
  fly(8);
  live([word('trusted', null)]);
  pass(4);
  const soon = trust();
  t.match(soon, { state: 'suspect', reason: 'silent', by: 'controller', words: 'no position arrives' });
  t.match(soon?.last, { latDeg: Number, atUtcUs: NOON_US + 1_008e6 });
  t.ok((soon?.estimate?.latDeg ?? 0) > (soon?.last?.latDeg ?? 90), 'carried on northward');
  fleet.drainChanges();
  let told = 0;
  let radiusM = 0;
  for (let s = 0; s < 120; s++) {
    pass(1);
    for (const { trust: now } of fleet.drainChanges()) {
      if (!now) continue;
      told++;
      t.ok((now.estimate?.radiusM ?? 0) > radiusM, 'wider each time');
      radiusM = now.estimate?.radiusM ?? 0;
    }
  }
  t.ok(told > 40 && told < 100, `told ${told} times in two minutes`);
  t.ok(radiusM > 1_000);
});

t.test('a controller that starts anew knows where a silent drone was last trusted to be', async (t) => {
  const { fleet, make, fly, live, word, pass } = given();
  fly(8);
  live([word('trusted', null)]);
  pass(30);
  const later = make();
  later.load(fleet.drainUnsaved());
  t.match(later.entry('d1')?.trust, {
    state: 'suspect',
    reason: 'silent',
    last: { latDeg: 47.4, lonDeg: 8.5 },
    estimate: { sinceMs: 32_000 },
  });
});
