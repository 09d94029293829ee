/** What a form has been filled with, made into the parameters of the command; or what is still missing, in words. */
import { isSafetyParameter } from '@skein/protocol/fleet';
import type { Deliberate } from './interlocks.ts';
import type { Situation } from './situation.ts';

export type Filled = Readonly<Record<string, unknown>>;

export type Made =
  | { readonly ok: true; readonly params: Filled }
  /** Empty words: the field itself shows what is missing. */
  | { readonly ok: false; readonly words: string };

export const REBOOT_TARGETS = ['autopilot', 'companion', 'agent'] as const;
export type RebootTarget = (typeof REBOOT_TARGETS)[number];

const NAME = /^[A-Z0-9_]{1,16}$/;
const NUMBER = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i;
export const REASON_MAX = 200;

export function makeParams(type: Deliberate, filled: Filled, s: Situation, force = false): Made {
  const takeOver = filled.takeOver === true ? { takeOver: true } : {};
  switch (type) {
    case 'reboot':
      return made({ target: targetOf(filled), ...ends(targetOf(filled), s), ...(force ? { force: true } : {}) });
    case 'arm':
      return filled.clear === true ? made(takeOver) : missing('Look first: is everybody away from it?');
    case 'start':
      return filled.clear === true ? made(takeOver) : missing('Look first: is everybody away from it?');
    case 'disarm':
    case 'skip':
    case 'abort':
      return made(takeOver);
    case 'resume':
      return made({ ...(filled.takeControl === true ? { takeControl: true } : {}), ...takeOver });
    case 'goto': {
      const latDeg = numberOf(filled.latDeg);
      const lonDeg = numberOf(filled.lonDeg);
      const altRelM = numberOf(filled.altRelM);
      if (latDeg === null || lonDeg === null || Math.abs(latDeg) > 90 || Math.abs(lonDeg) > 180)
        return missing('Pick the place on the map.');
      if (altRelM === null || altRelM < 1 || altRelM > 1000) return missing('The height is 1 to 1000 m above home.');
      return made({ latDeg, lonDeg, altRelM, ...takeOver });
    }
    case 'set-parameter': {
      if (typeof filled.undo === 'string')
        return made({ name: NAME.test(String(filled.name)) ? filled.name : 'UNDO', value: 0, undo: filled.undo });
      const name = typeof filled.name === 'string' ? filled.name.trim().toUpperCase() : '';
      const value = numberOf(filled.value);
      if (!NAME.test(name)) return missing('Give the name of a parameter: A–Z, 0–9 and _.');
      return value === null ? missing('Give its value, a number.') : made({ name, value });
    }
    case 'fetch-log': {
      const log = filled.log === undefined || filled.log === '' ? 'latest' : filled.log;
      if (log === 'latest') return made({ log });
      const number = numberOf(log);
      return number === null || !Number.isInteger(number) || number < 0
        ? missing('Give the number of a log.')
        : made({ log: number });
    }
    case 'lock':
    case 'unlock': {
      const reason = typeof filled.reason === 'string' ? filled.reason.trim().slice(0, REASON_MAX) : '';
      return reason === '' ? missing('Say why: it is shown to everybody.') : made({ reason });
    }
    case 'ping':
      return made({});
  }
}

function made(params: Filled): Made {
  return { ok: true, params };
}

function missing(words: string): Made {
  return { ok: false, words };
}

export function targetOf(filled: Filled): RebootTarget {
  return REBOOT_TARGETS.find((one) => one === filled.target) ?? 'autopilot';
}

/** The boot or session a reboot ends: one that is over already is not ended a second time. */
export function ends(target: RebootTarget, s: Situation): Filled {
  if (target === 'agent') return s.session === null ? {} : { ifSession: s.session };
  const boot = target === 'companion' ? s.boot : s.autopilotBoot;
  return boot === null ? {} : { ifBoot: boot };
}

/** A number as people type it; a comma may be the point. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !NUMBER.test(value.trim())) return null;
  const number = Number(value.trim().replace(',', '.'));
  return Number.isFinite(number) ? number : null;
}

/** Does changing it weaken safety, so that an admin must do it? */
export function needsAdmin(name: unknown): boolean {
  return typeof name === 'string' && isSafetyParameter(name.trim().toUpperCase());
}
