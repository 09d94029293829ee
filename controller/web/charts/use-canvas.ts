/** A canvas for a chart, made anew in each theme and each manner of times. uPlot is loaded when the first one is needed. */
import { effect, type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { face } from '../format/face.ts';
import { theme } from '../shell/theme.ts';
import { type ChartCanvas, type ChartCanvasOptions, createChartCanvas } from './chart-canvas.ts';

export interface HeldCanvas {
  /** Of the element that it is drawn in. */
  readonly place: RefObject<HTMLDivElement | null>;
  /** Null: not there yet. */
  readonly canvas: Signal<ChartCanvas | null>;
  /** Why there will be none, in words. */
  readonly failed: Signal<string | null>;
}

export function useCanvas(options: Omit<ChartCanvasOptions, 'container'>): HeldCanvas {
  const place = useRef<HTMLDivElement>(null);
  const canvas = useSignal<ChartCanvas | null>(null);
  const failed = useSignal<string | null>(null);
  useEffect(() => {
    let closed = false;
    const container = place.current;
    if (container === null) return;
    const put = (next: ChartCanvas | null): void => {
      canvas.peek()?.close();
      canvas.value = next;
    };
    const stop = effect(() => {
      void theme.value;
      void face.value;
      import('uplot').then(
        ({ default: Plot }) => {
          if (!closed) put(createChartCanvas(Plot, { container, ...options }));
        },
        () => {
          failed.value = 'part of this page did not load; reload it';
        },
      );
    });
    return () => {
      closed = true;
      stop();
      put(null);
      options.onCursor(null);
    };
  }, []);
  return { place, canvas, failed };
}
