import t from 'tap';
import { type Otherwise, PARKED, watch } from './testing/watch.ts';

const GONE: Otherwise = { connected: false, heardAgeMs: 20_000, vehicleAgeMs: 20_000 };
const ANN = { kind: 'operator', name: 'Ann' } as const;
const fleetOf = (n: number): readonly string[] =>
  Array.from({ length: n }, (_, at) => `d${String(at).padStart(4, '0')}`);
const at = (drone: string): number => Number(drone.slice(1));

t.test(
  '2000 drones lose their links at once: one alert, with their number and names; it ends with the last',
  async (t) => {
    const drones = fleetOf(2000);
    const w = await watch({ drones });
    w.seeEach(() => ({}), 5);
    let longestMs = 0;
    const timed = (by: (drone: string, s: number) => Otherwise, forS: number) => {
      for (let s = 0; s < forS; s++) {
        const began = performance.now();
        w.seeEach((drone) => by(drone, s), 1);
        longestMs = Math.max(longestMs, performance.now() - began);
      }
    };
    // The broker notices one after the other.
    timed((drone, s) => (s >= at(drone) % 5 ? GONE : {}), 30);
    t.comment(`measured: a second of 2000 drones that lose their links took ${Math.round(longestMs)} ms at most`);
    const all = w.alerts.openOf('last-will', {});
    t.match(all?.doc, { severity: 'warning', words: '2000 of 2000 drones at once: their connections are gone' });
    t.equal(all?.doc.drones?.length, 2000);
    t.match(all?.doc.whatToDo, /broker/);
    t.equal(all?.doc.proposal, undefined);
    t.equal(w.alerts.open.length, 1, 'one alert is open');
    t.ok(w.raised().length <= 8, `${w.raised().length} were raised in all`);
    t.ok(w.store.events.length < 60, `${w.store.events.length} events`);

    timed((drone) => (at(drone) < 3 ? GONE : {}), 15);
    t.match(w.alerts.openOf('last-will', {})?.doc, { drones: ['d0000', 'd0001', 'd0002'], words: /^3 of 2000/ });
    t.equal(w.alerts.open.length, 1);
    w.seeEach(() => ({}), 15);
    t.same(w.alerts.open, []);
    t.match(await w.alerts.get(all?.id ?? ''), { doc: { state: 'cleared', cleared: { by: 'detector' } } });
  },
);

t.test('seven have an alert each; the eighth gathers them, one that comes a minute later has its own', async (t) => {
  const w = await watch({ drones: fleetOf(20) });
  w.seeEach(() => ({}), 3);
  w.seeEach((drone) => (at(drone) < 7 ? GONE : {}), 15);
  t.equal(w.alerts.open.length, 7);
  t.ok(w.alerts.open.every(({ doc }) => doc.drone !== undefined));
  w.seeEach((drone) => (at(drone) < 8 ? GONE : {}), 15);
  t.match(w.alerts.open, [{ doc: { class: 'last-will', words: /^8 of 20 drones at once/ } }]);
  const gathered = (await w.alerts.list({ open: false, limit: 50 })).filter(({ doc }) => doc.gathered !== undefined);
  t.equal(gathered.length, 7);
  t.equal(gathered[0]?.doc.gathered, w.alerts.open[0]?.id);
  w.seeEach((drone) => (at(drone) < 8 ? GONE : {}), 60);
  w.seeEach((drone) => (at(drone) < 9 ? GONE : {}), 15);
  t.same(
    w.alerts.open.filter(({ doc }) => doc.class === 'last-will').map(({ doc }) => doc.drone),
    [undefined, 'd0008'],
  );
});

t.test('near-misses: eight over five minutes, eight in different troubles', async (t) => {
  const slow = await watch({ drones: fleetOf(8) });
  slow.seeEach((drone, s) => (s > at(drone) * 40 ? GONE : {}), 330);
  t.equal(slow.open().filter((name) => name === 'last-will').length, 8);
  const mixed = await watch({ drones: fleetOf(8) });
  mixed.seeEach((drone) => (at(drone) < 4 ? GONE : { kinds: { fence: { breached: true } } }), 20);
  t.equal(mixed.alerts.open.length, 8);
});

t.test('what moves an aircraft is never gathered: each has its own proposal', async (t) => {
  const w = await watch({ drones: fleetOf(12) });
  w.seeEach(() => ({ kinds: { fence: { breached: true } } }), 10);
  t.equal(w.alerts.open.length, 12);
  t.ok(w.alerts.open.every(({ doc }) => doc.proposal?.type === 'return'));
});

t.test('across a restart it is the same one; each of its drones stays down; dismissed for all of them', async (t) => {
  const drones = fleetOf(10);
  const split: Otherwise = { ...PARKED, clock: { source: 'gps', errUs: 100, standing: 'split' } };
  const before = await watch({ drones });
  before.seeEach(() => split, 70);
  const [held] = before.alerts.open;
  t.match(before.alerts.open, [{ doc: { class: 'clock', words: /^10 of 10/ } }]);
  t.match(before.detector.holds('d0003'), [/alert clock: 10 of 10/]);

  const w = await watch({ store: before.store, drones });
  w.seeEach(() => split, 20);
  t.match(w.alerts.open, [{ id: held?.id }]);
  t.match(w.detector.holds('d0003'), [/alert clock/]);
  t.match(await w.alerts.dismiss(held?.id ?? '', ANN), { ok: true });
  w.seeEach(() => split, 120);
  t.same(w.alerts.open, [], 'not raised again while it is as it was');
  t.same(w.detector.holds('d0003'), []);
  w.seeEach(() => PARKED, 20);
  w.seeEach((drone) => (drone === 'd0003' ? split : PARKED), 70);
  t.match(w.alerts.open, [{ doc: { drone: 'd0003' } }], 'but when it happens again');
});

t.test('words that change are told, figures are not', async (t) => {
  const w = await watch();
  const taken = (why: string): Otherwise => ({ control: { state: 'autopilot-failsafe', why } });
  w.see(taken('Battery Failsafe'), 10);
  w.see(taken('EKF Failsafe: changed to LAND Mode'), 10);
  t.match(w.alerts.openOf('control-taken', { drone: 'heron' })?.doc, { words: /EKF Failsafe/, state: 'raised' });
  const changes = () => w.store.events.filter(({ type }) => type === 'retold').length;
  t.equal(changes(), 1);
  w.see((s) => taken(`EKF Failsafe at ${s} m`), 30);
  t.equal(changes(), 2, 'the words once, their figures never');
});
