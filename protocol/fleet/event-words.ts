/**
 * An event in plain words: what happened to what, and why. What is not known here is said as it is stored, and data of another
 * shape than expected breaks nothing.
 */
import { formatUtc, parseTime } from '../time/rfc3339.ts';
import { nameOfCommand } from './command-names.ts';
import { shortIds } from './short-ids.ts';

type Json = Readonly<Record<string, unknown>>;
const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export interface ToldEvent {
  /** `order:01J…`, `controller`. */
  readonly entity: string;
  readonly type: string;
  readonly cause: string | null;
  readonly data: unknown;
}

/** What stands before the colon of an entity, and behind it. */
export function kindAndId(entity: string): readonly [kind: string, id: string] {
  const colon = entity.indexOf(':');
  return colon < 0 ? [entity, ''] : [entity.slice(0, colon), entity.slice(colon + 1)];
}

/** Names come from outside: `constructor` is none of ours. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

const THINGS: Readonly<Record<string, string>> = {
  ...{ drone: '', stop: 'ground stop', rollout: 'roll-out', upkeep: 'maintenance of', settings: 'settings of' },
  ...{
    calibration: 'what flights taught of',
    snapshot: 'parameters of',
    parameters: 'parameter list',
    weather: 'weather at',
  },
};

/** `order …K3F2X`, `base oerlikon`, `heron-01`. */
export function thingWords(entity: string): string {
  const [kind, id] = kindAndId(entity);
  return `${own(THINGS, kind) ?? kind} ${shortIds(id)}`.trim();
}

type Say = (about: { readonly entity: string; readonly id: string }, data: Json) => string | null;

const plain = (text: string): string => text.replace(/[-_]+/g, ' ');
const after = (text: string | null): string => (text === null || text === '' ? '' : `: ${text}`);
/** The words or the code of something that is told. */
const told = (data: Json): string | null => textOf(data.words) ?? textOf(data.message) ?? textOf(data.code);
const setOf = (data: Json): Json => objectOf(data.set);
const dronesOf = (data: Json): readonly string[] =>
  listOf(data.deliveries).flatMap((one) => textOf(objectOf(one).drone) ?? []);

/** `failed, no answer`; null: its state did not change. */
function stateWords(set: Json): string | null {
  const state = textOf(set.state);
  const reason = textOf(set.reason);
  if (state === null) return null;
  return reason === null || reason === 'done' ? plain(state) : `${plain(state)}, ${plain(reason)}`;
}

function several(names: readonly string[]): string {
  const [first] = names;
  if (first === undefined) return 'no drone';
  return names.length <= 3 ? names.join(', ') : `${names.length} drones (${first} …)`;
}

const DRONE: Readonly<Record<string, Say>> = {
  'first-seen': ({ id }) => `${id} was heard for the first time`,
  online: ({ id }) => `${id} came online`,
  offline: ({ id }) => `${id} went offline`,
  session: ({ id }, { rebooted }) => `${id} ${rebooted === true ? 'restarted' : 'began a new session'}`,
  'identity-conflict': ({ id }, data) => `two boards say that they are ${id}${after(textOf(data.reason))}`,
  'autopilot-text': ({ id }, data) =>
    `autopilot of ${id} said (${textOf(data.severity) ?? 'unknown'}): ${textOf(data.text) ?? ''}`,
  gap: ({ id }, data) => {
    const samples = numberOf(data.samples) ?? 0;
    return `${samples === 0 ? 'data' : `${samples} samples`} of ${id} will never come${after(textOf(data.reason))}`;
  },
  alert: ({ id }, data) => `warning about ${id}${after(told(data))}`,
};

const COMMAND: Readonly<Record<string, Say>> = {
  issued: (_, data) => {
    const command = objectOf(data.command);
    const name = nameOfCommand(textOf(command.type) ?? 'command', objectOf(command.params));
    return `${name} was ordered for ${several(dronesOf(data))}`;
  },
  decided: ({ entity }) => `${thingWords(entity)} was stored and goes out`,
  delivery: ({ entity }, data) => {
    const set = setOf(data);
    return `${thingWords(entity)} to ${textOf(data.drone) ?? 'a drone'}: ${stateWords(set) ?? 'has news'}`;
  },
};

/** What became of its parcels, each by the item that delivers it. */
const parcelsOf = (data: Json): readonly string[] =>
  Object.entries(objectOf(data.parcels)).map(([item, change]) => {
    const set = setOf(objectOf(change));
    const word = textOf(objectOf(set.settled).word);
    const settled =
      word === null ? 'has news' : `${plain(word)}, said ${textOf(objectOf(set.settled).by) ?? 'somebody'}`;
    return `parcel of item ${item} ${stateWords(set) ?? settled}`;
  });

const ITINERARY: Readonly<Record<string, Say>> = {
  given: ({ entity }, data) => `${thingWords(entity)} was given, version ${numberOf(data.version) ?? '?'}`,
  asked: ({ entity }, data) => `${thingWords(entity)}: ${plain(textOf(data.what) ?? 'something')} was asked for`,
  stand: ({ entity }, data) => {
    const set = setOf(data);
    const item = numberOf(set.item);
    const stands = stateWords(set) ?? (item === null ? null : `at item ${item}`);
    const sent = numberOf(set.sentUtcUs) === null ? null : 'was sent';
    const all = [stands ?? sent, ...parcelsOf(data)].filter((part) => part !== null);
    return `${thingWords(entity)} with ${textOf(data.drone) ?? 'a drone'}: ${all.join('; ') || 'has news'}`;
  },
};

