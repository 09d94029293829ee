/**
 * Does the system say that network time has set its clock, and how far off may it be? Without native code the kernel's own
 * state (adjtimex) cannot be read; the two clients that boards carry tell enough.
 *
 *   chrony       its folder is there (nobody else may look inside) → `chronyc -c -n tracking`; error as its manual bounds
 *                it: |offset| + root dispersion + half the root delay
 *   timesyncd    /run/systemd/timesync/synchronized is touched at each synchronisation; it says no error
 *   neither      nothing: a clock that nobody keeps is nobody's word
 */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';

export interface NetworkTime {
  /** Of the last synchronisation, in its own terms: another mark, another synchronisation. */
  readonly mark: string;
  readonly errUs: number;
}

/** What network time on a board on a mobile network is good for when the client does not say. */
const UNSTATED_ERR_US = 100_000;
const TIMESYNCD_FILE = '/run/systemd/timesync/synchronized';
const CHRONY_FOLDER = '/run/chrony';
const WAIT_MS = 2_000;
const MAX_OUTPUT_BYTES = 4_096;

/** One line of `chronyc -c tracking`; null: it is not synchronised, or says something else than expected. */
export function readTracking(line: string): NetworkTime | null {
  const fields = line.trim().split(',');
  const [, , stratum, mark = ''] = fields;
  const numbers = [fields[4], fields[10], fields[11]].map((field) => Number(field === '' ? Number.NaN : field));
  const [offsetS = Number.NaN, delayS = Number.NaN, dispersionS = Number.NaN] = numbers;
  const errUs = Math.ceil((Math.abs(offsetS) + dispersionS + delayS / 2) * 1e6);
  const synchronised = fields.length >= 14 && fields[13] !== 'Not synchronised' && Number(stratum) > 0;
  return synchronised && Number.isFinite(errUs) && errUs >= 0 ? { mark: `chrony ${mark}`, errUs } : null;
}

function tracking(): Promise<string> {
  return new Promise((resolve) => {
    const options = { timeout: WAIT_MS, maxBuffer: MAX_OUTPUT_BYTES };
    // Throws at once when there is no memory for another process.
    execFile('chronyc', ['-c', '-n', 'tracking'], options, (error, stdout) => resolve(error === null ? stdout : ''));
  });
}

export interface NetworkTimePlaces {
  readonly chronyFolder?: string;
  readonly timesyncdFile?: string;
  readonly tracking?: () => Promise<string>;
}

/**
 * Null: no synchronised client. Never throws. Without `mayStart` no program is started (the calling thread waits until
 * the disk has given it): where only one could tell, it is `not-asked`.
 */
export async function readNetworkTime(
  { mayStart }: { readonly mayStart: boolean },
  at: NetworkTimePlaces = {},
): Promise<NetworkTime | null | 'not-asked'> {
  const chrony = await stat(at.chronyFolder ?? CHRONY_FOLDER).catch(() => null);
  if (chrony !== null && !mayStart) return 'not-asked';
  const told = chrony === null ? '' : await (at.tracking ?? tracking)().catch(() => '');
  if (told !== '') return readTracking(told);
  const touched = await stat(at.timesyncdFile ?? TIMESYNCD_FILE).catch(() => null);
  return touched === null ? null : { mark: `timesyncd ${touched.mtimeMs}`, errUs: UNSTATED_ERR_US };
}
