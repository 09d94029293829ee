/** Everything a request can be answered with instead of what it asked for: stable codes, RFC 9457 problem+json. */
import { Type } from 'typebox';

export const PROBLEMS = {
  'bad-request': [400, 'The request does not fit the description of this route in /docs'],
  'bad-time': [400, 'Not a time: give RFC 3339 (2026-11-21T20:14:07Z) or epoch milliseconds'],
  'bad-range': [400, 'The range is empty: `from` must lie before `to`'],
  'unknown-kind': [400, 'No such kind of telemetry'],
  'unknown-column': [400, 'No such column in this kind'],
  'bad-cursor': [400, 'Not a cursor of this feed: use `next` of an earlier answer, or leave `after` out'],
  'too-long': [400, 'The query reads more than one query may: ask for a shorter time, fewer columns, or one instance'],
  'bad-key': [400, 'Idempotency-Key: 1 to 128 printable characters without spaces'],
  'unknown-command-type': [400, 'There is no such command'],
  'bad-params': [400, 'The parameters do not fit the command: docs/commands.md has them all'],
  'bad-lifetime': [400, 'expiresInS is outside the bounds of this command'],
  'bad-itinerary': [
    400,
    'The itinerary breaks a rule, or cannot be read: `refusals` names each with its item, value and limit',
  ],
  'names-its-drones': [400, 'This command does not go to all or to a group: name its drones'],
  'one-drone-only': [400, 'This goes to one drone, by name'],
  'no-targets': [400, 'There is no drone to send it to'],
  'not-granted': [403, 'The sender lacks the right for this'],
  'foreign-origin': [403, 'Pages of other sites may not use this'],
  'foreign-host': [
    403,
    'This name is not one this controller answers to: use 127.0.0.1 or add it to http.allowedHosts',
  ],
  'unknown-drone': [404, 'No drone of this id was ever heard'],
  'no-flight': [404, 'It did not fly in the day before: give from and to'],
  'unknown-itinerary': [404, 'There is no itinerary of this id'],
  'bad-place': [400, 'Its shape is right, but it cannot be: detail says why'],
  'bad-settings': [400, 'Its shape is right, but it cannot be: detail says why'],
  'unknown-place': [404, 'There is none of this id'],
  'unknown-group': [404, 'Nobody made a group of this name, and no drone says it is in one'],
  'no-baseline': [404, 'No baseline of parameters is set'],
  'unknown-pack': [404, 'There is no pack of this id'],
  'pack-retired': [409, 'This pack is retired'],
  'unknown-rollout': [404, 'There is no roll-out of this id'],
  'unknown-order': [404, 'There is no order of this id'],
  'unknown-webhook': [404, 'The configuration file has no webhook of this name'],
  'unknown-alert': [404, 'There is no alert of this id'],
  'unknown-delivery': [404, 'The drone has said nothing of such a delivery'],
  'unknown-command': [404, 'There is no command of this id'],
  'not-found': [404, 'There is nothing at this address: /docs lists what there is'],
  'key-reused': [409, 'This Idempotency-Key was used with another request within the last day: take a new one'],
  'outdated-itinerary': [409, 'A newer version of this itinerary is here already'],
  'itinerary-over': [409, 'This version is over on that drone, and is not flown again: give a higher one'],
  'itinerary-taken-back': [
    409,
    'It was taken back on that drone, which takes no version of it any more: give it another id',
  ],
  'other-content': [409, 'This version of the itinerary says something else: raise the version'],
  'not-unproved': [
    409,
    'There is nothing to settle: the parcel was released or settled, or its itinerary is under way',
  ],
  'settings-changed': [409, 'The settings were changed by somebody else: read them again'],
  'order-not-so': [409, 'The order does not stand so that this could be done: read it again'],
  'alert-not-so': [409, 'The alert does not stand so that this could be done: read it again'],
  'payload-too-large': [413, 'The body is too large'],
  'unsupported-media': [415, 'The body must be JSON, sent with content-type: application/json'],
  'upgrade-required': [426, 'This is a WebSocket'],
  internal: [500, 'A bug; the log of the controller has the details under this instance'],
  busy: [503, 'Too many queries are waiting: ask again in a few seconds'],
  'store-unavailable': [503, 'The database cannot be read or written at present; /healthz says why'],
} as const;
export type ProblemCode = keyof typeof PROBLEMS;

export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly detail: string | undefined;
  /** More members of the problem, as RFC 9457 allows. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(code: ProblemCode, detail?: string, more: Readonly<Record<string, unknown>> = {}) {
    const [status, title] = PROBLEMS[code];
    super(detail ?? title);
    this.name = 'Problem';
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.more = more;
  }
}

export interface ProblemBody {
  readonly type: string;
  readonly code: ProblemCode;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance: string;
}

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    code: Type.String({ description: `one of ${Object.keys(PROBLEMS).join(', ')}` }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    instance: Type.String({ description: 'id of the request, as in the log' }),
  },
  { description: 'RFC 9457 problem' },
);

export function problemBody(problem: Problem, instance: string): ProblemBody {
  const [status, title] = PROBLEMS[problem.code];
  const { code, detail } = problem;
  const body = { type: `urn:skein:problem:${code}`, code, title, status, instance, ...problem.more };
  return detail === undefined ? body : { ...body, detail };
}

/** Whatever was thrown on the way to an answer, as a problem. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, statusCode, message, validation } = error as {
    code?: unknown;
    statusCode?: unknown;
    message?: string;
    validation?: unknown;
  };
  if (validation !== undefined) return new Problem('bad-request', message);
  if (code === 'busy') return new Problem('busy');
  if (code === 'too-long') return new Problem('too-long', message);
  if (typeof code === 'string' && STORE_CODES.has(code)) return new Problem('store-unavailable', message);
  if (statusCode === 413) return new Problem('payload-too-large');
  if (statusCode === 415) return new Problem('unsupported-media');
  if (statusCode === 404) return new Problem('not-found');
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new Problem('bad-request', message);
  return new Problem('internal');
}

/** Codes of the store's errors that are the disk's or the database's fault, not ours. */
const STORE_CODES: ReadonlySet<string> = new Set([
  'disk-full',
  'unsettled',
  'locked',
  'read-only',
  'corrupt',
  'too-new',
  'io',
  'closed',
  'worker-died',
]);
