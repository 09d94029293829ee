/**
 * Which drones may be ticked: all of a small fleet; of a large one those the list shows, first things first, and before them what is
 * ticked and not among them. Pure.
 */
export const MOST_OFFERED = 60;

export function offeredOf(
  fleet: readonly string[],
  ticked: readonly string[],
  listed: () => readonly string[],
): readonly string[] {
  if (fleet.length <= MOST_OFFERED) return fleet;
  // In the order of the list: a box that jumped away under the pointer would leave another drone to be ticked.
  const shown = listed().slice(0, MOST_OFFERED);
  return [...ticked.filter((id) => !shown.includes(id)), ...shown];
}
