/**
 * What becomes of a roll-out, out of it and of what is seen of its drones: pure, and level, not edge, so that a restart at
 * any moment goes on as if nothing had been.
 *
 *   waiting ── its stage's turn ──► setting: one parameter after another ──► done
 *      │ armed, or away for too long      │ armed since      │ refused, not taken, nobody knows
 *      ▼                                  ▼                  ▼
 *   skipped, with words                skipped            failed, unknown ──► so many stop the roll-out
 */
import { isOver, type Job, type RolloutDoc, type Setting } from './rollout.ts';

/** A drone now. null: not known. */
export interface JobSeen {
  readonly online: boolean;
  readonly armed: boolean | null;
}

/** What became of a command; null: it is under way. */
export interface Outcome {
  /** `nothing`: it was not acted on, and may be again. */
  readonly state: 'set' | 'armed' | 'nothing' | 'failed' | 'unknown';
  readonly words: string;
  readonly before?: number;
  readonly after?: number;
}

export interface StepInput {
  readonly nowUtcUs: number;
  readonly seen: (drone: string) => JobSeen;
  /** Of the parameter that is being set on this drone; null: none, or under way. */
  readonly outcome: (drone: string, name: string) => Outcome | null;
}

export interface Stepped {
  readonly state: RolloutDoc['state'];
  readonly words: string | null;
  /** Those that changed. */
  readonly jobs: Readonly<Record<string, Job>>;
  readonly open: boolean;
}

/** Between two askings of a drone that could not do it, µs. */
const AGAIN_US = 5e6;
/** Keys of commands are remembered for a day: what was asked for so long ago is not asked for again, µs. */
const FORGOTTEN_US = 23 * 3600e6;

/** null: nothing changes. */
export function step(doc: RolloutDoc, input: StepInput): Stepped | null {
  const jobs: Record<string, Job> = {};
  const now = (drone: string): Job => jobs[drone] ?? (doc.drones[drone] as Job);
  const names = Object.keys(doc.drones);
  const change = (drone: string, job: Job | null) => {
    if (job !== null) jobs[drone] = job;
  };
  // What is under way ends first: what it ended with may stop the rest.
  for (const drone of names) if (now(drone).state === 'setting') change(drone, settled(drone, now(drone), input));
  const failures = names.filter((drone) => ['failed', 'unknown'].includes(now(drone).state));
  let { state } = doc;
  let words: string | null = doc.words ?? null;
  if (state === 'running' && failures.length >= doc.stopAfterFailures) {
    state = 'stopped';
    words = `stopped after ${failures.length} failed: ${failures
      .slice(0, 3)
      .map((one) => `${one}: ${now(one).words}`)
      .join('; ')}`;
  }
  if (state === 'running') {
    const stage = Math.min(...names.filter((one) => !isOver(now(one).state)).map((one) => now(one).stage));
    for (const drone of names) {
      if (now(drone).stage === stage && !isOver(now(drone).state)) change(drone, begun(drone, now(drone), doc, input));
    }
  } else {
    const why = state === 'stopped' ? (words ?? 'stopped') : 'cancelled';
    for (const drone of names)
      if (!isOver(now(drone).state) && !isAsking(now(drone))) change(drone, ended(now(drone), why));
  }
  const open = names.some((drone) => !isOver(now(drone).state));
  if (!open && state === 'running') state = 'done';
  const isSame = Object.keys(jobs).length === 0 && state === doc.state && open;
  return isSame ? null : { state, words, jobs, open };
}

/** The parameter that is being set: written down as asked for, and not answered. */
export function askedOf(job: Job): { readonly name: string; readonly setting: Setting } | null {
  const found = Object.entries(job.settings ?? {}).find(([, setting]) => setting.state === 'asking');
  return found === undefined ? null : { name: found[0], setting: found[1] };
}

function isAsking(job: Job): boolean {
  return askedOf(job) !== null;
}

function settled(drone: string, job: Job, { outcome, nowUtcUs }: StepInput): Job | null {
  const asked = askedOf(job);
  if (asked === null) return null;
  const { name, setting } = asked;
  let came = outcome(drone, name);
  if (came === null && setting.command === undefined && nowUtcUs - setting.atUtcUs > FORGOTTEN_US) {
    came = { state: 'unknown', words: 'the controller stood still for a day: whether it was set is not known' };
  }
  if (came === null) return null;
  const { state, words, ...values } = came;
  const told = (kept: Setting['state']): Job => ({
    ...job,
    settings: { ...job.settings, [name]: { ...setting, ...values, state: kept, words } },
  });
  switch (state) {
    case 'set':
      return told('set');
    case 'armed':
      return { ...told('away'), state: 'skipped', words: `armed${soFar(told('away'))}` };
    case 'nothing':
      return { ...told('away'), words };
    default:
      return { ...told(state), state, words: `${name}: ${words}${soFar(told(state))}` };
  }
}

/** Its turn: the next parameter, if it can be set now. */
function begun(drone: string, job: Job, doc: RolloutDoc, { seen, nowUtcUs }: StepInput): Job | null {
  if (isAsking(job)) return null;
  const name = Object.keys(job.todo).find((one) => job.settings?.[one]?.state !== 'set');
  if (name === undefined) return { ...job, state: 'done', words: soFar(job).slice(2) || 'nothing to set' };
  const { online, armed } = seen(drone);
  if (armed === true) return { ...job, state: 'skipped', words: `armed${soFar(job)}` };
  const { sinceUtcUs = nowUtcUs } = job;
  const before = job.settings?.[name];
  if (!online || armed === null) {
    const what = online ? 'not known whether it is armed' : 'away';
    const waitedS = Math.floor((nowUtcUs - sinceUtcUs) / 1e6);
    if (waitedS >= doc.waitS)
      return { ...job, sinceUtcUs, state: 'skipped', words: `${what} for ${waitedS} s${soFar(job)}` };
    return job.sinceUtcUs === undefined ? { ...job, sinceUtcUs, words: what } : null;
  }
  if (before !== undefined) {
    if (nowUtcUs - before.atUtcUs < AGAIN_US) return null;
    if (nowUtcUs - sinceUtcUs >= doc.waitS * 1e6) {
      return { ...job, state: 'skipped', words: `${before.words ?? 'could not'}, for ${doc.waitS} s${soFar(job)}` };
    }
  }
  const { words: _, ...rest } = job;
  const asking: Setting = { n: (before?.n ?? 0) + 1, atUtcUs: nowUtcUs, state: 'asking' };
  return { ...rest, sinceUtcUs, state: 'setting', settings: { ...job.settings, [name]: asking } };
}

function ended(job: Job, why: string): Job {
  const isAll = Object.keys(job.todo).every((name) => job.settings?.[name]?.state === 'set');
  if (isAll) return { ...job, state: 'done', words: soFar(job).slice(2) };
  return { ...job, state: 'cancelled', words: `${why}${soFar(job) || '; nothing was set'}` };
}

/** What was set of it, in words; empty: nothing. */
function soFar({ settings = {} }: Job): string {
  const done = Object.entries(settings).flatMap(([name, { state, after }]) =>
    state === 'set' ? [`${name} ${after}`] : [],
  );
  return done.length === 0 ? '' : `; set: ${done.join(', ')}`;
}
