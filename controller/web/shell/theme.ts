/** Dark, light, or outdoors (highest contrast); remembered, and at first what the system prefers. */
import { effect, signal } from '@preact/signals';
import { keep, kept } from './kept.ts';

export const THEMES = ['dark', 'light', 'outdoors'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'skein.theme';

export const theme = signal<Theme>(
  remembered() ?? (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark'),
);

function remembered(): Theme | undefined {
  const before = kept(KEY);
  return THEMES.find((one) => one === before);
}

export function chooseTheme(next: Theme): void {
  theme.value = next;
  keep(KEY, next);
}

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

/** A token of the present theme, for canvases. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
