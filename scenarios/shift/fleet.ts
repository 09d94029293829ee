/** Who is there in the shift: two that circle, one that stands with a parcel, one on the pad of a base. */
import type { Base } from '@skein/protocol/fleet/places';
import { Api } from '../city/api.ts';
import { BASES, CALM, CARRIERS, ZONES } from '../city/places.ts';
import { type DronePlace, FLEET, STANDING } from '../kit/places.ts';
import { createWorld, type Drone, type World } from '../world.ts';

/** Climbs and sinks as fast as a real one may be set to, and does not wait above home. */
const BRISK = 'WPNAV_SPEED_UP=500,WPNAV_SPEED_DN=500,LAND_SPEED=200,LAND_SPEED_HIGH=400,RTL_LOIT_TIME=500';
const CIRCLING = FLEET.slice(0, 2);
const [LETTEN] = BASES;
const [CARRIER] = CARRIERS;

const brisk = (place: DronePlace): DronePlace => ({
  ...place,
  simulatorArgs: (place.simulatorArgs ?? []).map((arg) => (arg.startsWith('--param=') ? `${arg},${BRISK}` : arg)),
});

export interface Shift {
  readonly world: World;
  readonly api: Api;
  /** With pads for the carrier. */
  readonly base: Base;
  /** Circles; its agent dies. */
  readonly lost: Drone;
  /** Stands with a parcel in its gripper. */
  readonly sent: Drone;
  /** Stands at the base, its winch free. */
  readonly carrier: Drone;
}

export async function beginShift(signal: AbortSignal): Promise<Shift> {
  if (LETTEN === undefined || CARRIER === undefined) throw new Error('no base');
  const world = await createWorld({
    drones: [...CIRCLING, brisk(STANDING), brisk(CARRIER)],
    controllerArgs: ['--itineraries.batteryWh=300', '--orders.emptyKg=4'],
    agentArgs: ['--outbox.budgetMB=64', '--recorder.budgetMB=64'],
    signal,
  });
  const api = new Api(world.controller.httpUrl, signal);
  await api.put(`/bases/${LETTEN.id}`, LETTEN.base);
  await api.put(`/weather/${LETTEN.id}`, CALM);
  for (const { id, zone } of ZONES) await api.put(`/zones/${id}`, zone);
  const [lost, , sent, carrier] = world.drones;
  if (lost === undefined || sent === undefined || carrier === undefined) throw new Error('no drones');
  return { world, api, base: LETTEN.base, lost, sent, carrier };
}
