/**
 * Reboot as a transaction (flight rules §5): against? → what is to end is named → journalled → carried out → proved. The
 * journal outlives what is restarted, so the next start of the agent finds the order and answers it.
 *
 *   autopilot   proof: its time since boot, asked now, is less than the time since our command
 *   companion   proof: another kernel boot id, seen by the next start of the agent
 *   agent       proof: another session
 */
import type { ControlSnapshot, IntentOptions, IntentOutcome, VehicleState } from '@skein/hardware/autopilot';
import { reason } from '@skein/protocol/fleet';
import type { CompanionHelper } from './helper.ts';
import { reasonsAgainst } from './interlock.ts';

const PROOF_WITHIN_MS = 60_000;
const COMPANION_WITHIN_MS = 120_000;
const AGENT_WITHIN_MS = 30_000;
const HEARD_WITHIN_MS = 30_000;
const BEAT_MS = 100;
/** A request for the boot age that is not answered is repeated so often. */
const ASK_EVERY_MS = 500;
/** An agent that has just started does not know yet whether the vehicle stands: what must be known is waited for. */
const KNOWN_WITHIN_MS = 5_000;
/** The battery reports once a second. */
const BATTERY_WITHIN_MS = 3_000;

type Json = Readonly<Record<string, unknown>>;

export interface RebootOutcome {
  readonly state: 'succeeded' | 'failed' | 'rejected' | 'unknown' | 'cancelled';
  readonly reason: string;
  readonly detail?: Json;
}

/** The order, as the desk gives it. */
export interface RebootTask {
  readonly params: Json;
  readonly via: 'own' | 'broadcast';
  readonly signal: AbortSignal;
}

export interface RebootVehicle {
  readonly state: VehicleState;
  readonly control: ControlSnapshot;
  intent(name: 'reboot', o?: IntentOptions): Promise<IntentOutcome>;
  bootAge(o?: { readonly signal?: AbortSignal }): Promise<{ readonly bootMs: number } | null>;
}

