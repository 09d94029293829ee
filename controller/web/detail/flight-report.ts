/** Asks the controller for the report of a flight, a file that needs nothing else. */
import type { Face } from '@skein/protocol/time';

export interface ReportFile {
  readonly name: string;
  readonly html: string;
}

/** The name it gives; `local` is a word of this browser, which the controller does not know. */
export function reportUrl(drone: string, { zone, hours }: Face): string {
  const named = zone === 'local' ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone;
  const asked = new URLSearchParams({ zone: named, hours });
  return `/api/v1/drones/${encodeURIComponent(drone)}/report?${asked}`;
}

/** As the controller calls it; without a name, by the drone. */
export function fileName(disposition: string | null, drone: string): string {
  return /filename="([A-Za-z0-9._-]{1,80})"/.exec(disposition ?? '')?.[1] ?? `${drone}.html`;
}

/** Of the last flight. Rejects with words a person can use. */
export async function fetchReport(drone: string, face: Face, signal: AbortSignal): Promise<ReportFile> {
  const response = await fetch(reportUrl(drone, face), { signal }).catch(() => {
    throw new Error('the controller does not answer');
  });
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { readonly title?: unknown };
    throw new Error(typeof problem.title === 'string' ? problem.title : `HTTP ${response.status}`);
  }
  return { name: fileName(response.headers.get('content-disposition'), drone), html: await response.text() };
}
