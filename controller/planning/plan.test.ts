/** One order, a few drones: who flies it, why the others do not, and what a customer is told. */
import { validate } from '@skein/protocol/fleet';
import t from 'tap';
import { aircraftOf } from './flight.ts';
import { plan } from './index.ts';
import type { Candidate, Decision, OrderWish, World } from './ports.ts';
import { at, base, drone, MIN, NOW, order, square, weather, world, zone } from './testing/city.ts';

const oerlikon = base('oerlikon', 0, 0);
const wipkingen = base('wipkingen', -3_000, -1_000);
const bases = [oerlikon, wipkingen];
const wish = order('o1', at(0, 0), at(2_500, 800));

function asked(fleet: readonly Candidate[], more: Partial<World> = {}, wanted: OrderWish = wish): Decision {
  return plan({ order: wanted, fleet, world: world(bases, more), nowUtcUs: NOW });
}
const rules = (decision: Decision): readonly string[] =>
  decision.kind === 'fly' ? [] : decision.reasons.map(({ rule }) => rule);

t.test('of a fleet that nobody has joined yet an order waits: it is not said that it can never be flown', async (t) => {
  t.match(asked([]), { kind: 'wait', words: 'no drone has joined yet' });
});

t.test('an order is flown from the base it was placed at, also where another is as near by now', async (t) => {
  // given: opened since, nearer to the pickup; the drone of the order waits at the old one to be loaded
  const near = base('binz', 40, 40);
  const decide = (of: OrderWish) =>
    plan({ order: of, fleet: [drone('heron-1', near, 0)], world: world([near, oerlikon]), nowUtcUs: NOW });
  const there = order('o1', at(40, 40), at(2_500, 800));
  t.match(decide(there), { kind: 'fly', legs: [{ kind: 'delivery', fromBase: 'binz' }] });
  t.match(decide({ ...there, base: 'oerlikon' }), { kind: 'fly', legs: [{ kind: 'ferry', toBase: 'oerlikon' }, {}] });
  const gone = decide({ ...there, base: 'altstetten' });
  t.match(gone, { kind: 'infeasible', reasons: [{ rule: 'pickup-not-at-base', words: /altstetten is not there/ }] });
});

t.test('a charger that does not charge promises nothing, and people are told', async (t) => {
  const empty = drone('heron-1', oerlikon, 0, { reportedPct: 20, rememberedPct: 20 });
  const hopeful = asked([empty]);
  t.match(hopeful, { kind: 'wait', words: /; heron-1 will have \d+ % in \d+ min$/, claim: { drone: 'heron-1' } });
  const decision = asked([{ ...empty, charging: false, chargerFails: true }]);
  t.match(decision, { kind: 'wait', words: /; heron-1: it stands on a charger and does not charge$/, claim: null });
  t.match(decision.kind === 'wait' && decision.why, [{ drone: 'heron-1', rule: 'charge', words: /does not charge/ }]);
});

t.test('a drone that would not fly an order is not asked for it, and the order says so', async (t) => {
  const fleet = [drone('heron-1', oerlikon, 0)];
  const decision = plan({ order: wish, fleet, world: world(bases), nowUtcUs: NOW, avoid: new Set(['heron-1']) });
  t.match(decision, { kind: 'wait', words: /heron-1: would not fly this order a moment ago/ });
  t.match(decision.kind === 'wait' && decision.why, [
    { rule: 'avoided', words: 'would not fly this order a moment ago' },
  ]);
});

t.test('loaded it starts with the charge it has, not with what its charger would give', async (t) => {
  const [leg] = (asked([drone('heron-1', oerlikon, 0)]) as Extract<Decision, { kind: 'fly' }>).legs;
  const { needPct = 0, reservePct = 0 } = leg?.energy ?? {};
  const justNot = drone('heron-1', oerlikon, 0, { reportedPct: needPct + reservePct - 0.2, rememberedPct: null });
  t.equal(asked([justNot]).kind, 'fly', 'it charges while it is loaded');
  const loaded = plan({ order: wish, fleet: [justNot], world: world(bases), nowUtcUs: NOW, only: 'heron-1' });
  t.equal(loaded.kind, 'wait');
  const fleet = [
    drone('heron-1', oerlikon, 0, { holds: ['clock: its sources disagree'] }),
    drone('heron-2', oerlikon, 1),
  ];
  const held = plan({ order: wish, fleet, world: world(bases), nowUtcUs: NOW, only: 'heron-1' });
  t.match(held, { words: /\(heron-1: is kept on the ground: clock: its sources disagree\)$/ }, 'who waits is told why');
});

t.test(
  'the drone at the pickup flies there, delivers, and comes home to its pad; the itinerary passes every check',
  async (t) => {
    const heron = drone('heron-1', oerlikon, 0);
    const decision = asked([heron, drone('heron-2', wipkingen, 0)]);
    if (decision.kind !== 'fly') throw new Error(JSON.stringify(decision));
    t.equal(decision.drone, 'heron-1');
    const [leg] = decision.legs;
    t.match(leg, { kind: 'delivery', fromPad: 'oerlikon-0', toPad: 'oerlikon-0' });
    t.equal(
      Date.parse(leg?.itinerary.notAfter ?? '') * 1000,
      leg?.departByUtcUs,
      'not begun in air that is not its own',
    );
    t.same(
      leg?.itinerary.items.map((item) => item.do),
      ['take-off', 'waypoint', 'deliver', 'waypoint', 'land'],
    );
    t.match(decision.why, [
      { drone: 'heron-1', chosen: true, rule: null },
      { drone: 'heron-2', chosen: false, rule: 'other', words: /stands 3\d\d\d m from the pickup/ },
    ]);
    const [reservation] = decision.reservations;
    t.same(
      reservation?.pads.map(({ use, pad }) => `${use} ${pad}`),
      ['landing oerlikon-0', 'take-off oerlikon-0', 'alternate oerlikon-1'],
    );
    const kinds = new Set(reservation?.tube.map(({ what }) => what));
    t.same([...kinds].sort(), ['back', 'climb', 'descend', 'gate', 'gate-back', 'out', 'release']);
    const about = {
      drone: heron,
      fromBase: oerlikon,
      from: oerlikon.place,
      weather: weather('oerlikon'),
      chargePct: 100,
    };
    const verdict = validate(
      leg?.itinerary,
      world(bases).limits,
      aircraftOf({
        ...about,
        kind: 'delivery',
        fromPad: null,
        toBase: oerlikon,
        toPad: oerlikon.pads[0] as never,
        alternate: null,
        departUtcUs: NOW,
      }),
    );
    t.same(verdict.refusals, []);
  },
);

