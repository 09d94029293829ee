/** The form that holds drones on the ground: one press to open it, one to set it, on every view. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { NameField, useName } from '../commands/name-field.tsx';
import { operator } from '../commands/operator.ts';
import type { Fleet } from '../live/fleet.ts';
import { places } from '../places/held.ts';
import { ask, newKey } from '../shell/ask.ts';
import { FOR_HOURS, groupNames, hoursWords, reachOf, requestOf, stopQuestion, whom } from './stop.ts';

const REASON_MAX = 200;

export function StopButton({ fleet }: { readonly fleet: Fleet }) {
  const count = fleet.board.value?.groundStops.length ?? 0;
  const asked = stopQuestion.value?.deed === 'set';
  return (
    <button
      type="button"
      class="ground-stop-button"
      data-count={count}
      aria-expanded={asked}
      onClick={() => {
        stopQuestion.value = asked ? null : { deed: 'set', key: newKey() };
      }}
    >
      Ground stop{count > 0 && <b> {count}</b>}
    </button>
  );
}

export function StopForm({ fleet }: { readonly fleet: Fleet }) {
  const asked = stopQuestion.value;
  return asked?.deed === 'set' ? <Opened key={asked.key} fleet={fleet} stopKey={asked.key} /> : null;
}

function Opened({ fleet, stopKey }: { readonly fleet: Fleet; readonly stopKey: string }) {
  const [choice, setChoice] = useState('fleet');
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState<number | null>(null);
  const [groups, setGroups] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const name = useName();
  const reach = reachOf(choice);
  const bases = places.value.value?.bases ?? [];

  useLayoutEffect(() => first.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    void ask('/api/v1/groups', {}).then((answer) => setGroups(answer.ok ? groupNames(answer.value) : []));
  }, []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || reach === null) return;
    if (reason.trim() === '') {
      setTrouble('Nothing was sent: say why, for those who wait.');
      first.current?.focus();
      return;
    }
    const nowMs = fleet.nowMs.peek();
    if (nowMs === null && hours !== null) {
      setTrouble('Nothing was sent: the time of the controller is not known yet.');
      return;
    }
    if (!name.given()) return;
    setBusy(true);
    const wish = requestOf({ reach, reason, hours }, nowMs ?? 0);
    const answer = await ask('/api/v1/ground-stops', { body: { ...wish, issuedBy: operator.peek() }, key: stopKey });
    setBusy(false);
    const current = stopQuestion.peek();
    if (!answer.ok) setTrouble(answer.trouble.words);
    else if (current?.deed === 'set' && current.key === stopKey) stopQuestion.value = null;
  };

  return (
    <section class="stop-form" role="alertdialog" aria-label="Ground stop" aria-describedby="stop-words">
      <form class="in-hand" onSubmit={(event) => void submit(event)}>
        <p class="headline">
          <b>Ground stop</b>
        </p>
        <p id="stop-words" class="note">
          Nothing new is armed or started; hold, return and land go. What flies goes on.
        </p>
        <label class="field">
          <span>For</span>
          <select name="reach" value={choice} onChange={(event) => setChoice(event.currentTarget.value)}>
            <option value="fleet">the whole fleet</option>
            {bases.map((one) => (
              <option key={one.id} value={`base:${one.id}`}>
                base {one.name}
              </option>
            ))}
            {groups.map((one) => (
              <option key={one} value={`group:${one}`}>
                group {one}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Because</span>
          <input
            ref={first}
            type="text"
            name="reason"
            maxLength={REASON_MAX}
            value={reason}
            placeholder="read by everybody who waits"
            onInput={(event) => {
              setReason(event.currentTarget.value);
              setTrouble(null);
            }}
          />
        </label>
        <label class="field">
          <span>It lasts</span>
          <select
            name="hours"
            value={FOR_HOURS.indexOf(hours)}
            onChange={(event) => setHours(FOR_HOURS[Number(event.currentTarget.value)] ?? null)}
          >
            {FOR_HOURS.map((one, i) => (
              <option key={hoursWords(one)} value={i}>
                {hoursWords(one)}
              </option>
            ))}
          </select>
        </label>
        <NameField name={name} />
        {trouble !== null && (
          <p class="missing" role="alert">
            {trouble}
          </p>
        )}
        <div class="in-hand-buttons">
          <button type="submit" class="go" data-tone="attention" disabled={busy || reach === null}>
            {busy ? 'Being set…' : `Hold ${reach === null ? '' : whom(reach)} on the ground`}
          </button>
          <button
            type="button"
            class="second"
            onClick={() => {
              stopQuestion.value = null;
            }}
          >
            Cancel
          </button>
        </div>
      </form>
    </section>
  );
}
