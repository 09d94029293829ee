/** What the autopilot said: the last hour from history, and what comes in. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { fetchTelemetry } from '../charts/telemetry-answer.ts';
import { utcClock, utcFull } from '../format/times.ts';
import type { Fleet } from '../live/fleet.ts';
import { addText, type Said, textsOf } from './said.ts';

const LOOK_BACK_MS = 3_600_000;

export function Texts({ fleet, id }: { readonly fleet: Fleet; readonly id: string }) {
  const said = useSignal<readonly Said[]>([]);
  const failed = useSignal<string | null>(null);

  useSignalEffect(() => {
    if (!fleet.loaded.value) return;
    const stop = new AbortController();
    const toMs = fleet.nowMs.peek() ?? Date.now();
    fetchTelemetry({ drone: id, kind: 'text', fromMs: toMs - LOOK_BACK_MS, toMs, maxPoints: 200 }, stop.signal)
      .then((answer) => {
        said.value = textsOf(answer).reduce(addText, said.peek());
      })
      .catch((error: unknown) => {
        if (!stop.signal.aborted) failed.value = error instanceof Error ? error.message : String(error);
      });
    return () => stop.abort();
  });

  useSignalEffect(() => {
    const value = fleet.drone(id).value?.entry.kinds.text;
    if (!value) return;
    const { severity, text, repeats } = value.values;
    said.value = addText(said.peek(), {
      atMs: (value.utcUs ?? value.atUtcUs) / 1000,
      severity: severity ?? 'info',
      text: text ?? '',
      repeats: repeats ?? 0,
    });
  });

  return (
    <section class="block texts" aria-label="Autopilot messages">
      <h3>
        Autopilot says <span class="when">UTC</span>
      </h3>
      {said.value.length === 0 ? (
        <p class="nothing">
          {failed.value === null ? 'Nothing in the last hour.' : `Earlier messages cannot be read: ${failed.value}.`}
        </p>
      ) : (
        <ol>
          {said.value.map((one) => (
            <li key={`${one.atMs} ${one.text}`} data-level={levelOf(one.severity)}>
              <time title={utcFull(one.atMs)}>{utcClock(one.atMs)}</time>
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

function levelOf(severity: string): 'danger' | 'attention' | undefined {
  if (severity === 'emergency' || severity === 'alert' || severity === 'critical') return 'danger';
  return severity === 'error' || severity === 'warning' ? 'attention' : undefined;
}
