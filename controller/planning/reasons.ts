/** Why an order cannot be flown, or not now, and why a drone was not chosen: stable codes, words, value and limit. */

/** Of an order. Those with `waits` pass by themselves, or somebody can make them pass. */
export const ORDER_REASONS = {
  'pickup-not-at-base': 'the pickup lies at a base',
  'drop-off-in-zone': 'the drop-off lies outside every no-fly zone and inside the keep-in zones',
  'pickup-in-zone': 'the base of the pickup lies outside every no-fly zone and inside the keep-in zones',
  'too-far': 'the drop-off is within reach of the base, there and back with the reserve',
  'too-heavy': 'some drone of the fleet can carry it',
  method: 'some drone of the fleet releases parcels in that way',
  payload: 'the mass of the parcel is more than 0',
  'window-over': 'the time window is not over',
  'window-too-short': 'the way to the drop-off takes no longer than the time window leaves',
  'no-route': 'there is a way around the zones, there and back',
} as const;
export type OrderReason = keyof typeof ORDER_REASONS;

/** Why it has to wait. */
export const WAIT_REASONS = {
  'not-yet': 'its time window has begun, less the time to get there',
  'ground-stop': 'no ground stop is on',
  wind: 'the wind at the base is within the limit',
  gusts: 'the gusts at the base are within the limit',
  'too-cold': 'it is warm enough to fly',
  'too-hot': 'it is cool enough to fly',
  zone: 'no zone that holds for a time is in the way',
  pads: 'the base has a pad to load and to land on',
  air: 'the air is free: no other flight comes too near',
  drones: 'a drone is there that may, can, and has the charge',
} as const;
export type WaitReason = keyof typeof WAIT_REASONS;

/** Why a drone was not chosen. */
export const DRONE_REASONS = {
  offline: 'it is heard',
  parcel: 'no other drone has the parcel aboard',
  avoided: 'it was not asked for this order before, in vain',
  busy: 'it has nothing else to do',
  promised: 'no order before this one waits for it',
  control: 'Skein has control of it, or it stands disarmed on the ground',
  'in-the-air': 'it stands disarmed on the ground',
  position: 'its position is trusted',
  hold: 'nothing holds it on the ground: maintenance, lock, finding',
  preflight: 'nothing in its pre-flight list stops',
  'ground-stop': 'no ground stop reaches it',
  payload: 'it can carry the mass',
  method: 'it releases parcels in that way',
  'charge-not-known': 'its charge and the energy of its pack are known',
  charge: 'its charge lasts there and back with the reserve',
  weather: 'the weather where it stands is within the limits',
  'no-pad': 'the base it would have to fly to has a free pad',
  'no-route': 'there is a way from where it stands',
  air: 'the air is free on its way',
  plan: 'the itinerary passes the checks that every itinerary passes',
  other: 'no other drone suits better',
} as const;
export type DroneReason = keyof typeof DRONE_REASONS;

export interface Reason {
  readonly rule: OrderReason | WaitReason;
  readonly words: string;
  readonly value: number | string | null;
  readonly limit: number | string | null;
}

export interface Considered {
  readonly drone: string;
  readonly chosen: boolean;
  /** null: chosen. */
  readonly rule: DroneReason | null;
  readonly words: string;
  readonly value: number | string | null;
  readonly limit: number | string | null;
  /** When this will have passed, where that can be told. */
  readonly fromUtcUs: number | null;
}
