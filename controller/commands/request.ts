/**
 * Judges `POST /api/v1/commands`: a request that is wrong as a whole is refused with a code of the API; what is wrong
 * for one drone is that delivery's matter.
 */
import {
  COMMANDS,
  type CommandRule,
  type CommandType,
  type Grant,
  isCommandType,
  isSafetyParameter,
  type Role,
} from '@skein/protocol/fleet';
import { Compile } from 'typebox/compile';
import { type Command, ruleOf, type Targets } from './command.ts';
import type { FleetPort } from './ports.ts';
import { rebootsAtATime } from './rollout.ts';
import { type HeightLimits, type WayHome, type WaysHome, waysHome } from './ways-home.ts';

export interface PostBody {
  readonly targets: Targets;
  readonly type: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly expiresInS?: number;
  readonly staggerMs?: number;
  readonly maxFailures?: number;
  /** The session picked among several that claim this identity. */
  readonly session?: string;
}

export interface Sender {
  readonly name: string;
  readonly role: Role;
}

/** Codes of the API's table of problems. */
export type RefusalCode =
  | 'unknown-command-type'
  | 'bad-params'
  | 'bad-lifetime'
  | 'names-its-drones'
  | 'one-drone-only'
  | 'no-targets'
  | 'unknown-drone'
  | 'not-granted';

export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly detail: string;
}

export interface Plan {
  readonly ok: true;
  readonly command: Omit<Command, 'id' | 'issuedAtUtcUs' | 'expiresAtUtcUs'>;
  readonly lifetimeS: number;
  /** In the order in which they are sent. */
  readonly drones: readonly string[];
  /** Of a return of several: how each comes home. */
  readonly ways?: ReadonlyMap<string, WayHome>;
}

/** Bounds of `expiresInS`. What never waits is bytes on their way, not an order for later. */
export function lifetimeBoundsS(rule: CommandRule): { readonly min: number; readonly max: number } {
  if (!rule.queued) return { min: 1, max: 60 };
  return { min: 1, max: rule.safe ? 600 : 86_400 };
}

const checks = new Map(
  (Object.keys(COMMANDS) as CommandType[]).map((type) => [type, Compile(COMMANDS[type].params)] as const),
);

/** Types that are not posted, and what makes them instead. */
const MADE_BY: Readonly<Record<string, string>> = {
  cancel: 'cancel by POST /api/v1/commands/:id/cancel',
  settle: 'settle by POST /api/v1/itineraries/:id/deliveries/:drone/:item/settle',
};

/** Of a return of several, where nobody has set anything else. */
const HEIGHTS: HeightLimits = { lowestM: 60, stepM: 20, highestM: 120 };

/** @param inside another part of this controller asks, which may make the types that nobody posts */
export function plan(
  body: PostBody,
  sender: Sender,
  fleet: FleetPort,
  {
    inside = false,
    heights = HEIGHTS,
  }: { readonly inside?: boolean; readonly heights?: HeightLimits | undefined } = {},
): Plan | Refusal {
  const { type, params = {}, targets, session = null } = body;
  const hint = MADE_BY[type];
  if (!isCommandType(type) || (hint !== undefined && !inside)) {
    return refuse('unknown-command-type', `"${type}"; ${hint ?? `there are ${postable()}`}`);
  }
  const rule: CommandRule = COMMANDS[type];
  const wrong = paramProblem(type, params);
  if (wrong !== null) return refuse('bad-params', wrong);
  const lifetimeS = body.expiresInS ?? rule.lifetimeS;
  const { min, max } = lifetimeBoundsS(rule);
  if (lifetimeS < min || lifetimeS > max) return refuse('bad-lifetime', `${type} lives ${min} to ${max} s`);
  const named = Array.isArray(targets);
  if (!named && !rule.broadcast) return refuse('names-its-drones', `${type} goes to drones by name only`);
  const resolved = resolve(targets, fleet);
  if (!resolved.ok) return resolved;
  const { drones } = resolved;
  const single = named && drones.length === 1;
  if (session !== null && !(single && rule.safe)) {
    return refuse('one-drone-only', 'session: only hold, return and land, to one drone by name');
  }
  const granted = grantsFor(type, params, sender, single);
  if (!granted.ok) return granted;
  const many = type === 'reboot' && drones.length > 1;
  const homing = type === 'return' && drones.length > 1 ? home(drones, params, fleet, heights) : null;
  return {
    ok: true,
    lifetimeS,
    drones: homing?.order ?? (many ? disarmedFirst(drones, fleet) : drones),
    ...(homing === null ? {} : { ways: homing.ways }),
    command: {
      ...{ type, params, issuedBy: sender.name, grants: granted.grants, targets, session, untargeted: false },
      staggerMs: body.staggerMs ?? 0,
      maxFailures: body.maxFailures ?? (many ? 0 : null),
      atATime: many ? rebootsAtATime(drones.length) : null,
    },
  };
}

