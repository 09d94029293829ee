/** One drone in the list: a table row on a desk, two lines on a phone. */
import { useComputed } from '@preact/signals';
import { compassPoint, fixed } from '../format/numbers.ts';
import { ageExact, ageWords, span, utcFull } from '../format/times.ts';
import type { Fleet } from '../live/fleet.ts';
import { strength } from '../live/freshness.ts';
import { ageOf, freshnessOf, isOld } from '../live/record.ts';
import { Glyph } from '../shell/glyph.tsx';
import { routeHash } from '../shell/route.ts';
import { Battery } from './battery.tsx';
import { choosing, chosen, toggleChosen } from './chosen.ts';
import { type Link, linkOf } from './link.ts';
import { controlWords, modeWords, type Summary, summarise } from './summary.ts';

export interface FleetRowProps {
  readonly fleet: Fleet;
  readonly id: string;
  readonly index: number;
  readonly heightPx: number;
  readonly selected: boolean;
  readonly cursor: boolean;
  readonly phone: boolean;
}

/** Of a line of the list. */
export function placeOf({ index, heightPx }: Pick<FleetRowProps, 'index' | 'heightPx'>) {
  return { height: `${heightPx}px`, transform: `translateY(${index * heightPx}px)` };
}

export function FleetRow({ fleet, id, index, heightPx, selected, cursor, phone }: FleetRowProps) {
  const record = fleet.drone(id).value;
  const ageMs = useComputed(() => {
    const held = fleet.drone(id).value;
    return held ? ageOf(held, fleet.nowMs.value) : null;
  });
  const freshness = useComputed(() => {
    const held = fleet.drone(id).value;
    return held ? freshnessOf(held, fleet.nowMs.value, fleet.limits.value) : 'never';
  });
  const ageText = useComputed(() => (ageMs.value === null ? 'never' : ageWords(ageMs.value)));
  const ageData = useComputed(() => (ageMs.value === null ? '' : String(Math.round(ageMs.value))));
  const live = useComputed(() => fleet.asOfMs.value === null);
  const fade = useComputed(() => strength(ageMs.value, fleet.limits.value));
  if (!record) return null;

  const state = freshness.value;
  const one = summarise(record);
  const old = isOld(record, 'battery', fleet.nowMs.peek());
  const link = linkOf(one, live.value);
  const picked = chosen.value.has(id);
  return (
    <li
      class="row"
      data-cursor={cursor}
      data-selected={selected}
      data-chosen={picked}
      data-drone={id}
      data-freshness={state}
      data-age-ms={ageData}
      style={{ ...placeOf({ index, heightPx }), '--strength': fade.value }}
    >
      <a
        id={`row-${id}`}
        href={routeHash({ view: 'drone', id })}
        tabIndex={cursor ? 0 : -1}
        aria-current={selected ? 'true' : undefined}
        aria-description={wordsOf(one, state)}
        title={titleOf(one, state, ageMs.peek(), fleet.asOfMs.value)}
        onClick={(event) => {
          if (!choosing.value && !event.ctrlKey && !event.metaKey && !event.shiftKey) return;
          event.preventDefault();
          toggleChosen(id);
        }}
        style={phone ? undefined : { lineHeight: `${heightPx}px` }}
      >
        <span class="glyph fades">
          {choosing.value ? (
            <ChooseMark picked={picked} />
          ) : (
            <Glyph
              freshness={state}
              inAir={one.inAir ?? false}
              control={one.control}
              headingDeg={one.headingDeg}
              size={heightPx < 20 ? 13 : 16}
            />
          )}
        </span>
        <span class="id fades">{id}</span>
        {phone ? (
          <>
            <Battery pct={one.batteryPct} old={old} />
            <span class="age num">{ageText}</span>
            <span class="more fades">{phoneLine(one, link)}</span>
          </>
        ) : (
          <>
            <span class="mode fades" data-armed={one.armed ?? ''} data-held={one.held}>
              <Mode summary={one} />
            </span>
            <Battery pct={one.batteryPct} old={old} />
            <span class="num fades">{fixed(one.speedMps, 1)}</span>
            <span class="num fades">{fixed(one.heightM)}</span>
            <span class={`num ${link.look}`}>{link.words}</span>
            <span class="age num">{ageText}</span>
          </>
        )}
      </a>
    </li>
  );
}

function ChooseMark({ picked }: { readonly picked: boolean }) {
  return (
    <svg width="14" height="14" viewBox="0 0 14 14" role="img" aria-label={picked ? 'chosen' : 'not chosen'}>
      <rect
        x="1.5"
        y="1.5"
        width="11"
        height="11"
        rx="2"
        fill={picked ? 'var(--skein)' : 'none'}
        stroke={picked ? 'var(--skein)' : 'currentColor'}
        stroke-width="1.3"
      />
      {picked && <path d="M4 7.2 6.2 9.4 10 5" fill="none" stroke="var(--on-mark)" stroke-width="1.8" />}
    </svg>
  );
}

/** That it is held comes first, and is what stays where the column is narrow. */
function Mode({ summary }: { readonly summary: Summary }) {
  if (!summary.held) return <>{modeWords(summary)}</>;
  return (
    <>
      <b>held</b> <small>({summary.mode})</small>
    </>
  );
}

function phoneLine(one: Summary, link: Link): string {
  const parts = [modeWords(one, 'no mode'), `${fixed(one.heightM)} m`, `${fixed(one.speedMps, 1)} m/s`];
  if (link.note !== null) parts.push(link.note);
  if (one.control === 'pilot') parts.push('PILOT');
  if (one.control === 'failsafe') parts.push('FAILSAFE');
  return parts.join(' · ');
}

/** The row read aloud. */
function wordsOf(one: Summary, state: string): string {
  const battery = one.batteryPct === null ? 'battery unknown' : `battery ${fixed(one.batteryPct)} percent`;
  return `${one.id}, ${state}, ${modeWords(one, 'mode unknown')}, ${battery}, ${controlWords(one.control)}`;
}

function titleOf(one: Summary, state: string, ageMs: number | null, asOfMs: number | null): string {
  const lines = [
    `${one.id}: ${state}, newest sample ${ageMs === null ? 'never' : `${ageExact(ageMs)} old`}`,
    one.held ? `stands in the air: an operator’s hold, mode ${one.mode}` : '',
    one.sampledUtcUs === null ? '' : `sampled ${utcFull(one.sampledUtcUs / 1000)}`,
    `${controlWords(one.control)} · ${one.armed === null ? 'arming unknown' : one.armed ? 'armed' : 'disarmed'} · heading ${compassPoint(one.headingDeg)}`,
    (asOfMs === null ? '' : `this page is not live; as of ${utcFull(asOfMs)}: `) +
      (one.online
        ? `connected, ${one.backlog} batches not yet here${one.oldestUnsentS ? `, oldest ${span(one.oldestUnsentS)}` : ''}`
        : 'agent not connected'),
  ];
  return lines.filter(Boolean).join('\n');
}
