/** Which drones may be ticked: all of a small fleet; of a large one those that are ticked, then those the list shows, first things first. Pure. */
export const MOST_OFFERED = 60;

export function offeredOf(
  fleet: readonly string[],
  ticked: readonly string[],
  listed: () => readonly string[],
): readonly string[] {
  if (fleet.length <= MOST_OFFERED) return fleet;
  return [...new Set([...ticked, ...listed()])].slice(0, Math.max(MOST_OFFERED, ticked.length));
}
