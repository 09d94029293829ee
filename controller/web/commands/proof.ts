/** The detail of an answer as label and value: the proof of a reboot, a parameter before and after, sizes of logs. */
import { bytes, fixed, withUnit } from '../format/numbers.ts';
import { ageExact, span } from '../format/times.ts';
import type { Detail } from './answers.ts';

export interface Proof {
  readonly label: string;
  readonly value: string;
}

const MAX_LINES = 12;
const MAX_CHARS = 200;

const LABELS: Readonly<Record<string, string>> = {
  before: 'Before',
  after: 'After',
  downtimeMs: 'Away for',
  how: 'Seen by',
  rttMs: 'Round trip',
  result: 'Autopilot said',
  texts: 'Its texts',
  crc: 'Checksum',
  progressPct: 'Progress',
  interlocks: 'Refused for',
  by: 'By',
  name: 'Parameter',
  mode: 'Mode',
  from: 'From mode',
  missionSeq: 'Autopilot’s item',
  altRelM: 'Height',
  altAmslM: 'Altitude',
  bytes: 'Size',
  bootMs: 'Since boot',
};

const HOW: Readonly<Record<string, string>> = {
  accepted: 'the autopilot accepted',
  already: 'it was so already',
  'effect-seen': 'the effect was seen',
};

/** At most 12 lines, each at most 200 characters. */
export function proofOf(detail: Detail | null): readonly Proof[] {
  if (detail === null) return [];
  return (
    Object.entries(detail)
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      // A pause keeps its mode: where it came from says nothing then.
      .filter(([key, value]) => key !== 'from' || value !== detail.mode)
      .slice(0, MAX_LINES)
      .map(([key, value]) => ({ label: LABELS[key] ?? words(key), value: cut(valueWords(key, value)) }))
      .filter((one) => one.value !== '')
  );
}

function valueWords(key: string, value: unknown): string {
  if (typeof value === 'number') return numberWords(key, value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return key === 'how' ? (HOW[value] ?? value) : value;
  if (Array.isArray(value)) return value.map((one) => valueWords('', one)).join('; ');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .filter(([, inner]) => inner !== null && inner !== undefined && inner !== '')
      .map(([inner, one]) => `${words(inner).toLowerCase()} ${valueWords(inner, one)}`)
      .join(', ');
  return '';
}

function numberWords(key: string, value: number): string {
  if (key === 'bootMs' || key === 'uptimeMs') return span(value / 1000);
  if (key === 'downtimeMs') return ageExact(value);
  if (key.endsWith('Ms')) return value < 10_000 ? withUnit(value, 'ms') : ageExact(value);
  if (key.endsWith('S') && key.length > 1) return span(value);
  if (key.endsWith('Mps')) return withUnit(value, 'm/s', 1);
  if (key.endsWith('Pct')) return withUnit(value, '%');
  if (key.endsWith('Deg')) return `${value.toFixed(5)}°`;
  if (key === 'bytes') return bytes(value);
  if (/[a-z]M$/.test(key)) return withUnit(value, 'm', 1);
  return Number.isInteger(value) ? String(value) : fixed(value, 4).replace(/\.?0+$/, '');
}

/** `downtimeMs` → `Downtime`. */
function words(key: string): string {
  const plain = key
    .replace(/(Ms|Mps|Pct|Deg|Us|(?<=[a-z])M)$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_]/g, ' ')
    .toLowerCase();
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

function cut(text: string): string {
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS - 1)}…` : text;
}