t.test('who stands elsewhere flies to a free pad first', async (t) => {
  const decision = asked([drone('heron-2', wipkingen, 0)]);
  if (decision.kind !== 'fly') throw new Error(JSON.stringify(decision));
  t.match(decision.legs, [
    { kind: 'ferry', fromBase: 'wipkingen', toBase: 'oerlikon', toPad: 'oerlikon-0', itinerary: { id: 'o1.1.ferry' } },
    { kind: 'delivery', fromBase: 'oerlikon', fromPad: 'oerlikon-0', itinerary: { id: 'o1.1' } },
  ]);
});

t.test('what a customer is told', async (t) => {
  const fleet = [drone('heron-1', oerlikon, 0)];
  const told = (more: Partial<OrderWish>, about: Partial<World> = {}) => asked(fleet, about, { ...wish, ...more });
  t.match(told({ pickup: at(700, 0) }), {
    reasons: [{ rule: 'pickup-not-at-base', words: /oerlikon, the nearest base/, limit: 100 }],
  });
  t.match(told({ payloadKg: 5 }), { kind: 'infeasible', reasons: [{ rule: 'too-heavy', value: 5, limit: 2 }] });
  t.match(told({ dropOff: at(20_000, 0) }), { reasons: [{ rule: 'too-far', value: 20_000, limit: 15_000 }] });
  t.match(told({ dropOff: at(12_000, 0) }), { reasons: [{ rule: 'too-far', words: /of a full pack/, limit: 75 }] });
  t.match(told({ notAfterUtcUs: NOW + 2 * MIN }), { reasons: [{ rule: 'window-too-short', limit: 2 }] });
  t.match(told({ notAfterUtcUs: NOW - MIN }), { reasons: [{ rule: 'window-over' }] });
  const prison = zone('prison', { ring: square(2_500, 800, 200) });
  t.match(told({}, { zones: [prison] }), {
    kind: 'infeasible',
    reasons: [{ rule: 'drop-off-in-zone', value: 'prison' }],
  });
  const windy = [weather('oerlikon', { windMps: 12 })];
  t.match(told({}, { weather: windy }), {
    kind: 'wait',
    reasons: [{ rule: 'wind', value: 12, limit: 10 }],
    untilUtcUs: NOW + 10 * MIN,
  });
  const stop = {
    id: 's',
    reach: { fleet: true },
    reason: 'storm',
    by: 'Ann',
    fromUtcUs: NOW - MIN,
    untilUtcUs: null,
  } as const;
  t.match(told({}, { stops: [stop] }), { kind: 'wait', words: 'ground stop by Ann: storm', untilUtcUs: null });
});

t.test('why a drone is not chosen, and when one will be able to', async (t) => {
  const why = (more: Partial<Candidate>) => asked([drone('heron-1', oerlikon, 0, more)]);
  t.match(why({ control: 'pilot' }), { kind: 'wait', why: [{ rule: 'control', value: 'pilot' }] });
  t.match(why({ armed: true }), { why: [{ rule: 'in-the-air' }] });
  t.match(why({ holds: ['inspection due'] }), {
    why: [{ rule: 'hold' }],
    words: 'no drone can fly it now (heron-1: is kept on the ground: inspection due)',
  });
  t.match(why({ preflightStops: ['EKF'] }), { why: [{ rule: 'preflight' }] });
  t.match(why({ trusted: false }), { why: [{ rule: 'position' }] });
  t.match(why({ online: false }), { why: [{ rule: 'offline' }] });
  t.match(why({ reportedPct: null, rememberedPct: null }), { why: [{ rule: 'charge-not-known' }] });
  t.match(why({ busyWith: 'flies order o2', busyUntilUtcUs: NOW + 5 * MIN }), {
    why: [{ rule: 'busy', value: 'flies order o2' }],
    words: 'no drone can fly it now (heron-1: is busy: flies order o2); heron-1 may be able to in 5 min',
    untilUtcUs: NOW + 5 * MIN,
  });
  const several = [{ armed: true }, { armed: true }, { online: false }].map((more, n) =>
    drone(`heron-${n}`, oerlikon, n, more),
  );
  t.match(asked(several), { words: 'no drone can fly it now (2 in the air, 1 not heard)' });
  const low = why({ reportedPct: 100, rememberedPct: 50 });
  t.match(low, { kind: 'wait', why: [{ rule: 'charge', value: /5\d/ }], claim: { drone: 'heron-1', order: 'o1' } });
  t.match(low.kind === 'wait' && low.words, /^no drone with 6\d % for oerlikon; heron-1 will have 6\d % in \d+ min$/);
  t.same(rules(low), ['drones']);
});
