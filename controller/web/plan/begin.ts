/** Where a new itinerary begins. */
import type { Fleet } from '../live/fleet.ts';
import { valuesOf } from '../live/record.ts';
import { blankDraft } from './draft.ts';
import { aircraftOf } from './drone-facts.ts';
import { aircraft, begin } from './editing.ts';

/** A new draft at the home of a drone that stands there, or else of any that has told one. */
export function beginNew(fleet: Fleet): void {
  const stamp = new Date(fleet.nowMs.peek() ?? Date.now()).toISOString().slice(0, 16).replace(/[-:]/g, '');
  const id = `plan-${stamp}`;
  const homes = [...fleet.all().values()].flatMap((record) => {
    const home = valuesOf(record, 'home');
    if (home?.latDeg == null || home.lonDeg == null) return [];
    const stands = valuesOf(record, 'status')?.landed === 'on-ground';
    return [{ record, stands, base: { latDeg: home.latDeg, lonDeg: home.lonDeg } }];
  });
  const first = homes.find(({ stands }) => stands) ?? homes[0];
  if (first !== undefined) aircraft.value = aircraftOf(first.record);
  begin(blankDraft(id, first?.base ?? null));
}
