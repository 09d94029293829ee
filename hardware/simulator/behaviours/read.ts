import { nearest } from '@skein/protocol/config';
import { faults } from './catalogue.ts';
import type { Fault, Setting } from './fault.ts';

/** A fault as it was asked for. Times in ms of virtual time, from now. */
export interface FaultRequest {
  readonly fault: Fault;
  readonly values: Readonly<Record<string, number | string>>;
  readonly startMs: number;
  /** Infinity: until it is cleared. */
  readonly durationMs: number;
}

export type FaultRead =
  | { readonly ok: true; readonly request: FaultRequest }
  | { readonly ok: false; readonly reason: string };

/** NAME[:arguments][@start[+duration]], or NAME[:arguments][+duration] at once; seconds. */
const FORM = /^([a-z-]+)(?::(.*?))?(?:@([0-9.]+))?(?:\+([0-9.]+))?$/;

const wrong = (reason: string): FaultRead => ({ ok: false, reason });

function readValue(key: string, setting: Setting, written: string): number | string | { readonly reason: string } {
  if (setting.kind === 'text') {
    const reason = setting.check(written);
    return reason === null ? written : { reason: `${key}: ${reason}` };
  }
  const value = Number(written);
  if (written !== '' && value >= setting.least && value <= setting.most) return value;
  return { reason: `${key}: ${written} is not a number from ${setting.least} to ${setting.most}` };
}

/**
 * Reads `lose:5`, `lose:percent=5,way=out@10+20`, `mute+3`. An argument without a key is the value of the first setting; arguments are
 * separated by commas.
 */
export function readFault(written: string): FaultRead {
  const match = FORM.exec(written.trim());
  if (match === null) return wrong(`${written}: write NAME[:key=value,…][@start[+duration]], times in seconds`);
  const [, name = '', args = '', start = '0', duration] = match;
  const fault = faults.get(name);
  if (fault === undefined) {
    const near = nearest(name, [...faults.keys()]);
    return wrong(`no fault is called ${name}${near === null ? '' : `; did you mean ${near}?`}`);
  }
  const keys = Object.keys(fault.settings);
  const values: Record<string, number | string> = {};
  for (const [key, { otherwise }] of Object.entries(fault.settings)) values[key] = otherwise;
  for (const arg of args === '' ? [] : args.split(',')) {
    const equals = arg.indexOf('=');
    const key = equals < 0 ? keys[0] : arg.slice(0, equals);
    const setting = key === undefined ? undefined : fault.settings[key];
    if (key === undefined || setting === undefined) {
      return wrong(`${name} has no setting ${key ?? arg}${keys.length === 0 ? '' : `; it has ${keys.join(', ')}`}`);
    }
    const value = readValue(key, setting, arg.slice(equals + 1));
    if (typeof value === 'object') return wrong(`${name}: ${value.reason}`);
    values[key] = value;
  }
  const startMs = Number(start) * 1_000;
  const durationMs = duration === undefined ? Number.POSITIVE_INFINITY : Number(duration) * 1_000;
  if (!Number.isFinite(startMs) || Number.isNaN(durationMs)) return wrong(`${written}: times are in seconds`);
  return { ok: true, request: { fault, values, startMs, durationMs } };
}
