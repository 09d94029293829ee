/** How its data reaches us: connection, what is still on the drone, how good its clock is, the cable to the autopilot. */
import { bytes, count, fixed } from '../format/numbers.ts';
import { ageExact, span } from '../format/times.ts';
import { valuesOf } from '../live/record.ts';
import { Block, Fact } from './block.tsx';
import { clockWords } from './clock-words.ts';
import type { View } from './view.ts';

export function Delivery({ view }: { readonly view: View }) {
  const { entry } = view.record;
  const { urgent, history } = entry.backlog;
  const waiting = urgent.batches + history.batches;
  const oldestS = Math.max(urgent.oldestS ?? 0, history.oldestS ?? 0);
  const sinceMs = view.nowMs === null ? null : view.nowMs - entry.link.sinceUtcUs / 1000;
  const heardMs =
    entry.freshness.lastHeardUtcUs === null || view.nowMs === null
      ? null
      : view.nowMs - entry.freshness.lastHeardUtcUs / 1000;
  const behind =
    waiting === 0
      ? 'nothing held back'
      : `${count(waiting)} ${waiting === 1 ? 'batch' : 'batches'}${oldestS > 0 ? `, oldest ${span(oldestS)}` : ''}`;
  const clock = clockWords(entry.clock);
  return (
    <Block title="Delivery" view={view}>
      <dl class="facts">
        <Fact
          label="Agent"
          wide
          view={view}
          value={`${entry.online ? 'connected' : 'not connected'}${sinceMs === null ? '' : ` for ${ageExact(sinceMs)}`}`}
          level={entry.online ? undefined : 'attention'}
        />
        <Fact
          label="Still on the drone"
          wide
          view={view}
          value={behind}
          level={oldestS > 30 ? 'attention' : undefined}
          title="Batches the controller has not stored yet"
        />
        <Fact label="Clock" wide view={view} value={clock.words} title={clock.title} level={clock.level} />
        {clock.board !== null && (
          <Fact label="Board clock" wide view={view} value={clock.board} title="The board's own clock against UTC" />
        )}
        <Fact
          label="Heard"
          view={view}
          value={heardMs === null ? 'never' : ageExact(heardMs)}
          title="Anything at all from this agent"
        />
        <Fact label="Late by" view={view} value={fixed(entry.link.latencyMs)} unit="ms" title="Sampling to arrival" />
        <Fact label="Live rate" view={view} value={fixed(entry.link.liveHz, entry.link.liveHz % 1 ? 1 : 0)} unit="Hz" />
      </dl>
      <AutopilotLink view={view} />
    </Block>
  );
}

function AutopilotLink({ view }: { readonly view: View }) {
  const link = valuesOf(view.record, 'link');
  if (!link) return null;
  const lost = (link.badFrames ?? 0) + (link.lostFrames ?? 0);
  return (
    <dl class="facts">
      <Fact
        label="Autopilot link"
        view={view}
        kind="link"
        value={link.open == null ? '–' : link.open ? 'open' : 'closed'}
        level={link.open === false ? 'attention' : undefined}
      />
      <Fact label="In" view={view} kind="link" value={`${bytes(link.inBytesPerS)}/s`} />
      <Fact label="Out" view={view} kind="link" value={`${bytes(link.outBytesPerS)}/s`} />
      <Fact label="Frames" view={view} kind="link" value={count(link.frames)} />
      <Fact label="Bad or lost" view={view} kind="link" value={count(lost)} />
      <Fact label="Reopened" view={view} kind="link" value={count(link.reopened)} />
    </dl>
  );
}
