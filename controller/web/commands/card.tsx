/** One delivery as a small timeline with reason and proof. It stays until looked at. */
import { isFinal, nameOfCommand } from '@skein/protocol/fleet';
import type { View } from '../detail/view.ts';
import { clockTime } from '../format/face.ts';
import { ageExact, utcFull } from '../format/times.ts';
import { type Command, codeOf, type Delivery, deliveryTo } from './answers.ts';
import { cancels, type Desk, inHand } from './desk.ts';
import { proofOf } from './proof.ts';
import { standingWords } from './standing.ts';
import { type Node, timelineOf, toneOf } from './timeline.ts';

export interface CardProps {
  readonly command: Command;
  readonly drone: string;
  readonly desk: Desk;
  readonly view: View;
  /** Given: it can be put away. */
  readonly onSeen?: (() => void) | undefined;
}

export function Card({ command, drone, desk, view, onSeen }: CardProps) {
  const delivery = deliveryTo(command, drone);
  if (delivery === null) return null;
  const name = nameOfCommand(command.type, command.params);
  const final = isFinal(delivery.state);
  return (
    <article
      class="card"
      aria-label={`${name}, ${delivery.state}`}
      data-command={command.id}
      data-type={command.type}
      data-state={delivery.state}
      data-tone={toneOf(delivery.state)}
    >
      <header>
        <h4>{name}</h4>
        <span class="who">
          {command.issuedAtMs !== null && (
            <time title={utcFull(command.issuedAtMs)}>{clockTime(command.issuedAtMs)}</time>
          )}{' '}
          {command.issuedBy}
        </span>
        {!final && <CancelButton id={command.id} desk={desk} />}
        {final && onSeen && (
          <button type="button" class="seen" onClick={onSeen} title="Put it away; it stays in the list of commands">
            Seen
          </button>
        )}
      </header>
      <Timeline nodes={timelineOf(delivery)} />
      <Words command={command} delivery={delivery} view={view} />
      <ProofList delivery={delivery} />
      <Next command={command} delivery={delivery} />
    </article>
  );
}

export function Timeline({ nodes }: { readonly nodes: readonly Node[] }) {
  return (
    <ol class="timeline">
      {nodes.map((node, i) => (
        <li
          key={node.state}
          data-place={node.place}
          data-tone={node.tone}
          aria-current={node.place === 'now' ? 'step' : undefined}
        >
          <StepMark node={node} />
          <span class="step-name">{node.state}</span>
          <span class="step-time" title={node.atMs === null ? undefined : utcFull(node.atMs)}>
            {node.atMs === null
              ? ''
              : i === 0
                ? clockTime(node.atMs)
                : `${node.implied ? '≤ ' : '+'}${ageExact(node.afterMs)}`}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Solid: it was so. Ring: it is so now, or still to come (thin). Cross, question mark, bar: how it ended. */
export function StepMark({ node }: { readonly node: Pick<Node, 'place' | 'tone'> }) {
  const ahead = node.place === 'ahead';
  const ended = node.place === 'now' && node.tone !== 'open';
  return (
    <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">
      {!ended && (
        <circle
          r={ahead ? 3.2 : 4.2}
          fill={node.place === 'past' ? 'currentColor' : 'none'}
          stroke="currentColor"
          stroke-width={ahead ? 1 : 2}
        />
      )}
      {ended && <circle r="6.2" fill="currentColor" />}
      {ended && (
        <path
          d={END_MARKS[node.tone]}
          fill="none"
          stroke="var(--panel)"
          stroke-width="1.7"
          stroke-linecap="round"
          stroke-linejoin="round"
        />
      )}
    </svg>
  );
}

const END_MARKS = {
  good: 'M-2.8 .2-.8 2.3 3-2',
  bad: 'M-2.3-2.3 2.3 2.3M2.3-2.3-2.3 2.3',
  doubt: 'M-1.8-1.6a1.9 1.9 0 1 1 2.6 1.8q-.8.4-.8 1M0 3.3v.1',
  void: 'M-2.8 0h5.6',
  open: '',
} as const;

function Words({ command, delivery, view }: { command: Command; delivery: Delivery; view: View }) {
  const words = delivery.words ?? delivery.reason;
  const standing = standingWords(command, delivery, view);
  return (
    <p class="card-words" role="status">
      <b>{delivery.state}</b>
      {words !== null && <>: {words}</>}
      {standing !== null && (
        <span>
          {words === null ? ': ' : ' · '}
          {standing}
        </span>
      )}
    </p>
  );
}

function ProofList({ delivery }: { readonly delivery: Delivery }) {
  const proof = proofOf(delivery.detail);
  if (proof.length === 0) return null;
  return (
    <dl class="proof" aria-label="Proof">
      {proof.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function CancelButton({ id, desk }: { readonly id: string; readonly desk: Desk }) {
  const trouble = cancels.value.get(id);
  return (
    <>
      {trouble && (
        <span class="trouble" role="alert">
          {trouble.words}
        </span>
      )}
      <button type="button" class="seen" disabled={trouble === null} onClick={() => desk.cancel(id)}>
        {trouble === null ? 'Cancelling…' : 'Cancel'}
      </button>
    </>
  );
}

/** What one may want to do next, in the light of how it ended. */
function Next({ command, delivery }: { readonly command: Command; readonly delivery: Delivery }) {
  const code = codeOf(delivery);
  if (command.type === 'set-parameter' && delivery.state === 'succeeded' && typeof command.params.undo !== 'string') {
    return (
      <NextButton
        words="Undo…"
        open={{
          kind: 'form',
          drone: delivery.drone,
          type: 'set-parameter',
          params: { undo: command.id, ...named(command) },
        }}
      />
    );
  }
  const { type } = command;
  if (code === 'in-command' && isTakenOver(type)) {
    return (
      <NextButton
        words="Take over…"
        open={{ kind: 'form', drone: delivery.drone, type, params: { ...command.params, takeOver: true } }}
      />
    );
  }
  if (code === 'adopted' || (code === 'pilot' && type === 'resume')) {
    return (
      <NextButton
        words={code === 'adopted' ? 'Take control…' : 'Take control from the pilot…'}
        open={{ kind: 'form', drone: delivery.drone, type: 'resume', params: { takeControl: true } }}
      />
    );
  }
  return null;
}

/** Those that can take a drone from whoever is in command of it. */
const TAKE_OVER = ['goto', 'arm', 'disarm', 'start', 'resume', 'skip', 'abort'] as const;
function isTakenOver(type: string): type is (typeof TAKE_OVER)[number] {
  return TAKE_OVER.some((one) => one === type);
}

function named(command: Command): { readonly name?: unknown } {
  return command.params.name === undefined ? {} : { name: command.params.name };
}

function NextButton({ words, open }: { readonly words: string; readonly open: NonNullable<typeof inHand.value> }) {
  return (
    <p class="card-next">
      <button
        type="button"
        class="link"
        onClick={() => {
          inHand.value = open;
        }}
      >
        {words}
      </button>
    </p>
  );
}
