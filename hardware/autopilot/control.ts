/**
 * Who has control, inferred from what can be seen on the link (flight rules §2). A pure function: memory and one input
 * give the next memory.
 *
 *   holder     who had it last: skein, pilot, other-station; or unknown, when the agent began in mid-flight
 *   failsafe   laid over it while a failsafe of the autopilot acts
 *   silence, a second companion, a second autopilot: laid over both
 *
 * A mode change, arm or disarm that nobody here commanded takes control away with the heartbeat that tells of it. It
 * comes back when the motors are off, or when an operator takes it.
 */
import { attribute, isDue, matches, recently } from './control-evidence.ts';
import type { ControlInput, ControlMemory, ControlRules, ControlState, Seen } from './control-types.ts';

const CRITICAL = 5;
const EMERGENCY = 6;
const BOOT = 1;
/** A command's effect shows in a heartbeat at once; when that one is lost, in the next. */
const EXPECT_MS = 5_000;
/** A failsafe's text and its mode change may come in either order. */
const FAILSAFE_TEXT_MS = 3_000;
/** A return at the end of a mission changes the mode as its turn comes, and a heartbeat tells of it within a second or two. */
const RETURNS_MS = 4_000;
const SECOND_MS = 10_000;
/** On the ground another station has its say for so long after its last write. */
const STATION_MS = 10_000;

export function beginControl(nowMs: number): ControlMemory {
  return {
    snapshot: {
      state: 'unknown',
      why: 'no heartbeat heard yet',
      sinceMs: nowMs,
      readOnly: false,
      adopted: false,
      taken: 0,
      failsafeSeen: false,
    },
    seen: null,
    holder: 'unknown',
    holderWhy: 'no heartbeat heard yet',
    failsafe: null,
    open: null,
    expected: [],
    silent: false,
    at: {
      failsafeText: null,
      continuing: null,
      write: null,
      station: null,
      companion: null,
      autopilot: null,
      modeSwitch: null,
      lastItem: null,
      modeUs: null,
      rcHealthy: null,
    },
  };
}

export function controlOf(
  memory: ControlMemory,
  input: ControlInput,
  nowMs: number,
  rules: ControlRules,
): ControlMemory {
  const expected = memory.expected.filter(({ untilMs }) => nowMs <= untilMs);
  const next = step(expected.length === memory.expected.length ? memory : { ...memory, expected }, input, nowMs, rules);
  return settle(next, nowMs);
}

function step(m: ControlMemory, input: ControlInput, nowMs: number, rules: ControlRules): ControlMemory {
  switch (input.kind) {
    case 'heartbeat':
      return heartbeat({ ...m, silent: false }, input, nowMs, rules);
    case 'expect':
      return { ...m, expected: [...m.expected.slice(-7), { ...input, untilMs: nowMs + EXPECT_MS }] };
    case 'refused':
      return { ...m, expected: m.expected.filter(({ command }) => command !== input.command) };
    case 'text':
      return text(m, input.text, nowMs, rules);
    case 'rc': {
      const moved = input.modeUs !== null && m.at.modeUs !== null && Math.abs(input.modeUs - m.at.modeUs) > 100;
      const at = { ...m.at, modeUs: input.modeUs, rcHealthy: input.healthy, ...(moved && { modeSwitch: nowMs }) };
      return { ...m, at };
    }
    case 'foreign-write':
      return foreignWrite(m, `${input.who} sent ${input.what}`, nowMs);
    case 'station':
      return { ...m, at: { ...m.at, station: nowMs } };
    case 'last-item':
      return { ...m, at: { ...m.at, lastItem: nowMs } };
    case 'second': {
      const next = { ...m, at: { ...m.at, [input.what]: nowMs } };
      return recently(m.at[input.what], nowMs, SECOND_MS) ? next : taken(next);
    }
    case 'rebooted':
      return { ...m, seen: null, failsafe: null, open: null };
    case 'take-control':
      return {
        ...m,
        holder: 'skein',
        holderWhy: `taken by ${input.by}`,
        failsafe: null,
        open: null,
        at: { ...m.at, write: null },
        snapshot: { ...m.snapshot, adopted: false },
      };
    case 'time':
      return m.silent === !input.alive ? m : { ...m, silent: !input.alive };
  }
}

