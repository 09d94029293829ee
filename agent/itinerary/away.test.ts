/** Situation 16: it came down away from its base, and whoever arms it there makes that place its home. */
import t from 'tap';
import { homeMoved, landedAway } from './away.ts';
import { atTheDoor, SEQ, verified } from './testing/given.ts';
import { BASE, DOOR, message, plan, tour } from './testing/plans.ts';

const north = (m: number) => ({ latDeg: BASE.latDeg + m / 111_320, lonDeg: BASE.lonDeg });

t.test('a home that has moved to where it came down, and no other', async (t) => {
  const away = landedAway('it-1', BASE, north(60));
  t.match(away, { itinerary: 'it-1', base: { latDeg: BASE.latDeg }, place: { lonDeg: BASE.lonDeg } });
  t.match(homeMoved(away, north(55)), /^home-moved: home is where it-1 came down, 55 m from its base/);
  t.equal(homeMoved(away, BASE), null, 'it was not armed there');
  t.equal(homeMoved(away, north(900)), null, 'it was carried to another base');
  t.equal(homeMoved(away, null), null);
  t.equal(homeMoved(null, north(60)), null);
  t.equal(landedAway('it-1', BASE, north(8)), null, 'beside its pad');
  t.equal(landedAway('it-1', BASE, null), null);
});

t.test(
  'landed away and armed there: a return is refused, also after a restart, until another flight began',
  async (t) => {
    const b = await atTheDoor(t);
    await b.pass(500);
    t.equal(b.it.orders.againstReturn(), null);
    b.it.orders.left('land');
    b.world.state.mode = 'LAND';
    await b.pass(500);
    b.land();
    await b.pass(500);
    t.match(b.last('itinerary'), { state: 'aborted' });
    t.equal(b.it.orders.againstReturn(), null, 'its home is its base still');
    b.world.state.home = { ...DOOR, altAmslM: 10 };
    t.match(b.it.orders.againstReturn(), /^home-moved: home is where it-1 came down/);
    await b.restart();
    t.match(b.it.orders.againstReturn(), /^home-moved/);
    b.it.receive(message(tour('it-2')));
    t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'));
    t.match(await b.start(), { state: 'succeeded' });
    b.fly(1, { at: 'base' });
    b.land();
    await b.pass(500);
    t.equal(b.it.isUnderWay, false);
    t.equal(b.it.orders.againstReturn(), null);
  },
);

t.test('where a plan ends as planned is home to the next flight', async (t) => {
  const b = await verified(t, plan());
  t.match(await b.start(), { state: 'succeeded' });
  b.fly(SEQ.home, { at: 'door' });
  await b.pass(500);
  b.land();
  await b.pass(500);
  t.match(b.last('itinerary'), { state: 'completed' });
  b.world.state.home = { ...DOOR, altAmslM: 10 };
  t.equal(b.it.orders.againstReturn(), null);
});
