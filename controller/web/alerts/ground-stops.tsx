/** Said on every view while a ground stop is in force: nothing new is armed or started. */
import type { GroundStopEntry } from '../../live/messages.ts';
import type { Fleet } from '../live/fleet.ts';

function whom(reach: GroundStopEntry['reach']): string {
  if (reach === 'fleet') return 'the whole fleet';
  return 'group' in reach ? `group ${reach.group}` : `base ${reach.base}`;
}

export function GroundStops({ fleet }: { readonly fleet: Fleet }) {
  const stops = fleet.board.value?.groundStops ?? [];
  if (stops.length === 0) return null;
  return (
    <div class="ground-stops" role="status">
      {stops.map(({ id, reach, reason, by, untilUtcUs }) => (
        <p key={id} data-stop={id}>
          <b>Ground stop for {whom(reach)}.</b> {reason} ({by}
          {untilUtcUs === null
            ? ''
            : `, until ${new Date(untilUtcUs / 1e3).toISOString().slice(0, 16).replace('T', ' ')} UTC`}
          ). Nothing new is armed or started; hold, return and land go.
        </p>
      ))}
    </div>
  );
}
