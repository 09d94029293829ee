import type { Body } from './kinematics.ts';

/** Something carried. `reachM`: how far its underside hangs below the vehicle's feet with the line wound in. */
export interface Load {
  readonly massKg: number;
  readonly reachM: number;
  readonly by: 'gripper' | 'winch';
}

/** What the autopilot's outputs ask of gripper and winch. */
export interface PayloadOrders {
  /** Null: neither. */
  readonly jaw: 'open' | 'close' | null;
  /** Line paid out, m/s; negative winds in. Null: the drum runs free. */
  readonly lineMS: number | null;
}

export const noOrders: PayloadOrders = { jaw: null, lineMS: 0 };

/** Where and when something was let go. Metres from the starting place; `heightM`: of its underside over the ground. */
export interface Release {
  readonly northM: number;
  readonly eastM: number;
  readonly heightM: number;
  readonly atMs: number;
}

/** The truth about what hangs below the vehicle, whatever the autopilot believes. */
export interface Payload {
  readonly load: Load | null;
  readonly lineM: number;
  readonly lineMS: number;
  /** The load stands on the ground: since when; null: it hangs. */
  readonly standsSinceMs: number | null;
  /** Weight on gripper or line. */
  readonly carriedKg: number;
  readonly releases: number;
  readonly released: Release | null;
}

export interface PayloadTrouble {
  readonly gripperStuck: boolean;
  readonly winchStuck: boolean;
  /** The hook of the line does not open on the ground. */
  readonly hookStuck: boolean;
}

export const REACH_M = 0.4;
const LINE_MAX_M = 30;
/** A free drum runs so fast under a load, m/s; without one it stands. */
const FREE_MS = 1.5;
/** The hook of the line opens by itself with so much slack for so long. */
const SLACK_M = 0.2;
const UNHOOK_MS = 1_000;

export const emptyPayload: Payload = {
  load: null,
  lineM: 0,
  lineMS: 0,
  standsSinceMs: null,
  carriedKg: 0,
  releases: 0,
  released: null,
};

/** Puts something on; what was there before is gone. */
export const loaded = (payload: Payload, load: Load): Payload => ({ ...payload, load, standsSinceMs: null });

/** How high the underside of the load is, were it to hang; metres, negative: the line has slack. */
const hangsAtM = (body: Body, { reachM, by }: Load, lineM: number): number =>
  body.upM - reachM - (by === 'winch' ? lineM : 0);

function stepLine(payload: Payload, orders: PayloadOrders, stuck: boolean, dtS: number): Payload {
  const pulled = payload.carriedKg > 0 ? FREE_MS : 0;
  const wantedMS = stuck ? 0 : (orders.lineMS ?? pulled);
  const lineM = Math.max(0, Math.min(LINE_MAX_M, payload.lineM + wantedMS * dtS));
  return { ...payload, lineM, lineMS: (lineM - payload.lineM) / dtS };
}

/** One step of what hangs below. */
export function stepPayload(
  payload: Payload,
  body: Body,
  orders: PayloadOrders,
  trouble: PayloadTrouble,
  step: { readonly dtS: number; readonly atMs: number },
): Payload {
  const moved = stepLine(payload, orders, trouble.winchStuck, step.dtS);
  const { load } = moved;
  if (load === null) return { ...moved, carriedKg: 0, standsSinceMs: null };
  const heightM = hangsAtM(body, load, moved.lineM);
  const slack = heightM < (load.by === 'winch' && moved.lineM > 0 ? -SLACK_M : 0);
  const stands = heightM <= 0;
  const standsSinceMs = slack ? (moved.standsSinceMs ?? step.atMs) : null;
  const jawOpens = load.by === 'gripper' && orders.jaw === 'open' && !trouble.gripperStuck;
  const unhooked =
    load.by === 'winch' &&
    moved.lineM > 0 &&
    !trouble.hookStuck &&
    standsSinceMs !== null &&
    step.atMs - standsSinceMs >= UNHOOK_MS;
  if (!jawOpens && !unhooked) return { ...moved, standsSinceMs, carriedKg: stands ? 0 : load.massKg };
  return {
    ...moved,
    load: null,
    carriedKg: 0,
    standsSinceMs: null,
    releases: moved.releases + 1,
    released: { northM: body.northM, eastM: body.eastM, heightM: Math.max(0, heightM), atMs: step.atMs },
  };
}
