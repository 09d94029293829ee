/** One drone as the detector looks at it, each second: nothing is copied, and what costs is made when asked for. */
import type { KindName, Values } from '@skein/protocol/telemetry';
import { currentSaid } from './contact.ts';
import type { Drone } from './drone.ts';
import type { Now } from './entry.ts';
import { expectationOf } from './expectation.ts';
import { currentOf } from './sessions.ts';
import { trustEntry } from './trust.ts';

export function lookOf(drone: Drone, now: Now) {
  const current = currentOf(drone.sessions);
  const ageMs = (atMonoUs: number | null) => (atMonoUs === null ? null : Math.max(0, (now.monoUs - atMonoUs) / 1e3));
  const { control, clock, itinerary, delivery, commands } = drone;
  return {
    ...{ drone: drone.id, ...now, connected: current?.online ?? false, control, clock, itinerary, delivery, commands },
    ...{ heardAgeMs: ageMs(drone.heardMonoUs), vehicleAgeMs: ageMs(drone.vehicleAtMonoUs) },
    ...{ session: current?.session ?? null, boot: current?.boot ?? null },
    autopilotBoot: currentSaid(drone)?.autopilotBoot ?? null,
    conflict: drone.sessions.conflict?.reason ?? null,
    trust: () => trustEntry(drone, now),
    expectation: () => expectationOf(drone, now.monoUs)?.must ?? null,
    sample<K extends KindName>(kind: K, key: string = kind) {
      const held = drone.kinds.get(key);
      if (held === undefined || held.kind !== kind) return null;
      return { values: held.values as Values<K>, ageMs: Math.max(0, (now.monoUs - held.atMonoUs) / 1e3) };
    },
  };
}
export type Look = ReturnType<typeof lookOf>;
