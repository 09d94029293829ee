/** A severity by its shape: octagon, triangle, disc; the word stands beside. */
import type { Severity } from './alerts.ts';

const SHAPES: Readonly<Record<Severity, string>> = {
  critical: 'M4.5 1h5L13 4.5v5L9.5 13h-5L1 9.5v-5Z',
  warning: 'M7 1.2 13.4 12.6H.6Z',
  info: 'M7 2a5 5 0 1 0 0 10A5 5 0 1 0 7 2Z',
};

export function SeverityMark({ severity }: { readonly severity: Severity }) {
  return (
    <svg class="severity" data-severity={severity} width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
      <path d={SHAPES[severity]} fill={severity === 'info' ? 'none' : 'currentColor'} stroke="currentColor" />
    </svg>
  );
}
