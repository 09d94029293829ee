/** How it flies now. */
import { compassPoint, distance, fixed, heading, signed, UNKNOWN } from '../format/numbers.ts';
import { valuesOf } from '../live/record.ts';
import { climb, groundSpeed } from '../live/speeds.ts';
import { metresBetween } from '../map/grid.ts';
import { Fact } from './block.tsx';
import { Horizon } from './horizon.tsx';
import type { View } from './view.ts';

export function Flight({ view }: { readonly view: View }) {
  const position = valuesOf(view.record, 'position');
  const speed = groundSpeed(view.record);
  const rise = climb(view.record);
  const home = valuesOf(view.record, 'home');
  const homeM =
    position?.latDeg != null && position.lonDeg != null && home?.latDeg != null && home.lonDeg != null
      ? metresBetween(position.lonDeg, position.latDeg, home.lonDeg, home.latDeg)
      : null;
  const degrees = heading(position?.headingDeg);
  const bearing = degrees === UNKNOWN ? degrees : `${degrees}°`;
  const toHome = distance(homeM).split('\u202f');
  return (
    <section class="block flight" aria-label="Flight">
      <Horizon view={view} />
      <dl class="big">
        <Fact
          label="Height"
          title="Above home"
          view={view}
          kind="position"
          value={fixed(position?.altRelM, 1)}
          unit="m"
        />
        <Fact
          label="Altitude"
          title="Above mean sea level"
          view={view}
          kind="position"
          value={fixed(position?.altAmslM)}
          unit="m"
        />
        <Fact label="Speed" title="Over ground" view={view} kind={speed.kind} value={fixed(speed.mps, 1)} unit="m/s" />
        <Fact label="Climb" view={view} kind={rise.kind} value={signed(rise.mps, 1)} unit="m/s" />
        <Fact label="Heading" view={view} kind="position" value={bearing} unit={compassPoint(position?.headingDeg)} />
        <Fact
          label="To home"
          title="Along the ground"
          view={view}
          kind="position"
          value={toHome[0]}
          unit={toHome[1] ?? ''}
        />
      </dl>
    </section>
  );
}
