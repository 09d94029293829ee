/** What was known at the instant that is replayed, each value with how old it was then. */
import { compassPoint, fixed, heading, UNKNOWN } from '../format/numbers.ts';
import { ageExact } from '../format/times.ts';
import { isDim } from '../live/freshness.ts';
import { atMs } from './moment.ts';
import { type PastKind, pasts } from './past.ts';
import { plan, planMissing } from './scene.ts';
import { readingAt } from './table.ts';

interface ValueSpec {
  readonly label: string;
  readonly kind: PastKind;
  readonly column: string;
  readonly unit?: string;
  readonly words: (value: unknown) => string;
}

const number =
  (digits: number, per = 1) =>
  (value: unknown): string =>
    fixed(typeof value === 'number' ? value / per : null, digits);
const text = (value: unknown): string => (typeof value === 'string' ? value.replaceAll('-', ' ') : UNKNOWN);

const VALUES: readonly ValueSpec[] = [
  { label: 'Height', kind: 'position', column: 'altRelM', unit: 'm', words: number(1) },
  { label: 'Speed', kind: 'air', column: 'groundSpeedMps', unit: 'm/s', words: number(1) },
  { label: 'Climb', kind: 'air', column: 'climbMps', unit: 'm/s', words: number(1) },
  { label: 'Heading', kind: 'position', column: 'headingDeg', words: headingWords },
  { label: 'Mode', kind: 'status', column: 'mode', words: (value) => (typeof value === 'string' ? value : UNKNOWN) },
  { label: 'Motors', kind: 'status', column: 'armed', words: (value) => (value === true ? 'armed' : 'disarmed') },
  { label: 'Landed', kind: 'status', column: 'landed', words: text },
  { label: 'Control', kind: 'control', column: 'state', words: text },
  { label: 'Battery', kind: 'battery', column: 'remainingPct', unit: '%', words: number(0) },
  { label: 'Voltage', kind: 'battery', column: 'voltageV', unit: 'V', words: number(2) },
  { label: 'Satellites', kind: 'gps', column: 'satellites', words: number(0) },
  { label: 'HDOP', kind: 'gps', column: 'hdop', words: number(1) },
  { label: 'Itinerary', kind: 'itinerary', column: 'state', words: text },
  { label: 'Its item', kind: 'itinerary', column: 'item', words: number(0) },
];

function headingWords(value: unknown): string {
  if (typeof value !== 'number') return UNKNOWN;
  return `${heading(value)}° ${compassPoint(value)}`;
}

export function Values() {
  const at = atMs.value;
  return (
    <section class="block history-values" aria-label="Values of that instant">
      <h3>At that instant</h3>
      <dl class="facts">
        {VALUES.map(({ label, kind, column, unit, words }) => {
          const reading = readingAt(pasts[kind].value.table, column, at);
          const shown = reading === null ? UNKNOWN : words(reading.value);
          const ageMs = reading?.ageMs ?? null;
          return (
            <div key={label} class={`fact ${isDim(kind, ageMs) ? 'old' : ''}`} data-value={label}>
              <dt>{label}</dt>
              <dd>
                {shown}
                {unit !== undefined && shown !== UNKNOWN && <u>{unit}</u>}
                {ageMs !== null && <small title="How old it was at that instant">{ageExact(ageMs)}</small>}
              </dd>
            </div>
          );
        })}
      </dl>
      {plan.value !== null && planMissing.value && (
        <p class="nothing" data-say="plan">
          How {plan.value.id} was planned in version {plan.value.version} is not shown: the controller has another
          version of it now, or none.
        </p>
      )}
    </section>
  );
}