function heartbeat(m: ControlMemory, now: Seen, nowMs: number, rules: ControlRules): ControlMemory {
  const { seen } = m;
  const next = { ...m, seen: { mode: now.mode, armed: now.armed, status: now.status } };
  if (seen === null) return first(next, now);
  if (seen.armed !== now.armed) {
    return now.armed ? armedIn(next, seen, now, nowMs, rules) : disarmed(next, seen, nowMs, rules);
  }
  if (seen.mode !== now.mode) return modeChanged(next, seen, now, nowMs, rules);
  if (!now.armed) return next;
  if (!isCritical(seen) && isCritical(now)) {
    // It has said that it flies on as before: nothing was taken from anybody.
    if (recently(m.at.continuing, nowMs, FAILSAFE_TEXT_MS)) return next;
    return failsafeBegins(next, 'its status is critical', nowMs, rules);
  }
  // Over, and it left the mode alone: what was flown before is flown on.
  if (isCritical(seen) && !isCritical(now) && next.failsafe?.mode === null) return { ...next, failsafe: null };
  return next;
}

/** An agent that starts and finds the vehicle armed adopts the flight: it listens. */
function first(m: ControlMemory, now: Seen): ControlMemory {
  if (!now.armed) return grounded(m, 'the vehicle is disarmed');
  const adopted = { ...m.snapshot, adopted: true };
  return {
    ...m,
    holder: 'unknown',
    holderWhy:
      'it was armed when the agent started, so who flies it is not known: hold, return and land work, resume takes control',
    snapshot: adopted,
  };
}

function grounded(m: ControlMemory, why: string): ControlMemory {
  const snapshot = { ...m.snapshot, adopted: false };
  return { ...m, holder: 'skein', holderWhy: why, failsafe: null, open: null, snapshot };
}

function armed(m: ControlMemory, nowMs: number): ControlMemory {
  const fresh = { ...m, failsafe: null, snapshot: { ...m.snapshot, failsafeSeen: false } };
  const ours = isDue(m.expected, (expected) => expected.armed === true);
  if (ours) return { ...fresh, expected: ours, holder: 'skein', holderWhy: 'armed by our command' };
  const by = attribute(m.at, nowMs);
  return taken({ ...fresh, holder: by, holderWhy: 'armed, and not by us' });
}

/** Arming sends no heartbeat by itself (observed): the one that tells of it may tell of a mode change, too. */
function armedIn(m: ControlMemory, before: Seen, now: Seen, nowMs: number, rules: ControlRules): ControlMemory {
  const next = armed(m, nowMs);
  if (before.mode === now.mode || next.holder !== 'skein') return next;
  // One command that arms and changes the mode was met whole.
  if (matches(m.expected, now) !== null && matches(next.expected, now) === null) return next;
  return modeChanged(next, { ...before, armed: true }, now, nowMs, rules);
}

function disarmed(m: ControlMemory, before: Seen, _nowMs: number, rules: ControlRules): ControlMemory {
  const ours = isDue(m.expected, (expected) => expected.armed === false || expected.reboot === true);
  if (ours) return grounded({ ...m, expected: ours }, 'disarmed by our command');
  const landed = rules.landingModes.includes(rules.modeName(before.mode) ?? '') && m.holder === 'skein';
  if (landed) return grounded(m, 'landed, and disarmed by itself');
  return grounded(taken(m), 'the vehicle is disarmed, and not by us');
}

function modeChanged(m: ControlMemory, before: Seen, now: Seen, nowMs: number, rules: ControlRules): ControlMemory {
  const [from, to] = [
    rules.modeName(before.mode) ?? `mode ${before.mode}`,
    rules.modeName(now.mode) ?? `mode ${now.mode}`,
  ];
  const ours = matches(m.expected, now);
  if (ours) {
    const failsafe = m.failsafe === null ? null : isCritical(now) ? { ...m.failsafe, mode: now.mode } : null;
    return { ...m, expected: ours, failsafe, open: null };
  }
  // Booting: its mode before was another boot's.
  if (now.status <= BOOT) return m;
  if (!now.armed) return taken({ ...m, holderWhy: `${from} → ${to} on the ground, and not by us` });
  const suspects = isCritical(now) || recently(m.at.failsafeText, nowMs, FAILSAFE_TEXT_MS);
  const switched = recently(m.at.modeSwitch, nowMs, FAILSAFE_TEXT_MS);
  if (suspects && !switched && rules.failsafeModes.includes(to)) {
    return failsafeChose(m, `a failsafe: ${from} → ${to}`, now.mode, nowMs);
  }
  const planned = rules.isMissionReturn(from, to) && recently(m.at.lastItem, nowMs, RETURNS_MS);
  if (!suspects && !switched && m.holder === 'skein' && planned) return m;
  const by = m.holder === 'pilot' ? 'pilot' : attribute(m.at, nowMs);
  const open = { atMs: nowMs, before: m.holder, beforeWhy: m.holderWhy };
  return taken({ ...m, holder: by, holderWhy: `${from} → ${to}, and not by us`, failsafe: null, open });
}