function postable(): string {
  return Object.keys(COMMANDS)
    .filter((type) => MADE_BY[type] === undefined)
    .join(', ');
}

/** A parameter that this type does not have is refused too: a misspelt `takeOver` must not be taken for none. */
function paramProblem(type: CommandType, params: Readonly<Record<string, unknown>>): string | null {
  const known: Readonly<Record<string, unknown>> = COMMANDS[type].params.properties;
  const stranger = Object.keys(params).find((name) => !Object.hasOwn(known, name));
  if (stranger !== undefined) {
    return `${type} has no parameter "${stranger}"; it has ${Object.keys(known).join(', ') || 'none'}`;
  }
  const check = checks.get(type);
  if (check === undefined || check.Check(params)) return null;
  const first = [...check.Errors(params)][0];
  return `${type}${first?.instancePath ?? ''}: ${first?.message ?? 'does not fit'}`;
}

function resolve(
  targets: Targets,
  fleet: FleetPort,
): { readonly ok: true; readonly drones: readonly string[] } | Refusal {
  if (targets === 'all') return some([...fleet.ids()], 'no drone was ever heard');
  if ('group' in targets) {
    const members = fleet.ids().filter((id) => fleet.contact(id)?.groups.includes(targets.group));
    return some(members, `there is no drone in group "${targets.group}"`);
  }
  const drones = [...new Set(targets)];
  const stranger = drones.find((id) => fleet.contact(id) === null);
  if (stranger !== undefined) return refuse('unknown-drone', `"${stranger}"`);
  return some(drones, 'name at least one drone');
}

function some(drones: readonly string[], none: string): { ok: true; drones: readonly string[] } | Refusal {
  return drones.length > 0 ? { ok: true, drones } : refuse('no-targets', none);
}

/** The rights the drone is shown: those this command needs and this sender has. */
function grantsFor(
  type: CommandType,
  params: Readonly<Record<string, unknown>>,
  sender: Sender,
  single: boolean,
): { readonly ok: true; readonly grants: readonly Grant[] } | Refusal {
  const admin = sender.role === 'admin';
  if (ruleOf(type).role === 'admin' && !admin) return refuse('not-granted', `${type} needs an admin`);
  if (params.force === true) {
    if (!single) return refuse('one-drone-only', 'force: one drone, by name');
    return admin ? { ok: true, grants: ['force'] } : refuse('not-granted', 'force needs an admin');
  }
  if (type === 'set-parameter') {
    // What an undo puts back is known to the drone alone: it checks the right by the parameter it finds.
    const undo = params.undo !== undefined;
    const safety = isSafetyParameter(String(params.name));
    if (safety && !undo && !admin)
      return refuse('not-granted', `${String(params.name)} guards safety: it needs an admin`);
    return { ok: true, grants: admin && (safety || undo) ? ['safety-parameters'] : [] };
  }
  // A lock set at the drone is removed there, or by an admin.
  return { ok: true, grants: type === 'unlock' && admin ? ['admin'] : [] };
}

function home(
  drones: readonly string[],
  { atLeastAltRelM }: Readonly<Record<string, unknown>>,
  fleet: FleetPort,
  heights: HeightLimits,
): WaysHome {
  return waysHome(drones, {
    all: fleet.ids(),
    sighting: (id) => fleet.contact(id)?.sighting ?? null,
    limits: typeof atLeastAltRelM === 'number' ? { ...heights, askedM: atLeastAltRelM } : heights,
  });
}

/** Known to be disarmed, then those of whom it is not known, then the armed, at last those that are away. */
function disarmedFirst(drones: readonly string[], fleet: FleetPort): readonly string[] {
  const rank = (id: string) => {
    const contact = fleet.contact(id);
    if (!contact?.sessions.some((one) => one.session === contact.current && one.alive)) return 3;
    return contact.armed === null ? 1 : contact.armed ? 2 : 0;
  };
  const ranks = new Map(drones.map((id) => [id, rank(id)]));
  return [...drones].sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
}

function refuse(code: RefusalCode, detail: string): Refusal {
  return { ok: false, code, detail };
}
