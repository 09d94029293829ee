/**
 * One delivery, as a pure machine: (delivery, what happens, now) → delivery, and whether it is to be sent now.
 *
 *   queued ── mark ──► written down ── send, send again ──► answers of the drone ──► final
 *     │ expired, offline, cancelled        │ nobody answers by expiry + 60 s, or the journal is another
 *     ▼                                    ▼
 *   final: it was never sent             unknown: never sent again; a later answer replaces it
 *
 * Nothing is sent after its expiry. A type that never waits goes to one session only: the one it was first sent to.
 */
import {
  type CommandRule,
  type DeliveryState,
  isFinal,
  type ReasonCode,
  reasonCode,
  reasons,
} from '@skein/protocol/fleet';
import {
  type Command,
  type Delivery,
  type DeliveryRecord,
  type Detail,
  type Instead,
  type Now,
  ruleOf,
} from './command.ts';
import type { Contact, SessionContact } from './ports.ts';

/** After its expiry an answer may still be on its way for so long. */
export const GRACE_US = 60e6;
/** Pauses between two sendings while nothing is answered, s; the last one repeats. */
const RESEND_S = [1, 2, 4, 8, 15] as const;
/** A drone that cannot judge it yet (`not-now`) is asked again after this. */
const NOT_NOW_US = 2e6;
/** A presence just after a sending calls for no second one. */
const PRESENCE_QUIET_US = 500_000;
/** Steps kept of one delivery. */
const MAX_STEPS = 50;

/** What a delivery is judged with. */
export interface Circumstances {
  readonly command: Command;
  readonly expiresMonoUs: number;
  /** null: the drone is not known. */
  readonly contact: Contact | null;
  readonly now: Now;
}

export interface Outcome {
  readonly delivery: Delivery;
  /** To be sent now, to this session. */
  readonly send: SessionContact | null;
}

export interface Answer {
  readonly step: number;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly detail: Detail | null;
}

export function newDelivery(
  drone: string,
  expiresMonoUs: number,
  now: Now,
  { fill = {}, instead = null }: Partial<Pick<Delivery, 'fill' | 'instead'>> = {},
): Delivery {
  const first = { state: 'queued', reason: instead?.reason ?? null, detail: null, atUtcUs: now.utcUs } as const;
  return {
    ...{ drone, ...first, steps: [{ ...first, by: 'controller' }], answered: 0 },
    ...{ sentUtcUs: null, session: null, journal: null, fill, instead, cancel: null },
    ...{ sends: 0, dueMonoUs: 0, giveUpMonoUs: expiresMonoUs + GRACE_US },
  };
}

/** After a restart: what was written down as sent may have left, and is sent again. */
export function restored(record: DeliveryRecord, expiresMonoUs: number, now: Now): Delivery {
  const giveUpMonoUs = Math.max(expiresMonoUs + GRACE_US, now.monoUs);
  // Those of an earlier version name no `instead`.
  return {
    ...record,
    instead: record.instead ?? null,
    sends: record.sentUtcUs === null ? 0 : 1,
    dueMonoUs: now.monoUs,
    giveUpMonoUs,
  };
}

/** The session it would go to now; null: none is in reach. */
function reachable(d: Delivery, c: Circumstances, rule: CommandRule): SessionContact | null {
  const { command, contact } = c;
  if (contact === null || (contact.conflict && !(command.session !== null && rule.safe))) return null;
  const wanted = d.session ?? command.session ?? contact.current;
  const found = contact.sessions.find((one) => one.session === wanted);
  return found?.alive ? found : null;
}

/**
 * The drone refuses what comes later than `staleMs` after the newest word of its own that we had (`heard`): half of that is
 * left for the way. Where the newest is older (the clock exchange alone comes each 5 s), the next word is waited for; hold, return and land wait
 * for nothing.
 */
function hasTimeLeft({ heardMonoMs, heardAgeMs }: SessionContact, { staleMs, safe }: CommandRule): boolean {
  return heardMonoMs !== null && (safe || (heardAgeMs !== null && heardAgeMs <= staleMs / 2));
}

/** May it be sent for the first time now? `wait`, or the reason to reject it. */
export function readiness(d: Delivery, c: Circumstances): 'go' | 'wait' | ReasonCode {
  const { command, contact } = c;
  const rule = ruleOf(command.type);
  const session = reachable(d, c, rule);
  if (session === null) {
    const picked = command.session !== null && contact?.sessions.some((one) => one.session === command.session);
    if (command.session !== null && !picked) return 'other-session';
    if (rule.queued) return 'wait';
    return contact?.conflict ? 'identity-conflict' : 'offline';
  }
  if (!hasTimeLeft(session, rule) || namesNothingYet(command, session)) return 'wait';
  // Many at a time: those known to be armed are left alone (a single one is the drone's own to refuse).
  if (command.type === 'reboot' && command.atATime !== null && contact?.armed === true) return 'armed';
  return 'go';
}

/** It is to be sent for the first time: what has to be written down before. */
export function mark(d: Delivery, c: Circumstances): Delivery {
  const rule = ruleOf(c.command.type);
  const session = reachable(d, c, rule);
  return {
    ...d,
    sentUtcUs: c.now.utcUs,
    session: rule.queued && c.command.session === null ? null : (session?.session ?? null),
    journal: session?.journal ?? null,
    fill: Object.keys(d.fill).length > 0 ? d.fill : fillOf(c.command, session),
    dueMonoUs: c.now.monoUs,
  };
}

