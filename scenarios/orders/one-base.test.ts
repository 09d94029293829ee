/**
 * Situation 23 of docs/flight-rules.md, as orders meet it: three deliver at once and come home to one base, where a pad was closed
 * meanwhile and another is taken by who stands there. Each has a pad to itself, and nowhere do two of them meet.
 */
import t from 'tap';
import { measured } from '../kit/measured.ts';
import { isSoak } from '../kit/seed.ts';
import { createTown, type Metres, placeAt } from './town.ts';

const SHOP: Metres = [0, 0];
const [SOUTH, FAR_SOUTH, EAST, FAR_EAST]: readonly [Metres, Metres, Metres, Metres] = [
  [0, -80],
  [0, -160],
  [80, -80],
  [160, -80],
];
const PADS: readonly Metres[] = [SHOP, SOUTH, FAR_SOUTH, EAST, FAR_EAST];
/** They carry; the pad of the last one is closed. */
const CARRIERS: Readonly<Record<string, Metres>> = { 'heron-01': SHOP, 'ibis-02': SOUTH, 'kite-03': FAR_SOUTH };
/** Too small for a parcel: it stands on the pad that is the nearest for who has lost its own. */
const LARK = 'lark-04';
const DRONES = { ...CARRIERS, [LARK]: EAST };
const DOORS: readonly Metres[] = [
  [0, 120],
  [-140, -80],
  [0, -300],
];
const M_PER_DEG = 111_195;
/** Plans keep 50 m across and 20 m up; what flying adds is taken off. */
const NEAR_M = 45;
const APART_M = 15;

// Three to five minutes: the third waits for the air over the base.
const skip = isSoak() ? false : 'in make soak';

t.test('three come home to one base', { timeout: 900_000, skip }, async (t) => {
  const began = performance.now();
  // given: each stands on a pad of the base, the fourth is a lark's, the fifth is free
  const town = await createTown(t, { drones: DRONES, bases: { shop: PADS }, ceilingM: 110 });
  await town.api.put(`/drones/${LARK}/settings`, { airframe: { payloadMaxKg: 0.1 } });
  const live = town.world.live();
  const seen = (id: string) => live.drones.get(id)?.kinds.position?.values;
  let closestM = Number.POSITIVE_INFINITY;
  let inAir = 0;
  const look = () => {
    const up = Object.keys(CARRIERS).flatMap((id) => {
      const at = seen(id);
      return at?.latDeg == null || at.lonDeg === null || (at.altRelM ?? 0) < 3 ? [] : [at];
    });
    inAir = Math.max(inAir, up.length);
    for (const [i, a] of up.entries()) {
      for (const b of up.slice(i + 1)) {
        const northM = ((a.latDeg ?? 0) - (b.latDeg ?? 0)) * M_PER_DEG;
        const eastM = ((a.lonDeg ?? 0) - (b.lonDeg ?? 0)) * M_PER_DEG * Math.cos((47.4 * Math.PI) / 180);
        if (Math.hypot(northM, eastM) < NEAR_M)
          closestM = Math.min(closestM, Math.abs((a.altRelM ?? 0) - (b.altRelM ?? 0)));
      }
    }
  };
  const watch = setInterval(look, 200);
  t.teardown(() => clearInterval(watch));
  // when: three orders at once, and the pad of one is closed before its flight is planned
  const orders = await Promise.all(DOORS.map((door) => town.order(SHOP, door)));
  const waiting = await Promise.all(
    orders.map(({ id }) => town.becomes(id, 'to be loaded', ({ state }) => state === 'loading')),
  );
  t.same(waiting.map(({ drone }) => drone).sort(), Object.keys(CARRIERS), 'each has a drone of its own');
  await town.api.put('/bases/shop', {
    ...{ name: 'shop', place: placeAt([0, 0]), groundAmslM: 450, ceilingM: 110 },
    pads: PADS.map((metres, n) => ({
      id: `${n + 1}`,
      place: placeAt(metres),
      ...(n === 2 ? { closed: 'a van' } : {}),
    })),
  });
  await Promise.all(waiting.map(({ id, drone }) => town.load(id, drone ?? '')));
  // then
  const ends = await Promise.all(
    orders.map(({ id }) => town.becomes(id, 'over', ({ state }) => state === 'closed', { timeoutMs: 400_000 })),
  );
  for (const end of ends) t.equal(end.outcome, 'delivered', end.words ?? '');
  const pads = Object.keys(CARRIERS).map((id) => {
    const at = seen(id);
    const off = PADS.map((metres) => {
      const { latDeg, lonDeg } = placeAt(metres);
      return Math.hypot(((at?.latDeg ?? 0) - latDeg) * M_PER_DEG, ((at?.lonDeg ?? 0) - lonDeg) * M_PER_DEG * 0.677);
    });
    return off.findIndex((m) => m < 4) + 1;
  });
  t.same(pads.toSorted(), [1, 2, 5], `a pad for each, neither the closed one nor the lark’s: ${pads.join(', ')}`);
  t.ok(closestM >= APART_M, `within ${NEAR_M} m never nearer in height than ${closestM.toFixed(1)} m`);
  measured(
    `${inAir} in the air at once, ${closestM.toFixed(1)} m apart in height at the nearest, in ${Math.round((performance.now() - began) / 1000)} s`,
  );
});
