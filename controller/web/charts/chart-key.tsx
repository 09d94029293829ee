/** What the fillings of charts and timelines mean. */
import type { ComponentChildren } from 'preact';

export function ChartKey({ children }: { readonly children?: ComponentChildren }) {
  return (
    <p class="chart-key">
      <span>
        <i class="key-gap" /> lost for good
      </span>
      <span>
        <i class="key-missing" /> nothing yet
      </span>
      <span>
        <i class="key-later" /> filled in later
      </span>
      {children}
    </p>
  );
}
