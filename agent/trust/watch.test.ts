import { type Sample, sample } from '@skein/protocol/telemetry';
import t from 'tap';
import { TrustWatch } from './index.ts';

function given() {
  const clock = { s: 100 };
  const said: { state: string | null; reason: string | null; urgent: boolean; values: Sample<'trust'>['values'] }[] =
    [];
  const events: string[] = [];
  const watch = new TrustWatch({
    nowUs: () => Math.round(clock.s * 1e6),
    onSample: ({ values }, urgent) => said.push({ state: values.state, reason: values.reason, urgent, values }),
    onEvent: (words) => events.push(words),
  });
  /** Hovers for so long; `latDeg: null` as after 0, 0. */
  const hover = (seconds: number, latDeg: number | null = 47.4): void => {
    for (let i = 0; i < seconds * 5; i++) {
      clock.s += 0.2;
      const stamp = { monoUs: Math.round(clock.s * 1e6), bootMs: Math.round((clock.s - 60) * 1e3) };
      const place = { latDeg, lonDeg: latDeg === null ? null : 8.5 };
      watch.take(sample('position', stamp, { ...place, altAmslM: 500, altRelM: 20, headingDeg: 0 }));
      watch.take(sample('velocity', stamp, { northMps: 0, eastMps: 0, downMps: 0 }));
      const gps = { instance: 0, fix: '3d', satellites: 12, hdop: 0.8, vdop: 1, horizontalAccM: 1 } as const;
      const more = { verticalAccM: 1, speedAccMps: 0.1, groundSpeedMps: 0, courseDeg: 0, altAmslM: 500 };
      if (i % 5 === 0) watch.take(sample('gps', stamp, { ...gps, ...more, latDeg: 47.4, lonDeg: 8.5 }));
      watch.tick();
    }
  };
  return { clock, watch, hover, said, events };
}

t.test('said when it changes and each ten seconds; for the worse at once and urgently', async (t) => {
  const { clock, watch, hover, said, events } = given();
  watch.tick();
  hover(30);
  t.match(said, [
    { state: 'suspect', reason: 'silent', urgent: false },
    { state: 'suspect', reason: 'settling', urgent: false },
    { state: 'trusted', reason: null, urgent: false },
    { state: 'trusted' },
    { state: 'trusted' },
  ]);
  t.equal(said.length, 5);
  hover(1, null);
  t.match(said.at(-1), { state: 'rejected', reason: 'zero', urgent: true });
  t.match(said.at(-1)?.values, { lastLatDeg: 47.4, latDeg: 47.4, radiusM: Number, lastAgeMs: Number });
  hover(20);
  t.match(said.at(-1), { state: 'trusted', urgent: false });
  clock.s += 3;
  watch.tick();
  t.match(said.at(-1), { state: 'suspect', reason: 'silent', urgent: true });
  t.match(events[1], /^rejected: zero: the autopilot says 0, 0/);
});

t.test('whoever asks gets the verdict of now, in words, though nothing was said yet', async (t) => {
  const { clock, watch, hover } = given();
  t.match(watch.positionTrusted(), { ok: false, reason: /^position: silent: no position arrives/ });
  hover(5);
  t.same(watch.positionTrusted(), { ok: true });
  clock.s += 2.5;
  t.match(watch.positionTrusted(), { ok: false, reason: /^position: silent/ });
  t.match(watch.status(), { state: 'suspect', words: 'no position arrives', doubts: {}, counters: { late: 0 } });
});