function text(m: ControlMemory, said: string, nowMs: number, rules: ControlRules): ControlMemory {
  if (rules.isFailsafeOverText(said)) {
    // "Continuing", or "Cleared" before anything was changed: the flight goes on as it was.
    const next = { ...m, at: { ...m.at, continuing: nowMs } };
    return m.failsafe?.mode === null ? { ...next, failsafe: null } : next;
  }
  if (!rules.isFailsafeText(said)) return m;
  const next = { ...m, at: { ...m.at, failsafeText: nowMs } };
  return m.seen?.armed ? failsafeBegins(next, said, nowMs, rules) : next;
}

/** Status or text. A mode change just before, taken for a pilot's, was the failsafe's. */
function failsafeBegins(m: ControlMemory, why: string, nowMs: number, rules: ControlRules): ControlMemory {
  const mode = m.seen?.mode ?? null;
  const { open } = m;
  const explains =
    open !== null &&
    nowMs - open.atMs <= FAILSAFE_TEXT_MS &&
    !recently(m.at.modeSwitch, nowMs, FAILSAFE_TEXT_MS) &&
    mode !== null &&
    rules.failsafeModes.includes(rules.modeName(mode) ?? '');
  if (explains) return failsafeChose({ ...m, holder: open.before, holderWhy: open.beforeWhy }, why, mode, nowMs);
  if (m.failsafe !== null) return { ...m, failsafe: { ...m.failsafe, why } };
  return failsafeChose(m, why, null, nowMs);
}

function failsafeChose(m: ControlMemory, why: string, mode: number | null, nowMs: number): ControlMemory {
  const next = {
    ...m,
    open: null,
    failsafe: { why: m.failsafe?.why ?? why, mode, atMs: nowMs },
    snapshot: { ...m.snapshot, failsafeSeen: true },
  };
  return taken(next);
}

function foreignWrite(m: ControlMemory, why: string, nowMs: number): ControlMemory {
  const next = { ...m, at: { ...m.at, write: nowMs } };
  if (m.seen?.armed !== true || m.holder === 'pilot') return m.at.write === null ? taken(next) : next;
  return m.holder === 'other-station' ? next : taken({ ...next, holder: 'other-station', holderWhy: why });
}

function taken(m: ControlMemory): ControlMemory {
  return { ...m, snapshot: { ...m.snapshot, taken: m.snapshot.taken + 1 } };
}

function isCritical({ status }: Seen): boolean {
  return status === CRITICAL || status === EMERGENCY;
}

/** What all of it comes to. */
function settle(m: ControlMemory, nowMs: number): ControlMemory {
  const { at } = m;
  const companion = recently(at.companion, nowMs, SECOND_MS);
  const readOnly = companion || recently(at.autopilot, nowMs, SECOND_MS);
  const lateWrite = recently(at.write, nowMs, STATION_MS);
  const at2 = lateWrite ? at : { ...at, write: null };
  const [state, why] = ((): readonly [ControlState, string] => {
    if (companion) return ['other-station', 'a second companion with our name is on the link'];
    if (readOnly) return ['other-station', 'a second autopilot is on the link'];
    if (m.silent) return ['unknown', 'the autopilot is silent'];
    if (m.failsafe !== null) return ['autopilot-failsafe', m.failsafe.why];
    if (m.holder === 'skein' && lateWrite) return ['other-station', 'another ground station writes'];
    return [m.holder, m.holderWhy];
  })();
  const { snapshot } = m;
  const same = snapshot.state === state && snapshot.why === why && snapshot.readOnly === readOnly;
  const sinceMs = snapshot.state === state ? snapshot.sinceMs : nowMs;
  return { ...m, at: at2, snapshot: same ? snapshot : { ...snapshot, state, why, readOnly, sinceMs } };
}
