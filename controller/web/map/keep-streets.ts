/** Asks the controller whether there are streets, and has them drawn. Without them, or with a fault in them, the plain ground stays. */
import { effect } from '@preact/signals';
import type { Map as MapLibre } from 'maplibre-gl';
import { theme } from '../shell/theme.ts';
import { drawStreets, type OwnStyle } from './streets.ts';
import { NO_STREETS, streets } from './streets-state.ts';

/** As `GET /api/v1/map` answers. */
interface MapAnswer {
  readonly tiles: { readonly url: string | null; readonly words: string | null } | null;
  readonly style: { readonly style: OwnStyle | null; readonly words: string | null } | null;
}

/** Until the function it returns is called. */
export function keepStreets(map: MapLibre): () => void {
  const closing = new AbortController();
  let stop = (): void => {};
  const trouble = (words: string): void => {
    if (!closing.signal.aborted) streets.value = { ...streets.peek(), state: 'trouble', words };
  };

  async function draw(): Promise<void> {
    const response = await fetch('/api/v1/map', { signal: closing.signal });
    // An older controller knows nothing of streets.
    if (!response.ok) return;
    const { tiles, style } = (await response.json()) as MapAnswer;
    const words = [tiles?.words, style?.words].filter((one) => typeof one === 'string').join(' ');
    const url = tiles?.url ?? null;
    const own = style?.style ?? null;
    if (url === null && own === null) {
      if (words !== '') trouble(words);
      return;
    }
    const drawn = await drawStreets(map, url, own, trouble);
    if (closing.signal.aborted) return;
    const { credit } = drawn;
    const before = streets.peek();
    const told = before.words ?? (words === '' ? null : words);
    streets.value = { state: told === null ? 'shown' : 'trouble', words: told, credit };
    stop = effect(() => {
      void theme.value;
      drawn.repaint();
    });
  }

  draw().catch((error: unknown) => trouble(error instanceof Error ? error.message : String(error)));
  return () => {
    closing.abort();
    stop();
    streets.value = NO_STREETS;
  };
}
