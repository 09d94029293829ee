/** What every store must do, as tests: run by each implementation with its own `open`. */
import type { Test } from 'tap';
import { deliveryConformance } from './conformance-deliveries.ts';
import { eventConformance } from './conformance-events.ts';
import { searchConformance } from './conformance-search.ts';
import { telemetryConformance } from './conformance-telemetry.ts';
import { webhookConformance } from './conformance-webhooks.ts';
import type { Store } from './port.ts';

/** `open` gives a started store, empty or (with the same `dir`) as it was left; `close` it is done by the test. */
export function storeConformance(t: Test, open: (dir: string) => Promise<Store>, freshDir: () => string): void {
  const events = [eventConformance, searchConformance, deliveryConformance];
  for (const part of [telemetryConformance, ...events, webhookConformance]) part(t, open, freshDir);
}
