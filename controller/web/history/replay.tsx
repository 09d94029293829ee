/** The slider of the replay, with what happened and what is missing drawn along it. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { clockTime } from '../format/face.ts';
import { utcFull } from '../format/times.ts';
import { around, thinned } from './marks.ts';
import {
  atMs,
  back,
  chosen,
  endMs,
  moveTo,
  playing,
  SPEEDS,
  shift,
  span,
  speed,
  togglePlay,
  zoomAt,
} from './moment.ts';
import { isLoading, pasts, track } from './past.ts';
import { marks, where } from './scene.ts';
import type { Span } from './span.ts';
import { holesIn } from './track.ts';
import { holeWords, placeWords, whenWords } from './words.ts';

const NEAR = 1;

export function Replay({ id }: { readonly id: string }) {
  const one = span.value;
  const at = atMs.value;
  const known = where.value;
  const runs = playing.value;
  // The same one while only the instant moves: it is not made anew ten times a second.
  const strip = useMemo(() => one && <Strip one={one} />, [one]);
  if (one === null) return null;
  const now = around(marks.value, at, NEAR)[0];
  return (
    <section class="replay" aria-label="Replay" data-at={at} data-where={known?.kind ?? ''} data-playing={runs}>
      <p class="replay-when">
        <time title={utcFull(at)}>{whenWords(at)}</time>
        <span class="replay-place" data-hole={holeWords(known) !== null}>
          {placeWords(known, isLoading.value)}
        </span>
      </p>
      {strip}
      <input
        type="range"
        class="replay-slider"
        aria-label={`Instant of the replay of ${id}`}
        aria-valuetext={`${whenWords(at)}, ${placeWords(known, isLoading.value)}`}
        min={one.fromMs}
        max={one.toMs}
        step={1}
        value={at}
        onInput={(event) => moveTo(Number(event.currentTarget.value))}
      />
      <div class="replay-tools">
        <button type="button" class="second play" aria-pressed={runs} onClick={togglePlay}>
          {runs ? 'Pause' : 'Play'}
        </button>
        <select
          aria-label="Speed"
          value={speed.value}
          onChange={(event) => {
            const chosenSpeed = Number(event.currentTarget.value);
            speed.value = SPEEDS.find((value) => value === chosenSpeed) ?? 1;
          }}
        >
          {SPEEDS.map((value) => (
            <option key={value} value={value}>
              {value}×
            </option>
          ))}
        </select>
        <span class="replay-zoom">
          <Tool label="Earlier (<)" words="‹" onClick={() => shift(-0.5)} />
          <Tool label="Wider (−)" words="−" onClick={() => zoomAt(at, 2)} />
          <Tool label="Closer (+)" words="+" onClick={() => zoomAt(at, 0.5)} />
          <Tool label="Later (>)" words="›" onClick={() => shift(0.5)} />
          {chosen.value !== one && <Tool label="Back to what was chosen (0)" words="All" onClick={back} />}
        </span>
        {now !== undefined && now.atMs <= at && (
          <span class="replay-last" data-level={now.level} title={utcFull(now.atMs)}>
            {clockTime(now.atMs)} {now.words}
          </span>
        )}
      </div>
    </section>
  );
}

function Tool({ label, words, onClick }: { label: string; words: string; onClick: () => void }) {
  return (
    <button type="button" class="tool" title={label} aria-label={label} onClick={onClick}>
      {words}
    </button>
  );
}

/** What is known of each moment of the span: holes hatched or grey, dots where it came later, a tick for what happened. */
function Strip({ one }: { readonly one: Span }) {
  const strip = useRef<HTMLDivElement>(null);
  const width = useSignal(400);
  useEffect(() => {
    const place = strip.current;
    if (place === null) return;
    const resized = new ResizeObserver(() => {
      width.value = place.clientWidth;
    });
    resized.observe(place);
    const instantOf = (event: MouseEvent): number => {
      const box = place.getBoundingClientRect();
      const now = span.peek();
      return now === null ? 0 : now.fromMs + ((event.clientX - box.left) / box.width) * (now.toMs - now.fromMs);
    };
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      zoomAt(instantOf(event), event.deltaY > 0 ? 1.25 : 0.8);
    };
    const onClick = (event: MouseEvent): void => {
      const mark = event.target instanceof HTMLElement ? Number(event.target.dataset.instant) : Number.NaN;
      moveTo(Number.isFinite(mark) ? mark : instantOf(event));
    };
    // Not passive: the page must not zoom or scroll along.
    place.addEventListener('wheel', onWheel, { passive: false });
    place.addEventListener('click', onClick);
    return () => {
      resized.disconnect();
      place.removeEventListener('wheel', onWheel);
      place.removeEventListener('click', onClick);
    };
  }, []);
  const way = track.value;
  const table = pasts.position.value.table;
  const silent = way === null || table === null ? [] : holesIn(way, table.fromMs, Math.min(table.toMs, endMs.value));
  return (
    <div ref={strip} class="replay-strip" aria-hidden="true">
      {silent.map((hole) => (
        <i key={`h${hole.fromMs}`} class={hole.reason === null ? 'key-missing' : 'key-gap'} style={place(one, hole)} />
      ))}
      {(table?.answer.filledLater ?? []).map(({ from, to }) => (
        <i key={`l${from}`} class="key-later" style={place(one, { fromMs: Date.parse(from), toMs: Date.parse(to) })} />
      ))}
      {thinned(marks.value, one, width.value).map((mark) => (
        <b
          key={`${mark.kind}${mark.atMs}${mark.words}`}
          data-mark={mark.kind}
          data-instant={mark.atMs}
          data-level={mark.level}
          style={{ left: `${share(one, mark.atMs)}%` }}
          title={`${clockTime(mark.atMs)} ${mark.words}`}
        />
      ))}
    </div>
  );
}

function share({ fromMs, toMs }: Span, at: number): number {
  return Math.min(100, Math.max(0, ((at - fromMs) / (toMs - fromMs)) * 100));
}

function place(one: Span, { fromMs, toMs }: Span): { left: string; width: string } {
  const [left, right] = [share(one, fromMs), share(one, toMs)];
  return { left: `${left}%`, width: `${Math.max(0, right - left)}%` };
}
