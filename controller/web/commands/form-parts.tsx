/** Parts of the forms: the list of what must hold, and a box to tick. */
import { Icon } from '../shell/icon.tsx';
import type { Interlock } from './interlocks.ts';

export function InterlockList({ list, forced }: { readonly list: readonly Interlock[]; readonly forced: boolean }) {
  if (list.length === 0) return null;
  return (
    <ul class="interlocks" aria-label="What must hold">
      {list.map((one) => (
        <li
          key={one.words.replace(/[\d.]+/g, '#')}
          data-state={forced && one.waivable && one.state !== 'ok' ? 'forced' : one.state}
        >
          <Icon box={14} width={1.8} path={MARKS[one.state]} />
          <span>
            {one.state === 'stop' && <b>stop: </b>}
            {one.words}
            {forced && one.waivable && one.state !== 'ok' && <b> — forced</b>}
          </span>
        </li>
      ))}
    </ul>
  );
}

const MARKS = {
  ok: 'M2.5 7.5 5.5 10.5 11.5 4',
  stop: 'M3.5 3.5l7 7M10.5 3.5l-7 7',
  unknown: 'M5 5a2 2 0 1 1 2.8 1.8Q7 7.2 7 8.3M7 11v.1',
} as const;

interface TickProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly words: string;
  readonly danger?: boolean;
}

export function Tick({ checked, onChange, words, danger = false }: TickProps) {
  return (
    <label class="tick" data-danger={danger}>
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{words}</span>
    </label>
  );
}
