/** A titled block of the panel, and the label–value pairs in it. A block that stopped updating looks stopped. */
import type { KindName } from '@skein/protocol/telemetry';
import type { ComponentChildren } from 'preact';
import { UNKNOWN } from '../format/numbers.ts';
import { ageExact } from '../format/times.ts';
import { kindAgeMs } from '../live/record.ts';
import { ageTitle, isDimmed, type View } from './view.ts';

export interface BlockProps {
  readonly title: string;
  readonly view: View;
  /** Whose age the title shows. */
  readonly kind?: KindName;
  readonly children: ComponentChildren;
}

export function Block({ title, view, kind, children }: BlockProps) {
  const old = kind !== undefined && isDimmed(view, kind);
  return (
    <section class="block" data-kind={kind} data-old={old}>
      <h3>
        {title}
        {kind !== undefined && (
          <span class="when" title={ageTitle(view, kind)}>
            {ageExact(kindAgeMs(view.record, kind, view.nowMs))}
          </span>
        )}
      </h3>
      {children}
    </section>
  );
}

export interface FactProps {
  readonly label: string;
  readonly view: View;
  readonly kind?: KindName;
  readonly value: ComponentChildren;
  readonly unit?: string;
  readonly level?: 'attention' | 'danger' | undefined;
  readonly wide?: boolean;
  /** It is known only as it was, whatever its kind. */
  readonly stale?: boolean;
  readonly title?: string;
}

/** One value. It says its age when asked, and fades when older than its kind allows. */
export function Fact({ label, view, kind, value, unit, level, wide = false, stale = false, title }: FactProps) {
  const old = stale || (kind !== undefined && isDimmed(view, kind));
  const about = [title, kind === undefined ? undefined : ageTitle(view, kind)].filter(Boolean).join('\n');
  return (
    <div class={`fact ${wide ? 'wide' : ''} ${old ? 'old' : ''}`} data-level={level} title={about}>
      <dt>{label}</dt>
      <dd>
        {value}
        {unit !== undefined && value !== UNKNOWN && <u>{unit}</u>}
      </dd>
    </div>
  );
}
