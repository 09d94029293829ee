/** What a drone did: a span of time with its charts, the flights to choose from, and the replay on the map. */
import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import '../styles/history.css';
import { ageExact } from '../format/times.ts';
import type { Fleet } from '../live/fleet.ts';
import { Back } from '../shell/back.tsx';
import { go, leave, route, routeHash } from '../shell/route.ts';
import { Choice } from './choice.tsx';
import { HistoryCharts } from './history-charts.tsx';
import { listenToHistoryKeys } from './keys.ts';
import { MarkList } from './mark-list.tsx';
import { atMs, choose, chosen, nowMs, playing, runReplay, span } from './moment.ts';
import { forget, isEmpty, isLoading, readAtMs, readPast, trouble } from './past.ts';
import { again, isUnfinished } from './reading.ts';
import { Replay } from './replay.tsx';
import { lastOf, PRESETS } from './span.ts';
import { Values } from './values.tsx';
import { spanLine, spanTitle } from './words.ts';

const SETTLE_MS = 200;
const LINK_MS = 400;
const AGAIN_MS = 15_000;

export function HistoryPanel({ fleet, id }: { readonly fleet: Fleet; readonly id: string }) {
  const pane = useRef<HTMLElement>(null);

  useEffect(() => {
    const stops = [runReplay(() => performance.now()), listenToHistoryKeys()];
    return () => {
      for (const stop of stops) stop();
      span.value = chosen.value = null;
      forget();
    };
  }, []);
  useSignalEffect(() => {
    nowMs.value = fleet.second.value * 1000;
  });
  useFromLink(fleet);
  useLink(id);
  useReading(id, pane);

  const one = span.value;
  const unfinished = isUnfinished(one, readAtMs.value);
  return (
    <aside
      ref={pane}
      class="pane pane-detail history-panel"
      aria-label={`History of ${id}`}
      data-history={id}
      data-from={one?.fromMs}
      data-to={one?.toMs}
      data-loading={isLoading.value}
      data-stale={unfinished}
    >
      <header class="drone-head">
        <Back label={`Back to ${id}`} onClick={leave} />
        <span class="past-badge">PAST</span>
        <h2>{id}</h2>
        <button type="button" class="second" onClick={() => go({ view: 'drone', id })} title="The drone as it is (Esc)">
          Now
        </button>
        <p class="drone-line">
          {one === null ? 'Asking the controller…' : <span title={spanTitle(one)}>{spanLine(one)}</span>}
        </p>
      </header>
      <div class="history-replay">
        <State unfinished={unfinished} />
        <Replay id={id} />
      </div>
      <div class="detail-scroll">
        <Choice fleet={fleet} id={id} />
        <Values />
        <HistoryCharts />
        <MarkList />
      </div>
    </aside>
  );
}

/** What cannot be seen in the charts themselves: an error, an empty span, one that is not over yet. */
function State({ unfinished }: { readonly unfinished: boolean }) {
  const why = trouble.value;
  const retry = (words: string) => (
    <button
      type="button"
      class="link"
      onClick={() => {
        again.value += 1;
      }}
    >
      {words}
    </button>
  );
  if (why !== null) {
    return (
      <p class="history-say" role="alert" data-say="trouble">
        <b>Not all of it could be read:</b> {why}. {retry('Try again')}
      </p>
    );
  }
  if (isEmpty.value) {
    return (
      <p class="history-say" data-say="empty">
        Nothing is recorded in this span. Choose a flight, or look wider (−). {retry('Read again')}
      </p>
    );
  }
  const at = readAtMs.value;
  if (!unfinished || at === null) return null;
  return (
    <p class="history-say" data-say="stale">
      The end of this span is still coming in: read {ageExact(nowMs.value - at)} ago. {retry('Read again')}
    </p>
  );
}

/** The address as it was read or written here last. Another one is a link just followed, of which the page has yet to hear. */
let address = '';

/** A link says the span and the instant; without a span it is the last minutes. */
function useFromLink(fleet: Fleet): void {
  const taken = useRef<unknown>(null);
  useSignalEffect(() => {
    const at = route.value;
    if (at.view !== 'history' || nowMs.value === 0 || !fleet.loaded.value || taken.current === at) return;
    taken.current = at;
    address = location.hash;
    const { fromMs, toMs } = at;
    const one = fromMs !== null && toMs !== null ? { fromMs, toMs } : lastOf(PRESETS[0].spanMs, nowMs.peek());
    choose(one, at.atMs ?? one.toMs);
  });
}

/** The address says what is looked at, so that it can be sent; it is no step of the way back. */
function useLink(id: string): void {
  useSignalEffect(() => {
    const [one, at] = [span.value, atMs.value];
    if (one === null || playing.value) return;
    const timer = setTimeout(() => {
      if (location.hash !== address) return;
      address = routeHash({ view: 'history', id, ...one, atMs: at });
      window.history.replaceState(null, '', address);
    }, LINK_MS);
    return () => clearTimeout(timer);
  });
}

/** Each new span is read, a moment after it stopped changing, and again while its end is still coming in. */
function useReading(id: string, pane: { readonly current: HTMLElement | null }): void {
  useSignalEffect(() => {
    const one = span.value;
    void again.value;
    if (one === null) return;
    const pixels = (pane.current?.clientWidth ?? 600) * Math.max(1, devicePixelRatio);
    let stop: (() => void) | null = null;
    const read = (): void => {
      stop?.();
      stop = readPast(id, one, pixels, nowMs.peek());
    };
    const first = setTimeout(read, chosen.peek() === one ? 0 : SETTLE_MS);
    const repeat = setInterval(() => {
      if (document.visibilityState === 'visible' && !isLoading.peek() && isUnfinished(one, readAtMs.peek())) read();
    }, AGAIN_MS);
    return () => {
      clearTimeout(first);
      clearInterval(repeat);
      stop?.();
    };
  });
}
