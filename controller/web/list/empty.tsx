/** What the list says when it has nothing to list. */
import { filterText, stateFilter } from './list-state.ts';

export function FleetLoading() {
  return (
    <div class="skeleton" role="status" aria-label="Loading the fleet">
      {[62, 48, 70, 55, 66, 40, 58, 52].map((width) => (
        <i key={width} style={{ width: `${width}%` }} />
      ))}
      <p class="empty">Asking the controller for the fleet…</p>
    </div>
  );
}

export function FleetEmpty() {
  return (
    <div class="empty" role="status">
      <h2>No drone has reported yet</h2>
      <p>A drone appears here by itself as soon as its agent reaches this controller's broker. On the drone:</p>
      <code>skein-agent status</code>
      <p>says whether it is connected and, if not, why. Without a drone, a simulated fleet flies with:</p>
      <code>make run</code>
    </div>
  );
}

export function NothingMatches() {
  return (
    <div class="empty" role="status">
      <h2>No drone matches</h2>
      <p>
        {filterText.value.trim() !== '' && <>Nothing has “{filterText.value.trim()}” in its name, mode or control. </>}
        {stateFilter.value !== 'all' && <>No drone shown is {stateFilter.value}. </>}
        Press Esc to show all.
      </p>
    </div>
  );
}
