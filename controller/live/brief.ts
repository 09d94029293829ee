/**
 * What goes to a page of the drones that nobody there looks at: at once what its list and map show, and of all the rest of a
 * drone the newest, together, at most each five seconds, but for what only a panel shows: that waits until somebody looks. What is
 * held back is held by name only, so that what goes out in the end is what is true then, with its own age.
 */
import type { DroneDelta, LiveKinds } from './messages.ts';

export interface BriefSource {
  /** These fields and kinds of it as they are now; null: there is no such drone. */
  part(id: string, fields: ReadonlySet<string>, kinds: ReadonlySet<string>): DroneDelta | null;
}

/** Where it is, how fast, what it does; and its home, seldom said: a plan drawn now begins there. */
const KINDS_AT_ONCE: ReadonlySet<string> = new Set(['position', 'velocity', 'status', 'home']);
/** Shown of a drone that is looked at, and of no other. */
const KINDS_OF_PANELS: ReadonlySet<string> = new Set([
  'ekf',
  'vibration',
  'esc',
  'rc',
  'health',
  'radio',
  'link',
  'board',
  'clock',
  'pressure',
  'local',
]);
/** They change with whatever a drone says; that it is online, or whose it is, is told by others. */
const FIELDS_LATER: ReadonlySet<string> = new Set(['link', 'clock']);
const LATER_US = 5e6;

interface Held {
  readonly fields: Set<string>;
  readonly kinds: Set<string>;
  /** Of panels. */
  readonly detail: Set<string>;
  /** Infinite while nothing is due. */
  dueUs: number;
}

/** Each drone has turns of its own, or a whole fleet would be told at once. */
function nextTurnUs(id: string, nowUs: number): number {
  let mixed = 0;
  for (let i = 0; i < id.length; i++) mixed = (Math.imul(mixed, 31) + id.charCodeAt(i)) >>> 0;
  const turnUs = ((mixed % 997) / 997) * LATER_US;
  return nowUs + LATER_US - ((nowUs - turnUs) % LATER_US);
}

export class Briefs {
  readonly #source: BriefSource;
  readonly #held = new Map<string, Held>();

  constructor(source: BriefSource) {
    this.#source = source;
  }

  /** These deltas in brief, and with them what has been held back for long enough. */
  take(deltas: readonly DroneDelta[], nowUs: number): readonly DroneDelta[] {
    const briefs: DroneDelta[] = [];
    for (const delta of deltas) {
      const brief = this.#holdBack(delta, nowUs);
      if (brief !== null) briefs.push(brief);
    }
    for (const [id, held] of this.#held) {
      if (held.dueUs > nowUs) continue;
      const late = this.#source.part(id, held.fields, held.kinds);
      if (late !== null) briefs.push(late);
      held.fields.clear();
      held.kinds.clear();
      held.dueUs = Number.POSITIVE_INFINITY;
      if (late === null || held.detail.size === 0) this.#held.delete(id);
    }
    return briefs;
  }

  /** What is held back of one that is looked at; null: nothing. */
  late(id: string): DroneDelta | null {
    const held = this.#held.get(id);
    return held ? this.#source.part(id, held.fields, new Set([...held.kinds, ...held.detail])) : null;
  }

  /** Nobody is told in brief any more; who is later begins with a snapshot, or has had everything. */
  letGo(): void {
    this.#held.clear();
  }

  #holdBack(delta: DroneDelta, nowUs: number): DroneDelta | null {
    const { id, kinds: allKinds = {}, ...fields } = delta;
    // With all its fields a drone may be new to the page, which can show one only that it knows whole.
    const isLater = (name: string): boolean => FIELDS_LATER.has(name) && !('firstSeenUtcUs' in fields);
    const laterFields = Object.keys(fields).filter(isLater);
    const laterKinds = Object.keys(allKinds).filter((name) => !KINDS_AT_ONCE.has(name));
    if (laterFields.length + laterKinds.length === 0) return delta;
    let held = this.#held.get(id);
    if (held === undefined) {
      held = { fields: new Set(), kinds: new Set(), detail: new Set(), dueUs: Number.POSITIVE_INFINITY };
      this.#held.set(id, held);
    }
    for (const name of laterFields) held.fields.add(name);
    for (const name of laterKinds) {
      // Instances (`esc.5`) are of the kind before the dot.
      const isOfPanels = KINDS_OF_PANELS.has(name.split('.', 1)[0] ?? name);
      (isOfPanels ? held.detail : held.kinds).add(name);
    }
    const isDue = held.fields.size + held.kinds.size > 0;
    if (isDue && held.dueUs === Number.POSITIVE_INFINITY) held.dueUs = nextTurnUs(id, nowUs);
    const nowFields = Object.entries(fields).filter(([name]) => !isLater(name));
    const nowKinds = Object.entries(allKinds).filter(([name]) => KINDS_AT_ONCE.has(name));
    if (nowFields.length + nowKinds.length === 0) return null;
    const brief: DroneDelta = { id, ...Object.fromEntries(nowFields) };
    // Some of its own kinds, under their own names.
    return nowKinds.length > 0 ? { ...brief, kinds: Object.fromEntries(nowKinds) as LiveKinds } : brief;
  }
}
