/** At the foot of the list while drones are being chosen: how many, and what may be sent to all of them at once. */
import { nameOfCommand } from '@skein/protocol/fleet';
import { useState } from 'preact/hooks';
import { choose, choosing, chosen, stopChoosing } from '../list/chosen.ts';
import { listOf } from '../list/listed.ts';
import type { Fleet } from '../live/fleet.ts';
import { type Desk, drafts } from './desk.ts';
import { DraftCard } from './draft-card.tsx';
import { Tick } from './form-parts.tsx';
import { NameField, useName } from './name-field.tsx';
import { REBOOT_TARGETS, type RebootTarget } from './params.ts';
import { BROADCAST_TYPES, type BroadcastType, planOf } from './plan.ts';
import { type Situation, situationOf } from './situation.ts';

export interface BroadcastProps {
  readonly fleet: Fleet;
  readonly desk: Desk;
}

const NAMED_DRONES = 6;
/** More the controller takes as "all" only; that reaches also one that joined a moment ago and is not among those looked at. */
const MOST_BY_NAME = 2000;

export function Broadcast({ fleet, desk }: BroadcastProps) {
  const [type, setType] = useState<BroadcastType | null>(null);
  const sending = drafts.value.filter((one) => one.drone === null);
  if (!choosing.value && sending.length === 0) return null;
  const total = fleet.ids.value.length;
  const shown = listOf(fleet);
  const picked = [...chosen.value].filter((id) => fleet.ids.value.includes(id));
  return (
    <section class="broadcast" aria-label="Command to several drones">
      {sending.map((draft) => (
        <DraftCard key={draft.key} draft={draft} desk={desk} />
      ))}
      {type !== null && picked.length > 0 && (
        <Plan key={type} type={type} ids={picked} fleet={fleet} desk={desk} close={() => setType(null)} />
      )}
      <div class="broadcast-bar">
        <span role="status">
          <b>{picked.length}</b> of {total}
        </span>
        <button type="button" class="second" onClick={() => choose(fleet.ids.peek())}>
          All
        </button>
        {shown.length < total && (
          <button type="button" class="second" onClick={() => choose(shown)}>
            Shown {shown.length}
          </button>
        )}
        <button type="button" class="second" onClick={() => choose([])}>
          None
        </button>
        <span class="spacer" />
        <button type="button" class="second" onClick={stopChoosing} title="Done choosing (Esc)">
          Done
        </button>
      </div>
      <div class="broadcast-types">
        {BROADCAST_TYPES.map((one) => (
          <button
            key={one}
            type="button"
            class="safe"
            data-broadcast={one}
            aria-expanded={type === one}
            disabled={picked.length === 0}
            onClick={() => setType(type === one ? null : one)}
          >
            <b>{nameOfCommand(one)}</b>
          </button>
        ))}
      </div>
    </section>
  );
}

interface PlanProps extends BroadcastProps {
  readonly type: BroadcastType;
  readonly ids: readonly string[];
  readonly close: () => void;
}

function Plan({ type, ids, fleet, desk, close }: PlanProps) {
  const [target, setTarget] = useState<RebootTarget>('agent');
  const [stopAtFailure, setStop] = useState(true);
  const [pauseS, setPause] = useState('0');
  const name = useName();
  void fleet.second.value;
  const plan = planOf(type, situations(fleet, ids));
  const reboot = type === 'reboot';

  const submit = (event: Event): void => {
    event.preventDefault();
    if (reboot && !name.given()) return;
    const staggerMs = Math.round(Math.max(0, Math.min(600, Number(pauseS) || 0)) * 1000);
    desk.send({
      targets: ids.length > MOST_BY_NAME && fleet.ids.peek().every((id) => ids.includes(id)) ? 'all' : ids,
      type,
      params: reboot ? { target } : {},
      ...(staggerMs > 0 ? { staggerMs } : {}),
      ...(reboot ? { maxFailures: stopAtFailure ? 0 : ids.length } : {}),
    });
    close();
  };

  return (
    <form class="in-hand" aria-label={`${nameOfCommand(type)} ${ids.length} drones`} onSubmit={submit}>
      <p class="headline">
        <span>
          {nameOfCommand(type)} <b>{ids.length}</b> {ids.length === 1 ? 'drone' : 'drones'}
        </span>
      </p>
      <ul class="plan">
        {plan.map((group) => (
          <li key={`${group.outcome} ${group.words}`} data-outcome={group.outcome}>
            <b>{group.drones.length}</b>
            <span>
              {group.words}{' '}
              <i>
                {group.drones.slice(0, NAMED_DRONES).join(', ')}
                {group.drones.length > NAMED_DRONES ? ' …' : ''}
              </i>
            </span>
          </li>
        ))}
      </ul>
      {reboot && (
        <div class="fields">
          <label class="field">
            <span>What restarts</span>
            <select
              value={target}
              onChange={(event) =>
                setTarget(REBOOT_TARGETS.find((one) => one === event.currentTarget.value) ?? 'agent')
              }
            >
              {REBOOT_TARGETS.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>Seconds between two</span>
            <input
              type="text"
              inputMode="numeric"
              value={pauseS}
              onInput={(event) => setPause(event.currentTarget.value)}
            />
          </label>
          <p class="note">A tenth of them at a time. Armed and flying ones refuse.</p>
          <Tick checked={stopAtFailure} onChange={setStop} words="Stop at the first that fails or is not proved" />
        </div>
      )}
      {reboot && <NameField name={name} />}
      <div class="in-hand-buttons">
        <button
          type="submit"
          class="go"
          data-tone={reboot || plan.some((one) => one.outcome === 'pilot') ? 'attention' : 'plain'}
        >
          {nameOfCommand(type)} {ids.length} {ids.length === 1 ? 'drone' : 'drones'}
        </button>
        <button type="button" class="second" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function situations(fleet: Fleet, ids: readonly string[]): readonly Situation[] {
  const looking = {
    nowMs: fleet.nowMs.peek(),
    asOfMs: fleet.asOfMs.peek(),
    limits: fleet.limits.peek(),
    pageLive: fleet.connection.peek().state === 'open',
  };
  return ids.flatMap((id) => {
    const record = fleet.all().get(id);
    return record ? [situationOf(record, looking)] : [];
  });
}
