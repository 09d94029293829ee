/** Where drones stand: one that is not heard stands where it was seen last, and nobody lands on it. */
import type { Base } from '@skein/protocol/fleet/places';
import t from 'tap';
import { baseBy, candidateOf, occupants, PadMap } from './candidates.ts';

const PAD = { latDeg: 47.3977, lonDeg: 8.5456 };
const NOW_US = 1e15;
const BASE: Base = { name: 'Oerlikon', place: PAD, pads: [{ id: 'a', place: PAD, chargeW: 500 }] };

/** @param positionS, statusS how old what it said is */
function standsOn(o: {
  readonly positionS: number;
  readonly statusS?: number;
  readonly armed?: boolean;
  readonly wroteS?: number;
  readonly itinerary?: object;
  /** What it says, trusted or not; left out: where its pad is, or where it flies. */
  readonly says?: object;
  readonly trust?: object;
}) {
  const { positionS, statusS = positionS, armed = false, wroteS = 86_400 } = o;
  const bases = [{ id: 'oerlikon', doc: BASE, atUtcUs: NOW_US - wroteS * 1e6 }];
  const entry = {
    ...{ id: 'heron', online: false, conflict: null, itinerary: o.itinerary ?? null },
    ...{ control: { state: 'skein' }, safety: { locked: false }, trust: o.trust ?? { state: 'trusted' } },
    kinds: {
      position: {
        ageMs: positionS * 1e3,
        values: o.says ?? (o.itinerary === undefined ? PAD : { latDeg: 47.4, lonDeg: 8.6 }),
      },
      status: { ageMs: statusS * 1e3, values: { autopilot: 3, armed, landed: armed ? 'in-air' : 'on-ground' } },
    },
  } as unknown as Parameters<typeof candidateOf>[0];
  const airframe = { emptyKg: 6, payloadMaxKg: 2, methods: ['winch' as const], batteryWh: 800 };
  const wiring = {
    ...{ bases, pads: new PadMap(bases), nowUtcUs: NOW_US, airframe: () => airframe, calibration: () => null },
    ...{ landing: () => PAD, charges: () => true, groups: () => [], holds: () => [] },
  };
  const candidate = candidateOf(entry, wiring);
  return { candidate, by: occupants([candidate])('oerlikon', 'a') };
}

t.test('a drone that is not heard keeps its pad occupied', async (t) => {
  t.equal(standsOn({ positionS: 1 }).by, 'heron');
  const silent = standsOn({ positionS: 7_200 });
  t.equal(silent.by, 'heron', 'switched off, or without a link');
  t.match(silent.candidate, { place: null, charging: false }, 'it is not chosen, nor forecast');
  t.equal(standsOn({ positionS: 600, statusS: 1 }).by, 'heron', 'heard, and without satellites');
});

t.test('what is not to be trusted takes nobody off a pad, nor puts anybody on one', async (t) => {
  const says = { latDeg: 0.00002, lonDeg: 0 };
  const last = { ...PAD, altAmslM: 450, atUtcUs: NOW_US - 600e6 };
  const trust = { state: 'rejected', last };
  t.equal(standsOn({ positionS: 1, says, trust }).by, 'heron', 'heard, and its receiver lies');
  t.equal(standsOn({ positionS: 7_200, says, trust }).by, 'heron', 'switched off after that');
  t.equal(standsOn({ positionS: 1, says, trust, wroteS: 60 }).by, null, 'people say that it is not there');
  const elsewhere = { state: 'suspect', last: { ...last, latDeg: 47.41 } };
  t.equal(standsOn({ positionS: 1, trust: elsewhere }).by, null, 'it stood elsewhere, and jumped here');
  t.equal(standsOn({ positionS: 1, trust: { state: 'suspect', last: null } }).by, 'heron', 'nothing better is known');
});

t.test('where it was flying by its last word, no pad is its own; people say that it was taken away', async (t) => {
  t.equal(standsOn({ positionS: 60, armed: true }).by, null);
  t.equal(standsOn({ positionS: 60, statusS: 1, armed: true }).by, null);
  t.equal(standsOn({ positionS: 7_200, wroteS: 60 }).by, null, 'its base was written anew since');
});

t.test('a ground stop of a base reaches who stands there by its last word, beside its pads too', async (t) => {
  const bases = [{ id: 'oerlikon', doc: BASE }];
  const by = (ageS: number, latDeg: number | null) =>
    baseBy({ kinds: { position: { ageMs: ageS * 1e3, values: { ...PAD, latDeg } } } } as never, bases);
  t.equal(by(1, PAD.latDeg), 'oerlikon');
  t.equal(by(600, PAD.latDeg), 'oerlikon', 'its satellites are gone');
  t.equal(by(1, PAD.latDeg + 0.0005), 'oerlikon', 'on the grass, 55 m beside');
  t.equal(by(1, PAD.latDeg + 0.005), null);
  t.equal(by(1, null), null);
  const trust = { state: 'rejected', last: { ...PAD, altAmslM: 450, atUtcUs: NOW_US } };
  const jammed = { trust, kinds: { position: { ageMs: 1e3, values: { latDeg: 0.00002, lonDeg: 0 } } } };
  t.equal(baseBy(jammed as never, bases), 'oerlikon', 'its receiver lies');
});

t.test('a drone that fell silent on its way to a pad may have landed there', async (t) => {
  const flies = { id: 'order-o1-1-ferry', version: 1, state: 'flying' };
  const silent = standsOn({ positionS: 3_600, armed: true, itinerary: flies });
  t.equal(silent.by, 'heron');
  t.match(silent.candidate, { place: null, charging: false });
  t.equal(standsOn({ positionS: 3_600, armed: true, itinerary: { ...flies, state: 'completed' } }).by, null);
  t.equal(standsOn({ positionS: 3_600, armed: true, itinerary: flies, wroteS: 60 }).by, null, 'people have looked');
  t.equal(standsOn({ positionS: 1, armed: true, itinerary: flies }).by, null, 'heard: it is where it says');
});