/** The boot or session that a reboot is to end, unless the caller has named one. */
export function fillOf(command: Command, session: SessionContact | null): Delivery['fill'] {
  const { target, ifBoot, ifSession } = command.params;
  if (command.type !== 'reboot' || session === null || ifBoot !== undefined || ifSession !== undefined) return {};
  if (target === 'agent') return { ifSession: session.session };
  const boot = target === 'companion' ? session.boot : session.autopilotBoot;
  return typeof boot !== 'string' || boot === '' ? {} : { ifBoot: boot };
}

/** A drone that has just started will say which boot of its autopilot runs: an order that names none could end the next. */
function namesNothingYet({ type, params }: Command, { autopilotBoot }: SessionContact): boolean {
  const { target, ifBoot } = params;
  return type === 'reboot' && target === 'autopilot' && ifBoot === undefined && autopilotBoot === null;
}

/** Time has passed, or (`presence`) the drone has just said that it is there. */
export function onTime(d: Delivery, c: Circumstances, presence = false): Outcome {
  const { now, contact, expiresMonoUs } = c;
  const over = now.monoUs >= expiresMonoUs;
  if (isFinal(d.state)) return stay(d);
  if (d.sends === 0 && over) return stay(settle(d, now, { state: 'expired', reason: 'expired' }));
  if (d.sentUtcUs === null) return stay(d);
  const rule = ruleOf(c.command.type);
  const session = reachable(d, c, rule);
  const journal = session?.journal ?? null;
  if (d.sends > 0 && d.journal !== null && journal !== null && journal !== d.journal) {
    return stay(settle(d, now, { state: 'unknown', reason: 'journal-changed' }));
  }
  if (now.monoUs >= d.giveUpMonoUs) return stay(settle(d, now, { state: 'unknown', reason: 'no-answer' }));
  if (d.sends === 0 && session === null && !rule.queued) {
    const reason = contact?.conflict ? 'identity-conflict' : 'offline';
    return stay(settle(d, now, { state: 'rejected', reason }));
  }
  if (over || d.cancel !== null || session === null || !hasTimeLeft(session, rule) || wasUnknown(d)) return stay(d);
  const pauseUs = pause(d.sends) * 1e6;
  const sentMonoUs = d.dueMonoUs - pauseUs;
  const asked = presence && now.monoUs - sentMonoUs >= PRESENCE_QUIET_US;
  const waits = d.state === 'accepted' || d.state === 'executing';
  if (!asked && d.sends > 0 && (waits || now.monoUs < d.dueMonoUs)) return stay(d);
  const dueMonoUs = now.monoUs + pause(d.sends + 1) * 1e6;
  return { delivery: { ...d, sends: d.sends + 1, dueMonoUs, journal: d.journal ?? journal }, send: session };
}

/** It was given up once, and a late word of the drone opened it again: it is waited for, and not sent, whatever the clock. */
function wasUnknown(d: Delivery): boolean {
  return d.steps.some((one) => one.state === 'unknown');
}

/** Pause after the n-th sending, s. */
function pause(n: number): number {
  return RESEND_S[Math.min(Math.max(n, 1), RESEND_S.length) - 1] ?? 15;
}

/** The drone says what became of it. The same delivery back: it was known, or comes after the end. */
export function onAnswer(d: Delivery, answer: Answer, now: Now): Delivery {
  if (answer.step <= d.answered) return d;
  if (isFinal(d.state) && d.state !== 'unknown' && (!isFinal(answer.state) || knowsLess(answer))) return d;
  const notNow = reasonCode(answer.reason ?? '') === 'not-now';
  const said = d.instead === null ? answer : { ...answer, reason: insteadReason(d.instead, answer) };
  const next = settle({ ...d, answered: answer.step }, now, { ...said, by: 'drone' });
  return {
    ...next,
    dueMonoUs: notNow ? now.monoUs + NOT_NOW_US : next.dueMonoUs,
    giveUpMonoUs: d.state === 'unknown' ? now.monoUs + GRACE_US : next.giveUpMonoUs,
  };
}

/** A drone that lost the end of its journal does not take back what it said before. */
function knowsLess({ state, reason }: Answer): boolean {
  return state === 'unknown' || reasonCode(reason ?? '') === 'restarted';
}

/** Why it was told something else comes first, unless that went wrong. */
function insteadReason({ reason }: Instead, answer: Answer): string {
  if (answer.reason === null || reasonCode(answer.reason) === 'done') return reason;
  const well = !isFinal(answer.state) || answer.state === 'succeeded';
  return reasons(well ? [reason, answer.reason] : [answer.reason, reason]);
}

/** Somebody takes it back. What was never sent ends at once; the rest is not sent again, and the drone is asked. */
export function onCancel(d: Delivery, now: Now, o: { readonly by: string; readonly cancel: string }): Delivery {
  if (isFinal(d.state)) return d;
  if (d.sentUtcUs === null) return settle(d, now, { state: 'cancelled', reason: 'cancelled', by: o.by });
  return { ...d, cancel: o.cancel };
}

/** A state, with its step. The same state and reason again only replace the particulars. */
export function settle(
  d: Delivery,
  now: Now,
  to: {
    readonly state: DeliveryState;
    readonly reason: string | null;
    readonly detail?: Detail | null;
    readonly by?: string;
  },
): Delivery {
  const { state, reason, detail = null, by = 'controller' } = to;
  const same = state === d.state && reason === d.reason;
  const step = { state, reason, detail, by, atUtcUs: same ? d.atUtcUs : now.utcUs };
  const before = same ? d.steps.slice(0, -1) : d.steps;
  // The first step says when it was posted, the newest how it went.
  const kept = before.length < MAX_STEPS ? before : [...before.slice(0, 1), ...before.slice(2 - MAX_STEPS)];
  return { ...d, state, reason, detail, atUtcUs: step.atUtcUs, steps: [...kept, step] };
}

function stay(delivery: Delivery): Outcome {
  return { delivery, send: null };
}
