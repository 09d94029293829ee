/** No drone can fly it now: why, who will first, and when. */
import { claimOf, NOT_CHARGED, type Not, not } from './drones.ts';
import type { Question } from './plan.ts';
import type { Base, Decision } from './ports.ts';
import type { Considered, DroneReason, Reason } from './reasons.ts';

/** A drone that only charges is claimed, so that nobody uses it up meanwhile. */
export function nobody(
  { order, fleet, nowUtcUs, only }: Question,
  base: Base,
  why: ReadonlyMap<string, Not>,
): Decision {
  const considered = fleet.map(
    ({ id }): Considered => ({ drone: id, chosen: false, ...(why.get(id) ?? not('other', 'was not looked at')) }),
  );
  const sooner = (a: Considered, b: Considered): number =>
    (a.fromUtcUs ?? 0) - (b.fromUtcUs ?? 0) || (a.drone < b.drone ? -1 : 1);
  const later = considered.filter(({ fromUtcUs }) => fromUtcUs !== null && fromUtcUs > nowUtcUs).sort(sooner);
  const charges = later.find(({ rule }) => rule === 'charge');
  const first = later[0];
  const reason = reasonOf(base, considered, only);
  const broken = fleet.filter(({ id, chargerFails }) => chargerFails === true && why.get(id)?.rule === 'charge');
  const minutes = (at: Considered): number => Math.ceil(((at.fromUtcUs ?? nowUtcUs) - nowUtcUs) / 60e6);
  const hope =
    first === undefined
      ? ''
      : `; ${first.drone} ${first.rule === 'charge' ? `will have ${first.limit} %` : 'may be able to'} in ${minutes(first)} min`;
  return {
    ...{
      kind: 'wait',
      words: `${reason.words}${hope}${brokenWords(broken.map(({ id }) => id).sort())}`,
      reasons: [reason],
      untilUtcUs: first?.fromUtcUs ?? null,
      why: considered,
    },
    claim: charges?.fromUtcUs == null ? null : claimOf(order, charges.drone, charges.fromUtcUs),
  };
}

/** Nobody would look at its charger otherwise. */
function brokenWords([first, ...more]: readonly string[]): string {
  if (first === undefined) return '';
  return `; ${first}${more.length > 0 ? ` and ${more.length} more` : ''}: ${NOT_CHARGED}`;
}

/** Of several drones, behind their number: `2 busy, 1 in the air`. */
const SHORTLY: Readonly<Record<DroneReason, string>> = {
  offline: 'not heard',
  parcel: 'without the parcel, which is aboard another',
  avoided: 'asked in vain',
  busy: 'busy',
  promised: 'promised to an order before',
  control: 'flown by others',
  'in-the-air': 'in the air',
  position: 'without a trusted position',
  hold: 'kept on the ground',
  preflight: 'not ready to fly',
  'ground-stop': 'under a ground stop',
  payload: 'that cannot carry it',
  method: 'that release otherwise',
  'charge-not-known': 'of unknown charge',
  charge: 'with too little charge',
  weather: 'held by weather',
  'no-pad': 'without a free pad to fly to',
  'no-route': 'without a way',
  air: 'whose air is not free',
  plan: 'whose plan breaks a rule',
  other: 'less suited',
};

function reasonOf(base: Base, considered: readonly Considered[], only: string | undefined): Reason {
  const of = (rule: Considered['rule']): readonly Considered[] => considered.filter((one) => one.rule === rule);
  const air = of('air')[0];
  if (air !== undefined)
    return { rule: 'air', words: `no free air: ${air.drone} ${air.words}`, value: air.value, limit: null };
  const charge = of('charge').toSorted((a, b) => Number(b.value) - Number(a.value))[0];
  if (charge !== undefined) {
    return {
      rule: 'drones',
      words: `no drone with ${charge.limit} % for ${base.name}`,
      value: charge.value,
      limit: charge.limit,
    };
  }
  const pad = of('no-pad')[0];
  if (pad !== undefined) return { rule: 'pads', words: pad.words, value: null, limit: null };
  // Where one is asked for, whoever waits wants to know what to do about it.
  const alone = considered.length === 1 ? considered[0] : considered.find(({ drone }) => drone === only);
  if (alone !== undefined) {
    const words = `no drone can fly it now (${alone.drone}: ${alone.words})`;
    return { rule: 'drones', words, value: alone.value, limit: alone.limit };
  }
  const counts = new Map<DroneReason, number>();
  for (const { rule } of considered) if (rule !== null) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const words = [...counts].sort(([, a], [, b]) => b - a).map(([rule, n]) => `${n} ${SHORTLY[rule]}`);
  return {
    rule: 'drones',
    words: considered.length === 0 ? 'no drone has joined yet' : `no drone can fly it now (${words.join(', ')})`,
    value: considered.length,
    limit: null,
  };
}
