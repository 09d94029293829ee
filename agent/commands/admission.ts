/**
 * Whether a command that came may be acted on at all, before anybody looks at the aircraft. Pure: the message and the
 * circumstances go in, a verdict comes out. Wall clocks are never consulted (docs/commands.md).
 */
import {
  COMMANDS,
  type Command,
  type CommandRule,
  type CommandType,
  isCommandType,
  isSafetyParameter,
  reason,
} from '@skein/protocol/fleet';
import { parseTime } from '@skein/protocol/time';
import { Compile } from 'typebox/compile';
import type { Json, Via } from './types.ts';

/** A command that comes before the first time exchange, or before the journal was read, waits so long for it. */
export const CLOCK_WAIT_MS = 2_000;

export interface AdmissionInput {
  readonly session: string;
  readonly nowMs: number;
  /** When it came, by the same clock. */
  readonly cameMs: number;
  readonly controllerTime: { readonly utcUs: number; readonly errUs: number } | null;
  readonly outboxFull: boolean;
  /** The journal is still being read. */
  readonly journalOpening: boolean;
}

export type Admission =
  | { readonly do: 'ignore' }
  | { readonly do: 'wait' }
  | { readonly do: 'answer'; readonly state: 'delivered' | 'rejected' | 'expired'; readonly reason: string }
  | { readonly do: 'take'; readonly type: CommandType; readonly params: Json; readonly rule: CommandRule };

const checks = new Map(
  (Object.keys(COMMANDS) as CommandType[]).map((type) => [type, Compile(COMMANDS[type].params)] as const),
);

const rejected = (why: string): Admission => ({ do: 'answer', state: 'rejected', reason: why });

/** Is its time over, the uncertainty of the controller's clock counting against it? */
export function isExpired(
  expiresAt: string,
  controllerTime: { readonly utcUs: number; readonly errUs: number },
): boolean {
  const expiresUs = parseTime(expiresAt);
  return expiresUs === null || controllerTime.utcUs + controllerTime.errUs >= expiresUs;
}

/** Bytes that stood in a dead link are judged by our own clock: how far is it past what the controller had heard? */
function isStale(command: Command, rule: CommandRule, input: AdmissionInput): boolean {
  const { heard } = command;
  if (heard === undefined) return false;
  return heard.session !== input.session || input.nowMs - heard.monoMs > rule.staleMs;
}

function missingGrant(type: CommandType, params: Json, grants: readonly string[], rule: CommandRule): string | null {
  const admin = grants.includes('admin');
  if (rule.role === 'admin' && !admin) return 'admin';
  if (params.force === true && !grants.includes('force')) return 'force';
  const safety = type === 'set-parameter' && typeof params.name === 'string' && isSafetyParameter(params.name);
  return safety && !admin && !grants.includes('safety-parameters') ? 'safety-parameters' : null;
}

export function admit(command: Command, via: Via, input: AdmissionInput): Admission {
  if (command.session !== undefined && command.session !== input.session) return { do: 'ignore' };
  const { type, params, grants } = command;
  if (!isCommandType(type)) return rejected(reason('unknown-type', type));
  const rule: CommandRule = COMMANDS[type];
  const check = checks.get(type);
  if (check === undefined || !check.Check(params)) {
    const first = check === undefined ? undefined : [...check.Errors(params)][0];
    return rejected(reason('bad-params', `${first?.instancePath ?? ''} ${first?.message ?? ''}`.trim()));
  }
  if (parseTime(command.expiresAt) === null) return rejected(reason('bad-params', 'expiresAt'));
  if (via === 'broadcast' && (!rule.broadcast || params.force === true)) {
    return rejected(reason('not-granted', 'never by broadcast'));
  }
  if (via === 'own' && (command.session === undefined || command.heard === undefined)) {
    return rejected(reason('bad-params', 'it names no session, or not what was heard'));
  }
  if (isStale(command, rule, input)) return rejected(reason('stale'));
  // Safe commands may act twice; of the others this may be a repeat that an earlier start has acted on.
  if (input.journalOpening && !rule.safe) {
    if (input.nowMs - input.cameMs < CLOCK_WAIT_MS) return { do: 'wait' };
    return { do: 'answer', state: 'delivered', reason: reason('not-now', 'journal') };
  }
  if (input.controllerTime === null) {
    if (input.nowMs - input.cameMs < CLOCK_WAIT_MS) return { do: 'wait' };
    return { do: 'answer', state: 'delivered', reason: reason('not-now', 'clock') };
  }
  if (isExpired(command.expiresAt, input.controllerTime)) {
    return { do: 'answer', state: 'expired', reason: reason('expired') };
  }
  const grant = missingGrant(type, params, grants, rule);
  if (grant !== null) return rejected(reason('not-granted', grant));
  if (input.outboxFull && !rule.safe) return rejected(reason('outbox-full'));
  return { do: 'take', type, params, rule };
}
