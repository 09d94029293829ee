/**
 * Carries out what a flavour makes of an intent, step by step, until it ends, is called off, or control is taken from us
 * meanwhile.
 */
import type { CommandOutcome, CommandRequest } from './command.ts';
import type { Doing, Flavour, Step, StepResult } from './flavours/flavour.ts';
import type { IntentFailure, IntentName, IntentOptions, IntentOutcome } from './intent.ts';
import type { VehicleState } from './state.ts';
import type { Sight } from './watches.ts';

export interface IntentPorts {
  readonly command: (request: CommandRequest, o: { readonly signal: AbortSignal }) => Promise<CommandOutcome>;
  readonly see: (sight: Sight, signal: AbortSignal) => Promise<boolean>;
  readonly state: () => VehicleState;
}

/** Why an intent was ended from outside. */
export class Superseded extends Error {
  readonly code: IntentFailure;
  constructor(code: IntentFailure, why: string) {
    super(why);
    this.code = code;
  }
}

/** `guard`: ends with the caller's signal, or when control is taken from us. */
export async function carryOut(
  flavour: Flavour,
  name: IntentName,
  o: IntentOptions,
  ports: IntentPorts,
  guard: (signal: AbortSignal | undefined) => AbortSignal,
): Promise<IntentOutcome> {
  // Its undoing, too, ends when control is taken from here on: also in the moment in which it was called off.
  const control = guard(undefined);
  const outcome = await runIntent(flavour.intent(name, o, ports.state()), ports, guard(o.signal));
  // Called off by its own side half-way: it is not left armed on the ground, or in the mission's mode. A pilot's it is, though.
  const isHalfWay = name === 'start' && !outcome.ok && outcome.code === 'cancelled' && outcome.sent;
  if (isHalfWay) await runIntent(flavour.standDown(), ports, control);
  return outcome;
}

export async function runIntent(doing: Doing, ports: IntentPorts, signal: AbortSignal): Promise<IntentOutcome> {
  let sent = false;
  const calledOff = (): IntentOutcome => {
    const { reason } = signal;
    return reason instanceof Superseded
      ? { ok: false, code: reason.code, detail: reason.message, sent }
      : { ok: false, code: 'cancelled', detail: '', sent };
  };
  let turn = doing.next();
  while (!turn.done) {
    if (signal.aborted) return calledOff();
    const result = await take(turn.value, ports, signal);
    sent ||= result.sent;
    if (signal.aborted && !result.step.ok) return calledOff();
    turn = doing.next(result.step);
  }
  return turn.value.ok ? turn.value : { ...turn.value, sent };
}

async function take(
  step: Step,
  ports: IntentPorts,
  signal: AbortSignal,
): Promise<{ readonly step: StepResult; readonly sent: boolean }> {
  if (step.do === 'see') {
    const ok = await ports.see(step, signal);
    const seen = { ok, how: ok ? 'seen' : 'no-effect', result: null, texts: [], state: ports.state() };
    return { step: seen, sent: false };
  }
  const outcome = await ports.command(step.request, { signal });
  const state = ports.state();
  if (outcome.ok)
    return { step: { ok: true, how: outcome.how, result: null, texts: [], state }, sent: outcome.how !== 'already' };
  const { code, result, texts, sent } = outcome;
  return { step: { ok: false, how: code, result, texts, state }, sent };
}
