/**
 * The pre-flight list: everything that must be right before the motors start, each item `ok`, `warn` or `stop`. Pure: facts
 * go in, the list comes out. `arm` and `start` need a list without `stop`.
 */
import { battery } from './battery.ts';
import { compass, ekf, gps, home, item, position, preArm, radioControl, vibration } from './checks.ts';
import type { Preflight, PreflightFacts, PreflightItem, PreflightVerdict } from './facts.ts';
import { DISK_STOP_MB, DISK_WARN_MB, GROUND_LINK_MS } from './limits.ts';

const MAX_NAMED = 6;
const named = (differences: readonly string[]): string =>
  differences.slice(0, MAX_NAMED).join('; ') +
  (differences.length > MAX_NAMED ? `; and ${differences.length - MAX_NAMED} more` : '');

function link({ link, autopilot }: PreflightFacts): PreflightItem {
  const ageMs = autopilot.lastHeartbeatAgeMs;
  if (!link.open)
    return item('link', 'stop', link.problem ?? 'the link to the autopilot is not open', { value: 'closed' });
  if (!autopilot.alive)
    return item('link', 'stop', 'the autopilot is not heard', {
      value: 'open',
      limit: 'a heartbeat each second',
      ageMs,
    });
  const value = 'open, heartbeats arrive';
  return autopilot.others > 0
    ? item('link', 'stop', 'a second autopilot or a second companion is on this link', { value, ageMs })
    : item('link', 'ok', 'the autopilot is heard', { value, ageMs });
}

function heartbeats({ heartbeats, autopilot }: PreflightFacts): PreflightItem {
  const { presence, groundLinkMs } = heartbeats;
  const limit = `ground link up for ${GROUND_LINK_MS / 1000} s`;
  if (!autopilot.alive || !presence) return item('heartbeats', 'stop', 'the agent sends no heartbeats', { limit });
  if (groundLinkMs === null) {
    return item('heartbeats', 'stop', 'the ground link is down, so its failsafe could never act', {
      value: 'no ground link',
      limit,
    });
  }
  const value = `ground link up for ${Math.floor(groundLinkMs / 1000)} s`;
  return groundLinkMs < GROUND_LINK_MS
    ? item('heartbeats', 'stop', 'the ground link has not been up for long enough', { value, limit })
    : item('heartbeats', 'ok', 'both heartbeats go out', { value, limit });
}

function profile({ profile, profileCheck }: PreflightFacts): PreflightItem {
  const { ok, differences, unread } = profileCheck;
  if (ok === false) return item('profile', 'stop', named(differences), { value: profile, limit: 'no difference' });
  if (ok === null)
    return item(
      'profile',
      'stop',
      unread === 0 ? 'its parameters are not read yet' : `${unread} parameters are not read yet`,
      { value: profile, limit: 'all read' },
    );
  return item('profile', 'ok', `the parameters fit the profile ${profile}`, { value: profile });
}

function failsafe({ failsafeCheck: { ok, differences, owner } }: PreflightFacts): PreflightItem {
  const value = `linkLoss.owner ${owner}`;
  if (ok === false) return item('failsafe', 'stop', named(differences), { value, limit: 'parameters agree with it' });
  if (ok === null) return item('failsafe', 'stop', 'its parameters are not read yet', { value });
  return item('failsafe', 'ok', 'a lost ground link is acted on as set', { value });
}

function mission({ itinerary }: PreflightFacts): PreflightItem {
  if (itinerary === null) return item('mission', 'ok', 'no itinerary', { value: 'none' });
  return itinerary.verified
    ? item('mission', 'ok', 'mission, fence and rally points are read back and equal', { value: itinerary.id })
    : item('mission', 'stop', 'mission, fence and rally points are not verified', {
        value: itinerary.id,
        limit: 'verified',
      });
}

function remoteId({ remoteId, profile }: PreflightFacts): PreflightItem[] {
  if (remoteId === null) return [];
  const { ok, error, ageMs } = remoteId;
  if (ok) return [item('remote-id', 'ok', 'the Remote ID module is ready', { value: 'good to arm', ageMs })];
  const words = error === '' ? 'the Remote ID module is not ready' : error;
  return [
    item('remote-id', profile === 'bench' ? 'warn' : 'stop', words, {
      value: 'not ready',
      limit: 'good to arm',
      ageMs,
    }),
  ];
}

function disk({ disk }: PreflightFacts): PreflightItem {
  const value = disk.freeMb === null ? null : `${Math.round(disk.freeMb)} MB free`;
  const limit = `${DISK_STOP_MB} MB`;
  if (disk.problem !== null) return item('disk', 'warn', disk.problem, { value, limit });
  if (disk.freeMb === null) return item('disk', 'warn', 'the free room is not known', { limit });
  if (disk.freeMb < DISK_STOP_MB)
    return item('disk', 'stop', 'no room for the records of this flight', { value, limit });
  return item('disk', disk.freeMb < DISK_WARN_MB ? 'warn' : 'ok', 'room for the records of this flight', {
    value,
    limit,
  });
}

function clock({ clock }: PreflightFacts): PreflightItem {
  if (clock === null) return item('clock', 'warn', 'nobody has told the time; records have none until somebody does');
  const value = `± ${clock.errMs.toFixed(0)} ms`;
  if (clock.split) return item('clock', 'warn', 'its sources disagree, and no third tells who is right', { value });
  const liars = clock.liars.filter((source) => source !== 'restored').join(', ');
  if (liars !== '') return item('clock', 'warn', `told by ${clock.source}; ${liars} tells a wrong time`, { value });
  return item('clock', 'ok', `told by ${clock.source}`, { value });
}

function firmware({ autopilot: { version, flavour } }: PreflightFacts): PreflightItem {
  if (version === null) return item('firmware', 'warn', 'the autopilot has not said its version');
  const known = flavour === 'ardupilot' || flavour === 'px4';
  const value = `${flavour ?? 'unknown'} ${version}`;
  return known
    ? item('firmware', 'ok', 'known', { value })
    : item('firmware', 'stop', 'this autopilot is not supported', { value });
}

function lock({ lock }: PreflightFacts): PreflightItem {
  if (lock === null) return item('lock', 'ok', 'not locked', { value: 'unlocked' });
  const where = lock.here ? 'at the drone' : `by ${lock.by}`;
  return item('lock', 'stop', `locked ${where}: ${lock.reason}`, { value: 'locked', limit: 'unlocked' });
}

const ORDER: readonly PreflightVerdict[] = ['ok', 'warn', 'stop'];

export function preflightOf(facts: PreflightFacts): Preflight {
  const items = [
    link(facts),
    heartbeats(facts),
    preArm(facts),
    ekf(facts),
    gps(facts),
    position(facts),
    home(facts),
    compass(facts),
    vibration(facts),
    radioControl(facts),
    battery(facts),
    profile(facts),
    failsafe(facts),
    mission(facts),
    item('payload', 'ok', 'not fitted', { value: 'none' }),
    ...remoteId(facts),
    disk(facts),
    clock(facts),
    firmware(facts),
    lock(facts),
  ];
  const worst = Math.max(...items.map(({ verdict }) => ORDER.indexOf(verdict)));
  return { verdict: ORDER[worst] ?? 'stop', items };
}
