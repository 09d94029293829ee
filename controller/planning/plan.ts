/**
 * One order: can it be flown, now, by whom? Pure and repeatable: the same order, fleet and world have the same answer.
 *
 *   feasible at all? ─ may anything start there? ─ a way, and what it takes ─ each drone: may it, can it? ─ the best that
 *   flies with free air and a pad; else: who will be able to, and when
 */
import { choose } from './choice.ts';
import { draftOf } from './draft.ts';
import { badWeather, stopFor, stopWords } from './drones.ts';
import { type Checked, checkOrder } from './feasibility.ts';
import { nobody } from './nobody.ts';
import type { Airframe, Base, Candidate, Decision, OrderWish, World } from './ports.ts';
import type { Reason } from './reasons.ts';

export interface Question {
  readonly order: OrderWish;
  readonly fleet: readonly Candidate[];
  readonly world: World;
  readonly nowUtcUs: number;
  /** Only this one: it has the parcel aboard. */
  readonly only?: string;
  /** These not. */
  readonly avoid?: ReadonlySet<string>;
}

/** Any drone, wherever it is. */
const SOME_DRONE: Omit<Candidate, 'airframe'> = {
  ...{ id: '', flavour: 'ardupilot', place: null, trusted: false, base: null, pad: null, reportedPct: null },
  ...{ rememberedPct: null, charging: false, calibration: null, online: false, armed: false, onGround: true },
  ...{ control: 'unknown', preflightStops: [], holds: [], busyWith: null, busyUntilUtcUs: null },
};

/** Only whether it can ever be flown, by the kinds of drones that there are: no drone is chosen, no air looked at. */
export function feasible({ kinds, ...q }: Omit<Question, 'fleet'> & { readonly kinds: readonly Airframe[] }): Checked {
  const fleet = kinds.map((airframe): Candidate => ({ ...SOME_DRONE, airframe }));
  const checked = checkOrder(q.order, fleet, q.world, q.nowUtcUs);
  // One may join.
  if (!checked.ok || kinds.length === 0) return checked;
  const draft = draftOf({ ...q, fleet }, checked.base);
  return draft.kind === 'infeasible' ? { ok: false, reasons: draft.reasons } : checked;
}

export function plan(q: Question): Decision {
  const { order, fleet, world, nowUtcUs } = q;
  const checked = checkOrder(order, fleet, world, nowUtcUs);
  if (!checked.ok) return { kind: 'infeasible', reasons: checked.reasons };
  const { base } = checked;
  if (fleet.length === 0) return nobody(q, base, new Map());
  const draft = draftOf(q, base);
  if (draft.kind === 'infeasible') return draft;
  const held = grounded(q, base);
  if (held !== null) return held;
  if (draft.kind === 'wait') return draft;
  if (draft.notBeforeUtcUs > nowUtcUs + world.rules.aheadS * 1e6) {
    const untilUtcUs = draft.notBeforeUtcUs - world.rules.aheadS * 1e6;
    const at = new Date(untilUtcUs / 1000).toISOString();
    return waits([{ rule: 'not-yet', words: `it is planned from ${at} on`, value: null, limit: at }], untilUtcUs);
  }
  return choose(q, base, draft);
}

/** Ground stop and weather at the pickup. */
function grounded({ world, nowUtcUs }: Question, base: Base): Decision | null {
  const stop = stopFor(world.stops, null, base.id, nowUtcUs);
  if (stop !== null) {
    return waits([{ rule: 'ground-stop', words: stopWords(stop), value: stop.reason, limit: null }], stop.untilUtcUs);
  }
  const weather = world.weather.find((one) => one.base === base.id) ?? null;
  const bad = badWeather(weather, world.rules);
  if (bad === null) return null;
  return waits(
    [{ ...bad, words: `${bad.words} at ${base.name}, the limit is ${bad.limit}` }],
    weather?.nextUtcUs ?? null,
  );
}

export function waits(reasons: readonly Reason[], untilUtcUs: number | null): Decision & { readonly kind: 'wait' } {
  return {
    kind: 'wait',
    words: reasons.map(({ words }) => words).join('; '),
    reasons,
    untilUtcUs,
    claim: null,
    why: [],
  };
}