const CONTROLLER: Readonly<Record<string, Say>> = {
  alert: (_, data) => `warning of the controller${after(told(data))}`,
  webhook: (_, data) =>
    `webhook ${textOf(data.webhook) ?? ''}: ${plain(textOf(data.asked) ?? 'something')} was asked for`,
  checkpoint: (_, data) =>
    `events up to number ${numberOf(data.to) ?? '?'} were signed (checkpoint ${numberOf(data.number) ?? '?'})`,
  restored: () => 'the databases were restored from a backup',
};

const ALERT: Readonly<Record<string, Say>> = {
  raised: (_, data) => {
    const set = setOf(data);
    return `alert (${textOf(set.severity) ?? 'unknown'})${after(textOf(set.words) ?? textOf(set.class))}`;
  },
};

/** `, until 2026-11-21 20:14 UTC`; null: until somebody lifts it. */
function untilWords(until: string | null): string {
  if (until === null) return ', until it is lifted';
  const utcUs = parseTime(until);
  return `, until ${utcUs === null ? until : `${formatUtc(utcUs).slice(0, 16).replace('T', ' ')} UTC`}`;
}

function reachWords(reach: unknown): string {
  if (reach === 'fleet') return 'the whole fleet';
  const { base, group } = objectOf(reach);
  const [kind, name] = textOf(base) === null ? ['group', textOf(group)] : ['base', textOf(base)];
  return name === null ? 'somebody' : `${kind} ${name}`;
}

/** It is set and lifted: "stopped" would be said of either. */
const STOP: Readonly<Record<string, Say>> = {
  stopped: ({ entity }, data) => {
    const { reach, reason, until } = setOf(data);
    return `${thingWords(entity)} was set: ${textOf(reason) ?? 'no reason'}, for ${reachWords(reach)}${untilWords(textOf(until))}`;
  },
  lifted: ({ entity }) => `${thingWords(entity)} was lifted: drones may be armed and started again`,
  ended: ({ entity }) => `${thingWords(entity)} was put away, a day after its time was over`,
};

/** Most often it goes on; "went on: stopped" would say both. */
const ROLLOUT: Readonly<Record<string, Say>> = {
  'went-on': ({ entity }, data) => {
    const { state, words } = setOf(data);
    const is = textOf(state);
    const more = after(textOf(words));
    return is === null || is === 'running'
      ? `${thingWords(entity)} went on${more}`
      : `${thingWords(entity)} is ${plain(is)}${more}`;
  },
};

const SAYINGS: Readonly<Record<string, Readonly<Record<string, Say>>>> = {
  ...{ drone: DRONE, command: COMMAND, itinerary: ITINERARY, controller: CONTROLLER, alert: ALERT },
  ...{ stop: STOP, rollout: ROLLOUT },
};

/** Of documents: what became of them by its word. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ put: 'was set', removed: 'was removed', moved: 'went on', waits: 'waits', 'put-away': 'is over and put away' },
  ...{ loaded: 'was said to be loaded', unloaded: 'was said to be unloaded', cancel: 'was cancelled' },
  ...{ settle: 'was settled', changed: 'changed', counted: 'was counted', 'read-back': 'was read back' },
  ...{ 'put-in': 'was put in', 'taken-out': 'was taken out', told: 'was sent to its drones' },
  ...{ 'well-again': 'is well again', 'heard-again': 'is no longer silenced', retold: 'is told in other words' },
  ...{ proposed: 'has a proposal', lapsed: 'has a proposal no more', gathered: 'is told with those of other drones' },
  ...{ 'armed-with': 'are what it armed with', flown: 'took in a flight' },
};

/** What happened. */
export function eventWords({ entity, type, data: stored }: ToldEvent): string {
  const [kind, id] = kindAndId(entity);
  const data = objectOf(stored);
  const said = own(own(SAYINGS, kind) ?? {}, type)?.({ entity, id }, data) ?? null;
  if (said !== null) return said;
  const set = setOf(data);
  // `was cleared: cleared` says it twice.
  const more = [textOf(set.state), textOf(set.words) ?? told(data)].filter(
    (part): part is string => part !== null && part !== type,
  );
  const drone = textOf(set.drone);
  const about = `${thingWords(entity)} ${own(TYPES, type) ?? `was ${plain(type)}`}`;
  return `${about}${drone === null ? '' : ` (${drone})`}${after(more.map((part, i) => (i === 0 ? plain(part) : part)).join(', '))}`;
}

const CAUSES: Readonly<Record<string, string>> = {
  request: 'somebody asked for it',
  presence: 'its presence changed',
  answer: 'the drone answered',
  time: 'its time was over',
  rollout: 'its turn in a roll-out',
  cancel: 'it was cancelled',
  'max-failures': 'too many before it failed',
  'not-stored': 'it could not be stored',
  untargeted: 'the drone speaks of it, nobody here ordered it',
  told: 'the drone told it',
  stored: 'it is durable',
  daily: 'done every day',
};

/** Why; null: nobody said. */
export function causeWords(cause: string | null): string | null {
  if (cause === null || cause === '') return null;
  const from = causeEntity(cause);
  if (from !== null) return `follows from ${thingWords(from)}`;
  if (cause.startsWith('batch ')) return 'in what the drone sent';
  return own(CAUSES, cause) ?? cause;
}

/** The entity an event follows from; null: the cause is words. */
export function causeEntity(cause: string | null): string | null {
  return /^([a-z][a-z0-9-]*:[^\s@]{1,64})(?:@\d+)?$/.exec(cause ?? '')?.[1] ?? null;
}
