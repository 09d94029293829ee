/** The rarer commands: each opens a form that shows what must hold before its button. */
import { inHand } from './desk.ts';
import { type Deliberate, interlocksOf, mayGo } from './interlocks.ts';
import type { Situation } from './situation.ts';

interface Item {
  readonly type: Deliberate;
  readonly label: string;
  readonly about: string;
}

const GROUPS: readonly (readonly Item[])[] = [
  [
    { type: 'start', label: 'Start…', about: 'fly the verified itinerary' },
    { type: 'resume', label: 'Resume…', about: 'go on after a hold' },
    { type: 'goto', label: 'Go to…', about: 'a place on the map' },
    { type: 'skip', label: 'Skip…', about: 'to the next place, never past a delivery' },
    { type: 'abort', label: 'Abort…', about: 'secure the parcel and return' },
    { type: 'arm', label: 'Arm…', about: 'start the motors' },
    { type: 'disarm', label: 'Disarm…', about: 'stop them, on the ground' },
  ],
  [
    { type: 'lock', label: 'Lock…', about: 'so that nobody starts it' },
    { type: 'unlock', label: 'Unlock…', about: 'remove the ground lock' },
    { type: 'reboot', label: 'Reboot…', about: 'autopilot, companion, agent' },
    { type: 'set-parameter', label: 'Set parameter…', about: 'of the autopilot' },
  ],
  [
    { type: 'fetch-log', label: 'Fetch log…', about: 'to the companion' },
    { type: 'ping', label: 'Ping…', about: 'does it answer?' },
  ],
];

export function More({ situation }: { readonly situation: Situation }) {
  const drone = situation.id;
  return (
    <div class="in-hand more-menu" role="menu" aria-label={`More commands to ${drone}`}>
      {GROUPS.map((group) => (
        <div key={group[0]?.type} class="more-group">
          {group.map(({ type, label, about }) => {
            const list = interlocksOf(type, situation);
            const stop = mayGo(list) ? null : list.find((one) => one.state !== 'ok');
            return (
              <button
                key={type}
                type="button"
                role="menuitem"
                data-more={type}
                data-stop={stop !== null}
                onClick={() => {
                  inHand.value = { kind: 'form', drone, type, params: {} };
                }}
              >
                <b>{label}</b>
                <i>{stop ? stop.words : about}</i>
              </button>
            );
          })}
        </div>
      ))}
    </div>
  );
}
