/**
 * The ladder as a machine: what is known now goes in; the rung, whether the ground-link heartbeat may go on, and the one
 * thing to do come out. Pure; `step` is called every 100 ms.
 *
 *   none ─lease lost─▶ wait ─▶ (finish ─▶ retract)  ─▶ return ─▶ none when landed
 *                        │ another has control: watch     │ effect not seen within 5 s, or maxS: exhausted
 */
import type { LadderRung, LadderSettings, LinkLossOwner } from '@skein/protocol/fleet';

/** A rung whose effect is not seen so long after it was ordered has failed: the net below it acts (flight rules §3). */
export const EFFECT_WITHIN_MS = 5_000;

export interface LadderInput {
  readonly nowMs: number;
  readonly leaseLeftMs: number;
  /** Null: not known. */
  readonly armed: boolean | null;
  readonly inAir: boolean;
  /** Skein flies: no pilot, no other station, no failsafe, and this agent did not start in mid-flight. */
  readonly ours: boolean;
  /** This agent started in mid-flight: nobody flies it for the autopilot to wait for. */
  readonly adopted: boolean;
  /** Who has control. */
  readonly holder: 'skein' | 'pilot' | 'other-station' | 'autopilot-failsafe' | 'unknown';
  /** A release has begun and is not over. */
  readonly releasing: boolean;
  /** Its mode brings it home or down. */
  readonly goingHome: boolean;
}

export type LadderOrder = 'retract' | 'return';

/** By whom it is flown, while the ladder stands aside. */
export type Watched = 'pilot' | 'other-station' | 'failsafe' | 'adopted' | 'state-unknown';

export interface LadderMemory {
  readonly rung: LadderRung;
  readonly sinceMs: number;
  /** When the lease ran out; null while it is fresh or the motors stand. */
  readonly lostMs: number | null;
  /** Why it stands where it stands; null: by time. */
  readonly why: 'no-effect' | 'time' | Watched | null;
  /** The return was ordered; what came home by itself was not. */
  readonly ordered: boolean;
}

export interface LadderStep {
  readonly memory: LadderMemory;
  /** The ground-link heartbeat goes on although the lease is over. */
  readonly holdsGroundLink: boolean;
  /** To be carried out once, now. */
  readonly order: LadderOrder | null;
}

export const AT_REST: LadderMemory = { rung: 'none', sinceMs: 0, lostMs: null, why: null, ordered: false };

export interface LadderRules extends LadderSettings {
  readonly owner: LinkLossOwner;
}

export function step(rules: LadderRules, before: LadderMemory, now: LadderInput): LadderStep {
  const { nowMs } = now;
  const atRest = before.rung === 'none' ? before : { ...AT_REST, sinceMs: nowMs };
  // Unknown is not "no": a silent autopilot may fly. But nothing is begun on it.
  if (now.leaseLeftMs > 0 || now.armed === false) return { memory: atRest, holdsGroundLink: false, order: null };
  if (before.lostMs === null && now.armed !== true) return { memory: atRest, holdsGroundLink: false, order: null };

  const lostMs = before.lostMs ?? nowMs;
  const lostForMs = nowMs - lostMs;
  const move = (rung: LadderRung, why: LadderMemory['why'] = null, order: LadderOrder | null = null): LadderStep => {
    const same = before.rung === rung;
    const memory = {
      rung,
      sinceMs: same ? before.sinceMs : nowMs,
      lostMs,
      why: same && rung !== 'watch' ? before.why : why,
      ordered: same ? before.ordered : order === 'return',
    };
    const mayHold = rung !== 'exhausted' && !(rung === 'watch' && now.adopted);
    const holds = rules.owner === 'agent' && mayHold && lostForMs < rules.maxS * 1_000;
    return { memory, holdsGroundLink: holds, order: same ? null : order };
  };

  if (rules.owner === 'autopilot') return move('watch');
  // Once the net was let act, it is not taken away again: not before the lease is back or the motors stand.
  if (before.rung === 'exhausted') return move('exhausted');
  if (lostForMs >= rules.maxS * 1_000) return move('exhausted', 'time');
  // Whoever flies is left alone; the heartbeat goes on for him, or his flight would end in a failsafe. A flight that was
  // only found has nobody: there the failsafe must act.
  if (!now.ours && !(before.rung === 'return' && now.goingHome)) return move('watch', watched(now));

  const onRungMs = nowMs - before.sinceMs;
  const goHome = (): LadderStep => move('return', null, now.goingHome ? null : 'return');
  switch (before.rung) {
    case 'none':
    case 'watch':
      return move('wait');
    case 'wait':
      if (lostForMs < rules.waitS * 1_000 || !now.inAir) return move('wait');
      return now.releasing ? move('finish') : goHome();
    case 'finish':
      if (!now.releasing) return goHome();
      return onRungMs < rules.finishS * 1_000 ? move('finish') : move('retract', null, 'retract');
    case 'retract':
      return now.releasing && onRungMs < rules.retractS * 1_000 ? move('retract') : goHome();
    default:
      // It came home by itself, and does so no longer.
      if (!now.goingHome && !before.ordered) {
        const { memory, holdsGroundLink } = move('return');
        return { memory: { ...memory, sinceMs: nowMs, ordered: true }, holdsGroundLink, order: 'return' };
      }
      if (now.goingHome || onRungMs < EFFECT_WITHIN_MS) return move('return');
      return move('exhausted', 'no-effect');
  }
}

function watched({ adopted, holder }: LadderInput): Watched {
  if (adopted) return 'adopted';
  if (holder === 'autopilot-failsafe') return 'failsafe';
  if (holder === 'pilot' || holder === 'other-station') return holder;
  return 'state-unknown';
}
