/** How its data reaches us: connection, what is still on the drone, how good its clock is, the cable to the autopilot. */
import { bytes, count, fixed } from '../format/numbers.ts';
import { ageExact } from '../format/times.ts';
import { valuesOf } from '../live/record.ts';
import { Block, Fact } from './block.tsx';
import { clockWords } from './clock-words.ts';
import { deliveryWords } from './delivery-words.ts';
import type { View } from './view.ts';

export function Delivery({ view }: { readonly view: View }) {
  const { entry } = view.record;
  const words = deliveryWords(view);
  const stale = !words.known;
  const clock = clockWords(entry.clock);
  return (
    <Block title="Delivery" view={view}>
      <dl class="facts">
        <Fact
          label="Agent"
          wide
          view={view}
          value={words.agent}
          stale={!words.agentKnown}
          level={entry.online ? undefined : 'attention'}
        />
        <Fact
          label="Still on the drone"
          wide
          view={view}
          value={words.behind}
          stale={stale}
          level={words.late ? 'attention' : undefined}
          title="Batches the controller has not stored yet"
        />
        <Fact
          label="Clock"
          wide
          view={view}
          stale={stale}
          value={clock.words}
          title={clock.title}
          level={clock.level}
        />
        {clock.board !== null && (
          <Fact
            label="Board clock"
            wide
            view={view}
            stale={stale}
            value={clock.board}
            title="The board's own clock against UTC"
          />
        )}
        <Fact
          label="Heard"
          view={view}
          stale={!words.agentKnown}
          value={ageExact(words.heardMs)}
          title="Anything at all from this agent"
        />
        <Fact
          label="Late by"
          view={view}
          stale={stale}
          value={fixed(entry.link.latencyMs)}
          unit="ms"
          title="Sampling to arrival"
        />
        <Fact
          label="Live rate"
          view={view}
          stale={stale}
          value={fixed(entry.link.liveHz, entry.link.liveHz % 1 ? 1 : 0)}
          unit="Hz"
        />
      </dl>
      <AutopilotLink view={view} stale={stale} />
    </Block>
  );
}

function AutopilotLink({ view, stale }: { readonly view: View; readonly stale: boolean }) {
  const link = valuesOf(view.record, 'link');
  if (!link) return null;
  const lost = (link.badFrames ?? 0) + (link.lostFrames ?? 0);
  return (
    <dl class="facts">
      <Fact
        label="Autopilot link"
        view={view}
        stale={stale}
        kind="link"
        value={link.open == null ? '–' : link.open ? 'open' : 'closed'}
        level={link.open === false ? 'attention' : undefined}
      />
      <Fact label="In" view={view} stale={stale} kind="link" value={`${bytes(link.inBytesPerS)}/s`} />
      <Fact label="Out" view={view} stale={stale} kind="link" value={`${bytes(link.outBytesPerS)}/s`} />
      <Fact label="Frames" view={view} stale={stale} kind="link" value={count(link.frames)} />
      <Fact label="Bad or lost" view={view} stale={stale} kind="link" value={count(lost)} />
      <Fact label="Reopened" view={view} stale={stale} kind="link" value={count(link.reopened)} />
    </dl>
  );
}
