/** Times as the API writes them: `atUtcUs: 1795…` becomes `at: "2026-…Z"`. Telemetry values are left as they are. */
import { formatUtc } from '@skein/protocol/time';

/** A copy in which every `…UtcUs` number is RFC 3339 text under the name without `UtcUs` (`utcUs` itself: `utc`). */
export function present(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(present);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      if (key === 'values') return [key, one];
      const name = key === 'utcUs' ? 'utc' : key.endsWith('UtcUs') ? key.slice(0, -'UtcUs'.length) : null;
      if (name === null) return [key, present(one)];
      return [name, typeof one === 'number' ? formatUtc(one) : one];
    }),
  );
}
