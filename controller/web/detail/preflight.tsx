/** Before flight: the drone's own list, its lock, and whether people may walk up to it. */
import { useState } from 'preact/hooks';
import { inHand } from '../commands/desk.ts';
import { ageExact } from '../format/times.ts';
import { kindAgeMs, valuesOf } from '../live/record.ts';
import { Icon } from '../shell/icon.tsx';
import { approachOf } from './approach.ts';
import { Block } from './block.tsx';
import { type PreflightItem, preflightItems } from './preflight-items.ts';
import type { View } from './view.ts';

const VERDICTS = { ok: 'ready', warn: 'ready, with warnings', stop: 'not ready' } as const;

export function Preflight({ view }: { readonly view: View }) {
  const sent = valuesOf(view.record, 'preflight');
  const items = preflightItems(sent?.items);
  const verdict = sent?.verdict ?? view.record.entry.preflight?.verdict ?? null;
  const [all, setAll] = useState(false);
  const troubles = items.filter((one) => one.verdict !== 'ok');
  const shown = all ? items : troubles;
  const ok = items.length - troubles.length;
  return (
    <Block title="Before flight" view={view} kind="preflight">
      <Lock view={view} />
      {verdict === null ? (
        <p class="nothing">This drone has not sent its list yet.</p>
      ) : (
        <p class="verdict" data-verdict={verdict}>
          <Icon box={14} width={1.8} path={MARKS[verdict]} /> <b>{VERDICTS[verdict]}</b>
          {items.length > 0 && (
            <span>
              {troubles.length > 0 ? `${troubles.length} of ${items.length} to look at` : `all ${items.length} ok`}
            </span>
          )}
        </p>
      )}
      {shown.length > 0 && (
        <ul class="preflight">
          {shown.map((one) => (
            <Item key={one.item} one={one} sentAgoMs={kindAgeMs(view.record, 'preflight', view.nowMs) ?? 0} />
          ))}
        </ul>
      )}
      {ok > 0 && (
        <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Only what is not ok' : `Show ${ok} that ${ok === 1 ? 'is' : 'are'} ok`}
        </button>
      )}
    </Block>
  );
}

function Item({ one, sentAgoMs }: { readonly one: PreflightItem; readonly sentAgoMs: number }) {
  const age = one.ageMs === null ? '' : `${ageExact(one.ageMs + sentAgoMs)} old`;
  const title = [measured(one), age].filter(Boolean).join('\n');
  return (
    <li data-verdict={one.verdict} title={title}>
      <Icon box={14} width={1.8} path={MARKS[one.verdict]} label={one.verdict} />
      <span>
        <b>{one.item}</b> {one.words}
        {one.words === '' && <i>{measured(one)}</i>}
      </span>
    </li>
  );
}

function measured({ value, limit }: PreflightItem): string {
  return limit === '' ? value : `${value}, limit ${limit}`;
}

const MARKS = { ok: 'M2.5 7.5 5.5 10.5 11.5 4', warn: 'M7 1.5 13 12.5H1Z', stop: 'M3 3l8 8M11 3l-8 8' } as const;

function Lock({ view }: { readonly view: View }) {
  const safety = valuesOf(view.record, 'safety');
  const locked = safety?.locked ?? view.record.entry.safety?.locked ?? null;
  const approach = approachOf(view);
  const grounded = valuesOf(view.record, 'status')?.landed === 'on-ground';
  const drone = view.record.entry.id;
  const open = (type: 'lock' | 'unlock') => () => {
    inHand.value = { kind: 'form', drone, type, params: {} };
  };
  return (
    <div class="ground-lock">
      {approach.safe && (
        <p class="approach" data-approach="safe" role="status">
          <Icon box={14} width={1.8} path={MARKS.ok} /> <b>SAFE TO APPROACH</b>{' '}
          <span>disarmed, landed, locked, seen just now</span>
        </p>
      )}
      {!approach.safe && grounded && (
        <p class="approach-not" data-approach="not">
          <b>Do not approach yet:</b> {approach.missing.join(', ')}.
        </p>
      )}
      <p class="lock-line">
        <span>
          {locked === null && 'Whether it is locked is not known'}
          {locked === false && 'Not locked'}
          {locked === true && (
            <>
              <b>Locked</b>
              {safety?.lockedBy && ` by ${safety.lockedBy}`}
              {safety?.lockReason && `: ${safety.lockReason}`}
            </>
          )}
        </span>
        {locked === true ? (
          <button type="button" class="link" onClick={open('unlock')}>
            Unlock…
          </button>
        ) : (
          <button type="button" class="link" onClick={open('lock')}>
            Lock…
          </button>
        )}
      </p>
      {safety?.profile && (
        <p class="lock-line" data-level={safety.profileOk === false ? 'attention' : undefined}>
          <span>
            Profile {safety.profile}
            {safety.profileOk === null ? ', not read yet' : safety.profileOk ? ' holds' : ' does not hold'}
            {safety.linkLossOwner && ` · link loss: ${safety.linkLossOwner}`}
          </span>
        </p>
      )}
    </div>
  );
}