export interface RebootOptions {
  readonly vehicle: RebootVehicle;
  readonly session: string;
  /** Kernel boot id. */
  readonly boot: string;
  readonly nowMs: () => number;
  /** UTC as good as it is known, ms; null: nobody has told. */
  readonly utcMs: () => number | null;
  readonly locked: () => { readonly reason: string } | null;
  readonly logTransfer: () => boolean;
  readonly helper: CompanionHelper;
  /** Ends this process in order so that it is started again; null: nothing would start it. */
  readonly restartAgent: (() => Promise<void>) | null;
  /** Our order is about to be sent. */
  readonly onOrdered: () => void;
  /** What to count on after a restart, for the answer. */
  readonly charge: () => Json;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface RebootUnfinished {
  readonly boot: string;
  readonly monoMs: number;
  readonly act: Json;
}

export interface RebootExecutor {
  ready(task: RebootTask): Promise<void>;
  against(task: RebootTask): readonly string[];
  prepare(
    task: RebootTask,
  ): Promise<{ readonly ok: true; readonly act: Json } | { readonly ok: false; readonly outcome: RebootOutcome }>;
  act(task: RebootTask, act: Json): Promise<RebootOutcome>;
  recover(unfinished: RebootUnfinished, signal: AbortSignal): Promise<RebootOutcome>;
}

const UNPROVED: RebootOutcome = { state: 'failed', reason: reason('unproved') };
const UNKNOWN: RebootOutcome = { state: 'unknown', reason: reason('restarted') };
const proved = (detail: Json): RebootOutcome => ({ state: 'succeeded', reason: reason('proved'), detail });

export function rebootExecutor(o: RebootOptions): RebootExecutor {
  const { vehicle, nowMs } = o;

  /** The boot or session it is to end must be the one that runs: an order can never end two. */
  function wrongTarget({ params, via }: RebootTask): readonly string[] {
    const { target, ifBoot, ifSession } = params;
    const running = target === 'agent' ? o.session : target === 'companion' ? o.boot : vehicle.state.bootId;
    const named = target === 'agent' ? ifSession : ifBoot;
    if (named === undefined) return via === 'broadcast' ? [] : [reason('bad-params', 'it names nothing to end')];
    if (named === running) return [];
    return [reason(target === 'agent' ? 'other-session' : 'other-boot')];
  }

  async function until(holds: () => boolean, withinMs: number, signal: AbortSignal): Promise<boolean> {
    const endMs = nowMs() + withinMs;
    while (!holds()) {
      if (signal.aborted || nowMs() >= endMs) return false;
      await o.pause(BEAT_MS, signal);
    }
    return true;
  }

  /** Heartbeats are back, and its time since boot is less than the time since `sentMs`; null when that never came. */
  async function bootedSince(
    sentMs: number,
    withinMs: number,
    signal: AbortSignal,
  ): Promise<{ downtimeMs: number } | null> {
    const endMs = nowMs() + withinMs;
    let beatMs = sentMs;
    let downtimeMs = 0;
    let askedMs = Number.NEGATIVE_INFINITY;
    while (!signal.aborted && nowMs() < endMs) {
      const ageMs = vehicle.state.lastHeartbeatAgeMs ?? Number.POSITIVE_INFINITY;
      const newestMs = nowMs() - ageMs;
      if (newestMs > beatMs) {
        downtimeMs = Math.max(downtimeMs, newestMs - beatMs);
        beatMs = newestMs;
      }
      if (beatMs > sentMs && nowMs() - askedMs >= ASK_EVERY_MS) {
        askedMs = nowMs();
        const age = await vehicle.bootAge({ signal });
        if (age !== null && age.bootMs < nowMs() - sentMs) return { downtimeMs: Math.round(downtimeMs) };
      }
      await o.pause(BEAT_MS, signal);
    }
    return null;
  }

  async function autopilot({ signal }: RebootTask, before: unknown): Promise<RebootOutcome> {
    o.onOrdered();
    const sentMs = nowMs();
    const outcome = await vehicle.intent('reboot', { signal });
    if (!outcome.ok && (!outcome.sent || outcome.code === 'refused')) {
      const state = outcome.code === 'refused' ? 'failed' : 'rejected';
      return { state, reason: reason(outcome.code === 'cancelled' ? 'cancelled' : outcome.code, outcome.detail) };
    }
    const booted = await bootedSince(sentMs, PROOF_WITHIN_MS, signal);
    if (booted === null) return UNPROVED;
    const forgotten = () => vehicle.state.bootId !== before && vehicle.state.batteryPct !== null;
    await until(forgotten, BATTERY_WITHIN_MS, signal);
    return proved({ before, after: vehicle.state.bootId, ...booted, charge: o.charge() });
  }

  async function companion({ signal }: RebootTask): Promise<RebootOutcome> {
    const refusal = await o.helper.restart();
    if (refusal !== null) return { state: 'failed', reason: reason('no-helper', refusal) };
    await o.pause(COMPANION_WITHIN_MS, signal);
    await o.helper.withdraw?.();
    return UNPROVED;
  }

  async function agent({ signal }: RebootTask): Promise<RebootOutcome> {
    await o.restartAgent?.();
    await o.pause(AGENT_WITHIN_MS, signal);
    return UNPROVED;
  }

  async function afterCompanion({ boot, monoMs, act }: RebootUnfinished, signal: AbortSignal): Promise<RebootOutcome> {
    if (boot !== o.boot) {
      await until(() => o.utcMs() !== null, HEARD_WITHIN_MS, signal);
      const utcMs = o.utcMs();
      const sinceMs = typeof act.utcMs === 'number' && utcMs !== null ? utcMs - act.utcMs : null;
      return proved({
        before: act.before,
        after: o.boot,
        downtimeMs: sinceMs !== null && sinceMs > 0 ? sinceMs : null,
      });
    }
    // The agent was restarted, the board is still to follow.
    await o.pause(Math.max(0, monoMs + COMPANION_WITHIN_MS - nowMs()), signal);
    return UNPROVED;
  }

  return {
    async ready({ signal }) {
      const isKnown = () => vehicle.state.alive && vehicle.state.armed !== null && vehicle.state.landed !== 'unknown';
      await until(isKnown, KNOWN_WITHIN_MS, signal);
    },

    against(task) {
      const { state, control } = vehicle;
      const force = task.params.force === true;
      const input = { state, control, lock: o.locked(), logTransfer: o.logTransfer(), force };
      return [...wrongTarget(task), ...reasonsAgainst(input)];
    },

    async prepare({ params }) {
      const { target } = params;
      if (target === 'companion' && !(await o.helper.available())) {
        return { ok: false, outcome: { state: 'rejected', reason: reason('no-helper') } };
      }
      if (target === 'agent' && o.restartAgent === null) {
        return {
          ok: false,
          outcome: { state: 'rejected', reason: reason('no-helper', 'nothing starts the agent again') },
        };
      }
      const before = target === 'agent' ? o.session : target === 'companion' ? o.boot : vehicle.state.bootId;
      return { ok: true, act: { target, before, utcMs: o.utcMs() } };
    },

    act(task, { target, before }) {
      if (target === 'companion') return companion(task);
      return target === 'agent' ? agent(task) : autopilot(task, before);
    },

    async recover(unfinished, signal) {
      const { boot, monoMs, act } = unfinished;
      const sameBoot = boot === o.boot;
      if (act.target === 'agent') {
        if (act.before === o.session) return UNKNOWN;
        const downtimeMs = sameBoot ? Math.round(nowMs() - monoMs) : null;
        return proved({ before: act.before, after: o.session, downtimeMs });
      }
      if (act.target === 'companion') return afterCompanion(unfinished, signal);
      if (act.target !== 'autopilot' || !sameBoot) return UNKNOWN;
      await until(() => vehicle.state.alive, HEARD_WITHIN_MS, signal);
      const age = await vehicle.bootAge({ signal });
      if (age === null || age.bootMs >= nowMs() - monoMs) return UNKNOWN;
      return proved({ before: act.before, after: vehicle.state.bootId, downtimeMs: null, charge: o.charge() });
    },
  };
}
