/** What is wrong with a plan: which item, which rule, the value, the limit, and words. */

/** Every rule that a plan is refused by, and what it asks. */
export const RULES = {
  schema: 'fields are there, of the right kind, within their bounds',
  'begins-with-take-off': 'the first item is a take-off, and no other follows in the air',
  'ends-with-landing':
    'the last item is return or land: at the end of its list the autopilot hovers until the battery failsafe',
  'lands-on-the-way': 'a landing in mid-plan is followed by a take-off and stays armed, or home is locked at base',
  'return-on-the-way': 'return is the last item: it lands and ends the mission',
  flavour: 'the autopilot can do it',
  base: 'the base is known where it is needed, and the first place lies near it',
  'too-many-items': 'the compiled list fits into the autopilot',
  ceiling: 'no item flies higher than the ceiling',
  'fence-inside':
    'every place and every leg, the way back from each gate too, stays inside every fence, with the margin',
  'fence-outside': 'no place and no leg enters an area to stay out of, or comes nearer than the margin',
  'no-fly': 'no leg crosses a no-fly zone within its heights',
  'leg-too-long': 'no leg is longer than allowed',
  speed: 'no item asks for more speed than allowed',
  wind: 'it makes headway on every leg',
  energy: 'the charge lasts to the end of the plan with the reserve left',
  'gate-leads-on': 'behind a gate that leads along the plan when it stays shut no other delivery follows',
  'release-height': 'a parcel is released below the approach height, from a height the plan says',
  'winch-line': 'the line is at least as long as the hover is high',
  'place-descent': 'place says how deep it may descend, at most 600 m',
  'duplicate-parcel': 'no parcel is delivered twice',
  'duplicate-item': 'no item is written twice in a row',
  'rally-outside': 'rally points lie inside the fence, outside what is fenced off, below the ceiling',
  'too-late': 'what is to be done by a time can still be done',
} as const;
export type Rule = keyof typeof RULES;

/** What could not be checked, or looks wrong without being refused. */
export const WARNINGS = {
  'unknown-field': 'a field that the schema does not know is ignored',
  'terrain-not-checked': 'heights above the ground are not checked: there is no terrain data here',
  'ceiling-not-checked': 'the height of home above the sea is not known',
  'energy-not-checked': 'the battery’s energy or charge is not known',
  'wind-not-known': 'energy is computed without wind',
  'no-fence': 'the plan has no fence to stay inside',
  'ground-not-known': 'after a landing on the way heights still count from home, not from that place',
  'stays-armed-not-known':
    'whether the drone stays armed after a landing in mid-plan is not known here; the drone checks it',
  'way-home': 'the straight way home from there crosses what is to be avoided: a failsafe would fly it',
  low: 'less than 5 m above home',
} as const;
export type Warning = keyof typeof WARNINGS;

export interface Finding<R extends string> {
  /** Item of the plan, counted from 0; null: the plan as a whole. */
  readonly item: number | null;
  readonly rule: R;
  readonly value: string | number | null;
  readonly limit: string | number | null;
  readonly words: string;
}
export type Refusal = Finding<Rule>;
export type PlanWarning = Finding<Warning>;

/** Collects what is found, at most so many: a hostile plan must not make an endless answer. */
export class Findings {
  readonly refusals: Refusal[] = [];
  readonly warnings: PlanWarning[] = [];
  static readonly MAX = 100;

  refuse(
    item: number | null,
    rule: Rule,
    value: string | number | null,
    limit: string | number | null,
    words: string,
  ): void {
    if (this.refusals.length < Findings.MAX)
      this.refusals.push({ item, rule, value: rounded(value), limit: rounded(limit), words: at(item, words) });
  }

  warn(item: number | null, rule: Warning, words: string, value: string | number | null = null): void {
    if (this.warnings.length < Findings.MAX)
      this.warnings.push({ item, rule, value: rounded(value), limit: null, words: at(item, words) });
  }
}

const at = (item: number | null, words: string): string => (item === null ? words : `item ${item}: ${words}`);

/** To a tenth: for people, and the same on every machine. */
function rounded<T extends string | number | null>(value: T): T | number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.round(value * 10) / 10 : value;
}
