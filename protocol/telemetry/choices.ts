/**
 * The names that a choice column of a kind may hold. On the wire a name is its place in its list: append; never reorder,
 * rename or reuse. Apart from the catalogue (kinds.ts), so that who needs a few words does not carry all of it.
 */
export const LANDED_STATES = ['unknown', 'on-ground', 'in-air', 'taking-off', 'landing'] as const;
export const SYSTEM_STATES = [
  'uninit',
  'boot',
  'calibrating',
  'standby',
  'active',
  'critical',
  'emergency',
  'poweroff',
  'terminating',
] as const;
export const GPS_FIXES = ['no-gps', 'no-fix', '2d', '3d', 'dgps', 'rtk-float', 'rtk-fixed', 'static', 'ppp'] as const;
export const MISSION_STATES = ['unknown', 'no-mission', 'not-started', 'active', 'paused', 'complete'] as const;

export const SEVERITIES = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'] as const;
export const FENCE_BREACHES = ['none', 'min-alt', 'max-alt', 'boundary'] as const;

/** States an agent answers with; the controller adds `queued`. */
export const ANSWER_STATES = [
  'delivered',
  'accepted',
  'executing',
  'succeeded',
  'failed',
  'rejected',
  'expired',
  'cancelled',
  'superseded',
  'unknown',
] as const;
export const CONTROL_STATES = ['skein', 'pilot', 'other-station', 'autopilot-failsafe', 'unknown'] as const;
export const PREFLIGHT_VERDICTS = ['ok', 'warn', 'stop'] as const;
export const TRUST_STATES = ['trusted', 'suspect', 'rejected'] as const;

/** Who says which pack, or which parameters: the autopilot, or whoever put it in. */
export const PACK_SOURCES = ['autopilot', 'person'] as const;

export const PARAMETER_EVENTS = ['arming', 'list'] as const;

/** How an itinerary stands on a drone (docs/itineraries.md says what each means). */
export const ITINERARY_STATES = [
  'received',
  'refused',
  'uploading',
  'failed',
  'verified',
  'void',
  'starting',
  'flying',
  'at-gate',
  'releasing',
  'held',
  'returning',
  'interrupted',
  'completed',
  'aborted',
  'cancelled',
  'replaced',
] as const;
/** Where a parcel is. `unproved` is never rounded up: an operator decides. */
export const RELEASE_STATES = [
  'aboard',
  'at-gate',
  'releasing',
  'released',
  'not-released',
  'unproved',
  'settled',
] as const;
/** What the agent does about a lost controller (flight rules, link loss). */
export const LADDER_RUNGS = ['none', 'wait', 'finish', 'retract', 'return', 'exhausted', 'watch'] as const;
