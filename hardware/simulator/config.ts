import { type ConfigInput, type Resolved, resolveConfig } from '@skein/protocol/config';
import { type Static, Type } from 'typebox';
import { readFault } from './behaviours/read.ts';
import type { Place } from './geo.ts';

export const schema = Type.Object({
  tcp: Type.Array(Type.String({ pattern: '^([^:]+:)?[0-9]{1,5}$' }), {
    default: [],
    description: 'listen there for one client at a time: HOST:PORT, port 0 for any; several with commas',
  }),
  udp: Type.Array(Type.String({ pattern: '^([^:]+:)?[0-9]{1,5}$' }), {
    default: [],
    description: 'send to this HOST:PORT; several with commas',
  }),
  pty: Type.Boolean({ default: false, description: 'be a serial line: opens a pseudo-terminal and prints its path' }),
  ptyLink: Type.String({ default: '', description: 'a symlink that always leads to the pseudo-terminal; implies pty' }),
  start: Type.Union([Type.Literal('cold'), Type.Literal('ready'), Type.Literal('airborne')], {
    default: 'cold',
    description:
      'cold (power-on, with the boot times of a real one), ready (disarmed, armable) or airborne (on circuits, for ever: home with a low pack it gets a new one)',
  }),
  flavour: Type.Union([Type.Literal('ardupilot'), Type.Literal('px4')], {
    default: 'ardupilot',
    description: 'which make of autopilot it is',
  }),
  olderNames: Type.Boolean({
    default: false,
    description: 'ardupilot: parameters by the names of before 4.7 (SYSID_THISMAV, SR0_POSITION)',
  }),
  gripper: Type.Boolean({ default: false, description: 'it has a servo gripper' }),
  winch: Type.Boolean({ default: false, description: 'it has a winch that reports its line and tension' }),
  payload: Type.Number({
    default: 0,
    minimum: 0,
    maximum: 10,
    description: 'kg it carries: on the winch if it has one, else in a gripper, which it then has',
  }),
  param: Type.Array(Type.String({ pattern: '^[A-Z0-9_]{1,16}=-?[0-9.]{1,16}$' }), {
    default: [],
    description: 'its parameters, NAME=VALUE; several with commas',
  }),
  seed: Type.Integer({
    default: 1,
    minimum: 0,
    maximum: 4_294_967_295,
    description: 'flight, wind and noise follow from it',
  }),
  home: Type.String({
    default: '47.3977,8.5456,488',
    pattern: '^-?[0-9.]+,-?[0-9.]+,-?[0-9.]+(,-?[0-9.]+)?$',
    description: 'where it starts: latitude and longitude in degrees, altitude above sea level in metres',
  }),
  speedup: Type.Number({ default: 1, minimum: 0.01, maximum: 100, description: 'simulated seconds per second' }),
  sysid: Type.Integer({ default: 1, minimum: 1, maximum: 255, description: 'MAVLink system id' }),
  tlog: Type.String({ default: '', description: 'write every frame sent to this file (.tlog)' }),
  byteLoss: Type.Number({
    default: 0,
    minimum: 0,
    maximum: 100,
    description: 'percent of the bytes lost on the way out',
  }),
  frameLoss: Type.Number({
    default: 0,
    minimum: 0,
    maximum: 100,
    description: 'percent of the frames lost on the way out',
  }),
  noise: Type.Number({
    default: 0,
    minimum: 0,
    maximum: 100,
    description: 'percent of the frames with rubbish before them',
  }),
  fault: Type.Array(Type.String(), {
    default: [],
    description: 'what goes wrong: NAME[:key=value,…][@start[+duration]], seconds; may be given again and again',
  }),
});

/** Faults have commas of their own, so they are taken out of flags and environment before lists are split at commas. */
function takeFaults(
  env: Readonly<Record<string, string | undefined>>,
  flags: readonly string[],
): { readonly faults: readonly string[]; readonly rest: readonly string[] } {
  const faults: string[] = (env.SKEIN_FAULT ?? '').split(/\s+/).filter((written) => written !== '');
  const rest: string[] = [];
  for (let at = 0; at < flags.length; at += 1) {
    const flag = flags[at] ?? '';
    if (flag.startsWith('--fault=')) faults.push(flag.slice('--fault='.length));
    else if (flag === '--fault') {
      at += 1;
      faults.push(flags[at] ?? '');
    } else rest.push(flag);
  }
  return { faults, rest };
}

export type SimConfig = Static<typeof schema>;

const ENVIRONMENT = /^SKEIN_SIM_/;

/** Flags may be written `--pty-link` or `--ptyLink`; the environment's names begin with SKEIN_SIM_. */
export function resolve(input: Required<Pick<ConfigInput, 'env' | 'flags'>> & ConfigInput): Resolved<typeof schema> {
  const env = Object.fromEntries(
    Object.entries(input.env)
      .filter(([name]) => ENVIRONMENT.test(name))
      .map(([name, value]) => [name.replace(ENVIRONMENT, 'SKEIN_'), value]),
  );
  const flags = input.flags.map((flag) =>
    flag.startsWith('--')
      ? flag.replace(/^[^=]+/, (name) => name.replace(/(?<=[a-z])-([a-z])/g, (_, c) => c.toUpperCase()))
      : flag,
  );
  const { SKEIN_FAULT: _, ...others } = env;
  const { faults, rest } = takeFaults(env, flags);
  const file = faults.length === 0 ? input.file : { ...(input.file ?? {}), fault: faults };
  const resolved = resolveConfig(schema, {
    ...input,
    ...(file === undefined ? {} : { file }),
    env: others,
    flags: rest,
  });
  if (!resolved.ok) return resolved;
  const problems = resolved.config.fault.map(readFault).flatMap((read) => (read.ok ? [] : [`fault ${read.reason}`]));
  return problems.length === 0 ? resolved : { ok: false, problems };
}

export function placeOf(home: string): Place {
  const [lat = 0, lon = 0, altM = 0] = home.split(',').map(Number);
  return { latE7: Math.round(lat * 1e7), lonE7: Math.round(lon * 1e7), altM };
}

/** `PORT` alone is on loopback. */
export function addressOf(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':');
  return { host: colon < 0 ? '127.0.0.1' : text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}
