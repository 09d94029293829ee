/** The computer on board, what it runs, and the hours of the airframe. */
import { bytes, fixed } from '../format/numbers.ts';
import { ageExact, span } from '../format/times.ts';
import { valuesOf } from '../live/record.ts';
import { Block, Fact } from './block.tsx';
import { listWords } from './itinerary-words.ts';
import type { View } from './view.ts';

export function Companion({ view }: { readonly view: View }) {
  const board = valuesOf(view.record, 'board');
  return (
    <Block title="Companion" view={view} kind="board">
      <dl class="facts">
        <Fact
          label="Temperature"
          view={view}
          kind="board"
          value={fixed(board?.temperatureC)}
          unit="°C"
          level={(board?.temperatureC ?? 0) > 80 ? 'attention' : undefined}
        />
        <Fact
          label="Load"
          view={view}
          kind="board"
          value={fixed(board?.loadPct)}
          unit="%"
          level={(board?.loadPct ?? 0) > 90 ? 'attention' : undefined}
        />
        <Fact
          label="Throttled"
          view={view}
          kind="board"
          value={board?.throttled == null ? '–' : board.throttled ? 'yes' : 'no'}
          level={board?.throttled ? 'attention' : undefined}
        />
        <Fact label="Memory free" view={view} kind="board" value={mb(board?.memoryFreeMb)} />
        <Fact
          label="Disk free"
          view={view}
          kind="board"
          value={mb(board?.diskFreeMb)}
          level={(board?.diskFreeMb ?? 1e9) < 500 ? 'attention' : undefined}
        />
        <Fact label="Outbox" view={view} kind="board" value={bytes(board?.outboxBytes)} />
        <Fact
          label="Not yet safe"
          title="Age of the oldest sample not yet on disk"
          view={view}
          kind="board"
          value={board?.notDurableMs == null ? '–' : ageExact(board.notDurableMs)}
          level={(board?.notDurableMs ?? 0) > 5000 ? 'attention' : undefined}
        />
        <Fact label="Up" view={view} kind="board" value={span(board?.uptimeS)} />
      </dl>
    </Block>
  );
}

function mb(value: number | null | undefined): string {
  return bytes(value == null ? value : value * 1e6);
}

export function Versions({ view }: { readonly view: View }) {
  const { entry } = view.record;
  const autopilot = valuesOf(view.record, 'autopilot');
  const status = valuesOf(view.record, 'status');
  const flight = valuesOf(view.record, 'flight');
  return (
    <Block title="Aircraft and versions" view={view}>
      <dl class="facts">
        <Fact label="Flights" view={view} kind="flight" value={fixed(flight?.flights)} />
        <Fact label="In the air" view={view} kind="flight" value={span(flight?.airS)} />
        <Fact
          label="Autopilot’s list"
          title="The item under way in the list the autopilot holds, and how many there are: other numbers than the itinerary’s"
          view={view}
          kind="mission"
          value={listWords(valuesOf(view.record, 'mission'))}
        />
        <Fact label="System id" view={view} kind="status" value={fixed(status?.sysid)} />
        <Fact
          label="Autopilot"
          wide
          view={view}
          kind="autopilot"
          value={autopilot?.version ? `${autopilot.version} ${autopilot.gitHash ? `(${autopilot.gitHash})` : ''}` : '–'}
        />
        {Object.entries(entry.versions).map(([name, version]) => (
          <Fact key={name} label={name} wide view={view} value={version} />
        ))}
        <Fact
          label="Session"
          wide
          view={view}
          value={
            entry.session === null ? (
              '–'
            ) : (
              <span class="copyable mono">{`${entry.session.slice(0, 8)} · start ${entry.n}`}</span>
            )
          }
        />
      </dl>
    </Block>
  );
}
