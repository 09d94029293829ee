/** Name, freshness, who has control, mode: the head of the panel. */
import { ageExact } from '../format/times.ts';
import { modeWords, summarise } from '../list/summary.ts';
import { ageOf, freshnessOf, valuesOf } from '../live/record.ts';
import { Back } from '../shell/back.tsx';
import { Close } from '../shell/close.tsx';
import { Glyph } from '../shell/glyph.tsx';
import { leave } from '../shell/route.ts';
import { ageTitle, isDimmed, type View } from './view.ts';

const BADGES = {
  skein: { words: 'SKEIN', title: 'Skein is in control' },
  pilot: {
    words: 'PILOT',
    title: 'A pilot is in control: Skein sends nothing that steers, but an operator’s return or land',
  },
  failsafe: { words: 'FAILSAFE', title: 'The autopilot flies a failsafe' },
  other: { words: 'STATION', title: 'Another ground station is in control' },
  unknown: {
    words: 'CONTROL ?',
    title: 'Not known who is in control. An operator’s hold, return and land work; resume takes control',
  },
} as const;

export function DroneState({ view }: { readonly view: View }) {
  const one = summarise(view.record);
  const freshness = freshnessOf(view.record, view.nowMs, view.limits);
  const status = valuesOf(view.record, 'status');
  const badge = BADGES[one.control];
  const landed = status?.landed;
  const old = isDimmed(view, 'status');
  return (
    <header class="drone-head">
      <Back label="Back to the list" onClick={leave} />
      <Glyph
        freshness={freshness}
        inAir={one.inAir ?? false}
        control={one.control}
        headingDeg={one.headingDeg}
        size={22}
      />
      <h2>{one.id}</h2>
      <span class="badge" data-control={one.control} title={badge.title}>
        {badge.words}
      </span>
      <Close onClick={leave} />
      <p class="drone-line">
        <span class="freshness" data-freshness={freshness} title={ageTitle(view, 'position')}>
          {freshness} {freshness === 'never' ? '' : ageExact(ageOf(view.record, view.nowMs))}
        </span>
        <span class={old ? 'old' : ''} title={ageTitle(view, 'status')}>
          <b data-held={one.held}>{modeWords(one, 'mode unknown')}</b>
        </span>
        <span class={old ? 'old' : ''} title={ageTitle(view, 'status')}>
          {one.armed === null ? 'arming unknown' : one.armed ? 'armed' : 'disarmed'}
        </span>
        {landed != null && landed !== 'unknown' && <span class={old ? 'old' : ''}>{landed.replace('-', ' ')}</span>}
      </p>
      <ControlLine view={view} />
    </header>
  );
}

/** Who is in command, and what the badge was inferred from. As old as the drone's last word of it. */
function ControlLine({ view }: { readonly view: View }) {
  const { commander = null, why = null } = view.record.entry.control;
  if (commander === null && why === null) return null;
  const old = freshnessOf(view.record, view.nowMs, view.limits) !== 'fresh';
  return (
    <p class={`control-line ${old ? 'old' : ''}`} data-commander={commander ?? ''}>
      {commander !== null && (
        <span>
          in command <b>{commander}</b>
        </span>
      )}
      {why !== null && <span title={why}>{why}</span>}
    </p>
  );
}
