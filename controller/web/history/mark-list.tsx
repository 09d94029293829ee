/** What happened around the instant: a press leads there. */
import { clockTime, zoneWord } from '../format/face.ts';
import { utcFull } from '../format/times.ts';
import { around } from './marks.ts';
import { atMs, moveTo } from './moment.ts';
import { commandsMissing, isLoading } from './past.ts';
import { marks } from './scene.ts';

const SHOWN = 14;

export function MarkList() {
  const at = atMs.value;
  const all = marks.value;
  const shown = around(all, at, SHOWN);
  return (
    <section class="block history-marks" aria-label="What happened">
      <h3>
        What happened <span class="when">{zoneWord(at)}</span>
        {all.length > shown.length && (
          <span class="when">{`${shown.length} of ${all.length}, around that instant`}</span>
        )}
      </h3>
      {commandsMissing.value !== null && <p class="nothing">{commandsMissing.value}</p>}
      {all.length === 0 && <p class="nothing">{isLoading.value ? 'reading…' : 'Nothing was said in this span.'}</p>}
      <ol>
        {shown.map((mark) => (
          <li key={`${mark.kind}${mark.atMs}${mark.words}`} data-level={mark.level} data-past={mark.atMs <= at}>
            <button type="button" data-mark={mark.kind} onClick={() => moveTo(mark.atMs)}>
              <time title={utcFull(mark.atMs)}>{clockTime(mark.atMs)}</time>
              <span>{mark.words}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
