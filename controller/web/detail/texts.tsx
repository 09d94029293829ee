/** What the autopilot said in the last hour, read anew every few seconds. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { fetchTelemetry } from '../charts/telemetry-answer.ts';
import { clockTime, zoneWord } from '../format/face.ts';
import { utcFull } from '../format/times.ts';
import type { Fleet } from '../live/fleet.ts';
import { routeHash } from '../shell/route.ts';
import { keepReading } from './keep-reading.ts';
import { addText, type Said, textsOf } from './said.ts';

const LOOK_BACK_MS = 3_600_000;
const EVERY_MS = 5_000;
/** Samples asked for; the newest of them are shown. */
const MOST = 1_000;

export function Texts({ fleet, id }: { readonly fleet: Fleet; readonly id: string }) {
  const said = useSignal<readonly Said[]>([]);
  const reading = useSignal(true);
  const failed = useSignal<string | null>(null);

  // Texts come by the store only, never in the live stream, so it is asked as long as the panel is open.
  useSignalEffect(() => {
    if (!fleet.loaded.value) return;
    return keepReading({
      everyMs: EVERY_MS,
      read: (signal) => {
        const toMs = fleet.nowMs.peek() ?? Date.now();
        const asked = { drone: id, kind: 'text', fromMs: toMs - LOOK_BACK_MS, toMs, maxPoints: MOST };
        return fetchTelemetry(asked, signal);
      },
      onAnswer: (answer) => {
        said.value = textsOf(answer).reduce(addText, said.peek());
        failed.value = null;
        reading.value = false;
      },
      onTrouble: (words) => {
        failed.value = words;
        reading.value = false;
      },
    });
  });

  return (
    <section class="block texts" aria-label="Autopilot messages">
      <h3>
        Autopilot says <span class="when">{zoneWord(fleet.nowMs.peek() ?? 0)}</span>
      </h3>
      {failed.value !== null && <p class="nothing">The newest messages cannot be read: {failed.value}.</p>}
      {said.value.length === 0 ? (
        failed.value === null && <p class="nothing">{reading.value ? 'reading…' : 'Nothing in the last hour.'}</p>
      ) : (
        <ol>
          {said.value.map((one) => (
            <li key={`${one.atMs} ${one.text}`} data-level={levelOf(one.severity)}>
              <a href={thenHash(id, one.atMs)} title={`${utcFull(one.atMs)}: what it did then`}>
                <time>{clockTime(one.atMs)}</time>
              </a>
              <span>
                {levelOf(one.severity) && <b>{one.severity} </b>}
                {one.text}
                {one.repeats > 0 && <i> ×{one.repeats + 1}</i>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Five minutes either way. */
function thenHash(id: string, atMs: number): string {
  return routeHash({ view: 'history', id, fromMs: atMs - 300e3, toMs: atMs + 300e3, atMs });
}

function levelOf(severity: string): 'danger' | 'attention' | undefined {
  if (severity === 'emergency' || severity === 'alert' || severity === 'critical') return 'danger';
  return severity === 'error' || severity === 'warning' ? 'attention' : undefined;
}
