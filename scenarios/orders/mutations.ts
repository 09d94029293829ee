/** Ways to break what orders keep to, each a change of the real source that runs must notice. */
import type { Mutation } from '../voyage/mutations.ts';

const inController = (name: string, file: string, from: string, to: string): Mutation => ({
  ...{ name, file: `controller/${file}`, from, to },
});
const at = (name: string, file: string, from: string, to: string): Mutation =>
  inController(name, `orders/${file}`, from, to);

export const MUTATIONS: readonly Mutation[] = [
  at(
    'given on while the parcel is aboard',
    'custody.ts',
    "if (parcel === 'aboard') return",
    "if (parcel === 'off') return",
  ),
  at('given on at once', 'custody.ts', 'if (seen.utcUs > untilUtcUs) return null;', 'if (seen.utcUs > 0) return null;'),
  at('margin left out', 'custody.ts', '+ seen.clockErrUs + RELAUNCH_MARGIN_US', '- RELAUNCH_MARGIN_US'),
  at('never given on', 'custody.ts', 'if (seen.utcUs > untilUtcUs) return null;', ''),
  at(
    'a plan not heard of taken for over',
    'custody.ts',
    'stand !== null && isOverByItsWord(stand)',
    "stand === null || isOverByItsWord(stand) || stand.state === 'assigned'",
  ),
  at('silence after a restart', 'engine.ts', ' || !this.#isKnown(order)', ''),
  at('told before it is written', 'engine.ts', 'if (this.isUnwritten(id)) return;', ''),
  at(
    'silent with the parcel given up',
    'delivery.ts',
    'if (isSilent(seen)) return isLost(seen) ? lost(heard, now, seen) : waited(heard, silentWords(attempt.drone));',
    '',
  ),
  at(
    'unproved taken for delivered',
    'delivery.ts',
    "if (state === 'unproved') return 'unproved';",
    "if (state === 'unproved') return 'released';",
  ),
  at(
    'not released taken for delivered',
    'delivery.ts',
    "state === 'at-gate' || state === 'not-released') return 'aboard';",
    "state === 'at-gate') return 'aboard';\n  if (state === 'not-released') return 'released';",
  ),
  at(
    'parcel at home forgotten',
    'delivery.ts',
    'return flyAgain(order, { ...attempt, flights: attempt.flights + 1, landedUtcUs: null }, words, seen);',
    "return closed(ended(order, 'unloaded', words, seen.utcUs), 'returned', words, seen.utcUs);",
  ),
  at(
    'cancelling forgets the parcel',
    'delivery.ts',
    "if (order.cancel !== null) return toUnload(order, 'cancelled', seen);",
    "if (order.cancel !== null) return closed(ended(order, 'cancelled', 'x', seen.utcUs), 'cancelled', 'x', seen.utcUs);",
  ),
  at(
    'cancelled in the air, and flown on',
    'owed.ts',
    'return leg === attempt.delivery &&',
    'return false && leg === attempt.delivery &&',
  ),
  at(
    'expired with the parcel aboard',
    'step.ts',
    "if (attempt.parcel === 'none' && isLate(order, seen.utcUs)) {",
    'if (isLate(order, seen.utcUs)) {',
  ),
  at(
    'numbers of attempts used again',
    'dispatcher.ts',
    'Math.max(0, ...Object.keys(order.attempts).map(Number)) + 1',
    '1',
  ),
  at('versions of plans used again', 'dispatcher.ts', 'const plans = attempt.plans + 1;', 'const plans = 1;'),
  at(
    'late word ignored',
    'late-word.ts',
    "if (said?.parcel?.state !== 'released'",
    "if (said?.parcel?.state !== 'never'",
  ),
  at(
    'unwanted plans left with drones',
    'owed.ts',
    "if (!flies) return [{ do: 'take-back', leg }];",
    'if (!flies) return [];',
  ),
  at('ground stop ignored', 'tries.ts', 'if (against !== null)', 'if (against === undefined)'),
  at(
    'waited for beyond its time',
    'tries.ts',
    'if (utcUs > leg.notAfterUtcUs)',
    'if (utcUs > leg.notAfterUtcUs + 1e15)',
  ),
  at(
    'loaded late, and not believed',
    'people.ts',
    "const aboard: Attempt = { ...late, parcel: 'aboard', loadedBy: by };",
    'const aboard: Attempt = { ...late, loadedBy: by };',
  ),
  at('loaded late on a drone that has another order', 'people.ts', ' && !isTaken(drone);', ' && drone !== null;'),
  at(
    'a start that nobody knows of taken for none',
    'delivery.ts',
    'const isTold = isTried(leg, progress, seen);',
    'const isTold = false as boolean;',
  ),
  at(
    'open orders not kept open',
    'engine.ts',
    'const open = !isOver(after) || this.#isLoose(id, after);',
    'const open = isOver(before ?? after);',
  ),
  inController(
    'a pad that is kept given to another',
    'planning/pads.ts',
    'return [...(kept.get(key) ?? [])].every((one) => one === drone);',
    'return true;',
  ),
  inController(
    'air given back before its drone has left it',
    'kept-air.ts',
    "home: new Set(['climb', 'out', 'gate', 'gate-back']),",
    "home: new Set(['climb', 'out', 'gate', 'gate-back', 'back']),",
  ),
  inController(
    'late flights forgotten',
    'kept-air.ts',
    'return [late ? lasting(left, nowUtcUs) : left];',
    'return late ? [] : [left];',
  ),
  inController(
    'the pad of a drone that may have come to it unheard given away',
    'kept-air.ts',
    'return isLate ? [lasting(kept, o.nowUtcUs)] : padsOf(kept, leg, o);',
    "return may === 'flies' ? [lasting(kept, o.nowUtcUs)] : [];",
  ),
];
