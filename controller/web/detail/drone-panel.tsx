/** The drone looked at. */
import type { Fleet } from '../live/fleet.ts';

export function DronePanel({ id }: { readonly fleet: Fleet; readonly id: string }) {
  return (
    <aside class="pane pane-detail" aria-label={`Drone ${id}`}>
      {id}
    </aside>
  );
}
