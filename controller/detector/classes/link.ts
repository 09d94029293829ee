/**
 * A drone that is not heard, or whose autopilot is not. None of it is evidence of trouble in the air: what is said is what the
 * drone must be doing now, and nothing is proposed.
 */
import { type ItineraryState, isUnderWay } from '@skein/protocol/fleet';
import { type Seen, wasArmed } from '../seen.ts';
import { bad, type FindingClass, GOOD, UNCLEAR } from '../verdict.ts';

function mayFly(seen: Seen): boolean {
  return wasArmed(seen) || (seen.itinerary !== null && isUnderWay(seen.itinerary.state as ItineraryState));
}

function expected(seen: Seen, what: string): string {
  const must = seen.expectation();
  return must === null ? what : `${what}. ${must}`;
}

const seconds = (ms: number | null): number | null => (ms === null ? null : Math.round(ms / 1e3));

export const LAST_WILL: FindingClass = {
  ...{ name: 'last-will', severity: 'warning', onsetS: 10, clearS: 5, holds: false, proposes: null },
  gathers: {
    words: 'their connections are gone',
    whatToDo:
      'Look at what they have in common: the network, the broker, the power of the site. Each does by itself what its panel says it must; nothing is to be sent',
  },
  when: 'the broker says that its connection is gone, and it was armed or under way when it was heard last',
  over: 'it is connected, or was heard disarmed with nothing under way',
  whatToDo:
    'Silence is no evidence of trouble: read what it must be doing now. Look at where it was heard last; if it is not back when its energy ends, look for it there',
  judge(seen) {
    if (seen.connected) return GOOD;
    if (seen.session === null || !mayFly(seen)) return GOOD;
    return bad(expected(seen, 'Its connection is gone'), { silentS: seconds(seen.heardAgeMs) });
  },
};

export const LEASE: FindingClass = {
  ...{ name: 'lease', severity: 'warning', onsetS: 5, clearS: 5, holds: false, proposes: null },
  gathers: {
    words: 'their leases have run out',
    whatToDo:
      'Look at what they have in common: the network, the broker, this controller. Each does by itself what its panel says it must; nothing is to be sent',
  },
  when: 'its lease has run out (15 s without an answered time message) and it may fly',
  over: 'its lease is renewed',
  whatToDo:
    'Read what it must be doing now, and at its panel until when its energy lasts. From here nothing is to be done but to wait for it; where nothing flies it back, only a pilot whose transmitter reaches it can',
  judge(seen) {
    const must = seen.expectation();
    if (must === null) return GOOD;
    return bad(`Not heard: its lease has run out. ${must}`, { silentS: seconds(seen.heardAgeMs) });
  },
};

/** A time message comes each 5 s; one may be lost. */
const SILENT_MS = 12_000;
const HEARD_MS = 7_000;

export const STALE: FindingClass = {
  ...{ name: 'stale', severity: 'info', onsetS: 3, clearS: 5, holds: false, proposes: null },
  gathers: {
    words: 'connected, and silent',
    whatToDo:
      'Look at the broker and the network before any drone: they have that in common. Values on the page are as old as they say',
  },
  when: 'the broker holds its connection, and nothing came of it for 12 s',
  over: 'it was heard within 7 s, or the broker says that it is gone (then last-will tells)',
  whatToDo:
    'Wait: its connection is half open, and ends or recovers within a minute. Values on the page are as old as they say',
  judge(seen) {
    if (!seen.connected || seen.heardAgeMs === null || seen.heardAgeMs <= HEARD_MS) return GOOD;
    if (seen.heardAgeMs <= SILENT_MS) return UNCLEAR;
    return bad(expected(seen, 'Connected, and silent'), { silentS: seconds(seen.heardAgeMs) });
  },
};

const VEHICLE_SILENT_MS = 6_000;
const VEHICLE_HEARD_MS = 3_000;

/** An order to restart has an end of its own (docs/commands.md), and says more of it; should its word be lost, it explains no longer, s. */
const RESTARTS_S = 180;

function restarts({ commands, utcUs }: Seen): boolean {
  return commands.some(
    ({ type, state, at }) =>
      type === 'reboot' &&
      (state === 'delivered' || state === 'accepted' || state === 'executing') &&
      utcUs / 1e6 - Date.parse(at) / 1e3 <= RESTARTS_S,
  );
}

export const AUTOPILOT_SILENT: FindingClass = {
  ...{ name: 'autopilot-silent', severity: 'info', onsetS: 4, clearS: 5, holds: true, proposes: null },
  gathers: {
    words: 'their agents hear nothing of their autopilots',
    whatToDo:
      'Many at once is no line of one drone: was a roll-out under way, or an update? Do not restart anything in flight',
  },
  when: 'its agent is heard, nothing came of its autopilot for 6 s (warning where it was armed), and no reboot of it is under way',
  over: 'a sample of the autopilot is at most 3 s old',
  whatToDo:
    'Ask the agent with skein-agent doctor: the serial line, its baud rate, its power. In flight the autopilot flies on by itself; do not restart anything',
  judge(seen) {
    const { connected, heardAgeMs, vehicleAgeMs } = seen;
    if (vehicleAgeMs !== null && vehicleAgeMs <= VEHICLE_HEARD_MS) return GOOD;
    // Of a drone that is not heard nothing is known of its autopilot either.
    if (!connected || heardAgeMs === null || heardAgeMs > HEARD_MS || vehicleAgeMs === null) return UNCLEAR;
    if (vehicleAgeMs <= VEHICLE_SILENT_MS || restarts(seen)) return UNCLEAR;
    const isOpen = seen.sample('link')?.values.open ?? null;
    const what = isOpen === false ? 'The line to its autopilot is closed' : 'Its agent hears nothing of its autopilot';
    return bad(what, { silentS: seconds(vehicleAgeMs), lineOpen: isOpen }, wasArmed(seen) ? 'warning' : 'info');
  },
};
