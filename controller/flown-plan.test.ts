import { DEFAULT_LIMITS, type Itinerary } from '@skein/protocol/fleet';
import t from 'tap';
import { flownPlans } from './flown-plan.ts';

const BASE = { latDeg: 47.4, lonDeg: 8.5 };
const at = (northM: number) => ({
  latDeg: BASE.latDeg + northM / 111_320,
  lonDeg: 8.5,
  altM: 40,
  frame: 'home' as const,
});
const PLAN: Itinerary = {
  ...{ id: 'it', version: 1, base: BASE },
  items: [
    { do: 'take-off', altM: 40 },
    { do: 'deliver', ...at(1500), how: 'drop', releaseAltM: 10, gateS: 30, minBatteryPct: 40, parcel: 'P' },
    { do: 'waypoint', ...at(700) },
    { do: 'return' },
  ],
};

/** What the rest of its plan takes from its beginning, and from behind the delivery, %. */
function needed(o: { batteryWh?: number; emptyKg?: number; payloadKg?: number }) {
  const plans = flownPlans({
    ...{ limits: DEFAULT_LIMITS, payloadKg: () => o.payloadKg ?? 0, monoUs: () => 0, itinerary: () => PLAN },
    airframe: () => ({ batteryWh: 400, emptyKg: 6, ...o }),
    entry: () => ({ kinds: {}, versions: {} }) as never,
  });
  const rest = plans('heron', 'it', 1)?.restPct;
  return { whole: rest?.[0] ?? Number.NaN, empty: rest?.[2] ?? Number.NaN };
}

t.test('what a plan takes is counted with the pack and the mass of this drone, and with its parcel', async (t) => {
  const plain = needed({});
  t.ok(plain.whole > plain.empty && plain.empty > 0);
  const small = needed({ batteryWh: 200 });
  t.ok(Math.abs(small.whole - 2 * plain.whole) < 1e-6, 'half the pack, twice the share');
  const loaded = needed({ payloadKg: 2 });
  t.ok(loaded.whole > plain.whole * 1.1, `${loaded.whole} % with 2 kg, ${plain.whole} % without`);
  t.equal(loaded.empty, plain.empty, 'behind its delivery without it');
  t.ok(needed({ payloadKg: 2, emptyKg: 20 }).whole < loaded.whole, '2 kg are less to a heavy drone');
});

t.test('of a pack that nobody knows nothing is said', async (t) => {
  t.ok(Number.isNaN(needed({ batteryWh: 0 }).whole));
});
