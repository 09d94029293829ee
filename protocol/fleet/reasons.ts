/**
 * Why a delivery is as it is: stable codes and plain words. On the wire a reason is `code` or `code: detail`
 * (`in-command: Ann`); programs match the code, people read the words.
 */
export const REASONS = {
  // of every kind
  'unknown-type': 'this drone does not know such a command: update its agent',
  'bad-params': 'the parameters do not fit the command',
  'not-granted': 'the sender lacks the right for this',
  offline: 'the drone is offline and this command never waits: send it again when it is back',
  stale: 'it was on its way for too long, or belongs to another session; send it again if it is still wanted',
  'not-now': 'the drone cannot judge it yet and asks for it again',
  expired: 'its time was over before it could be acted on',
  journal: 'the journal is late; carried out all the same, since repeating it is harmless',
  'journal-unavailable': 'the drone cannot write its journal, so it cannot promise to act only once: look at its disk',
  'outbox-full': 'the drone has no room left for answers: it needs a connection first',
  'too-many': 'too many commands wait for this drone already: cancel some first',
  'identity-conflict': 'two boards claim this identity: settle which is the drone first',
  cancelled: 'cancelled before it was acted on',
  'too-late': 'it can no longer be cancelled',
  newer: 'a newer command took its place',
  restarted: 'the agent restarted while it was under way; what was asked for could not be seen afterwards',
  'not-found': 'there is no such command on this drone',
  'no-answer': 'sent, and no final answer came in time: look at the drone before doing anything again',
  interrupted:
    'the controller ended as it was posted; nothing of it is sent any more, look at the drone before posting it again',
  'journal-changed': 'the journal of the drone is another than when it was sent; whether it acted is not known',
  untargeted: 'the drone answered a command that was not sent to it by this controller',
  'max-failures': 'not sent: too many drones before it failed',
  'pad-taken': 'told to hold instead: another one has its pad',
  'no-height': 'told to hold instead: no height of its own is left for the way back',
  // of flying
  pilot: 'a pilot is flying: resume with “take control”, or wait until the vehicle is disarmed',
  'in-command': 'another is in command: send it again with takeOver, which takes the drone from them',
  'other-station': 'another ground station is in control',
  failsafe: 'a failsafe of the autopilot is acting; it is never undone by software',
  adopted: 'the agent started in mid-flight and only listens',
  'no-link': 'no connection to the autopilot',
  'no-autopilot': 'the autopilot is not heard',
  armed: 'the vehicle is armed',
  disarmed: 'the vehicle is not armed',
  'in-air': 'the vehicle is not on the ground',
  'state-unknown': 'whether it is armed and on the ground is not known',
  'already-on-ground': 'it is on the ground already',
  'ground-stop': 'a ground stop is on: nothing is armed or started until it is lifted',
  'active-leg': 'it is under way with an itinerary',
  'not-holding': 'there is no hold of ours to resume from',
  'mission-changed': 'the mission is not the one that was held',
  'no-itinerary': 'there is no verified itinerary',
  position: 'the position is not trusted',
  fence: 'outside the fence',
  energy: 'not enough charge to go there and come back',
  refused: 'the autopilot refused',
  'no-ack': 'the autopilot did not answer, and the effect was not seen',
  'no-effect': 'the autopilot accepted, and the effect was not seen',
  // of itineraries
  'bad-itinerary': 'the itinerary breaks a rule: every breach is named with its item',
  forgotten: 'the drone does not have it any more: it is sent again',
  outdated: 'a newer version of this itinerary is on the drone already',
  'other-active': 'another itinerary is under way',
  'taken-back': 'this itinerary was taken back',
  'upload-failed': 'the autopilot did not take the list whole; nothing of it may be flown',
  'read-back': 'what the autopilot stores is not what was sent',
  'foreign-writer':
    'somebody else wrote to the autopilot: where its lists differ now, the itinerary must be given again',
  rebooted: 'the autopilot restarted; it must be verified again',
  'not-verified': 'the autopilot does not hold this itinerary, verified',
  'home-moved': 'home is not where the itinerary takes off from',
  'too-late-to-fly': 'the time after which it may not be flown is over',
  crash: 'it fell or hit the ground: somebody must look at it before it flies again',
  'not-under-way': 'no itinerary is under way',
  'past-delivery': 'the next item lies past a delivery, which is never skipped',
  'fs-release': 'the autopilot would release the parcel on a failsafe: take 32 out of FS_OPTIONS',
  // of deliveries
  'gate-closed': 'the gate ended before its conditions were met; the parcel comes back',
  'link-lost': 'the controller is not reachable and releasing offline was not granted',
  'no-controller': 'the controller was not heard for too long, so it came back by itself',
  battery: 'the charge is below what the delivery asks for',
  'not-seen': 'nothing proves that the parcel was released',
  'still-aboard': 'the parcel is still aboard',
  'seen-released': 'the parcel was seen to leave',
  'operator-word': 'an operator said so',
  // before flying
  'ground-lock': 'locked on the ground',
  'log-transfer': 'a log transfer is under way',
  'no-room': 'the companion has no room for it',
  'failsafe-not-set': 'the failsafe parameters contradict linkLoss.owner',
  profile: 'a parameter differs from the safety profile',
  preflight: 'the pre-flight list has a stop',
  'ground-link': 'the ground link has not been up for long enough',
  // of parameters
  'no-such-parameter': 'the autopilot has no such parameter',
  'not-taken': 'read back, the parameter has another value',
  // of reboots
  'other-boot': 'that boot is over: it has restarted since',
  'other-session': 'that session is over: the agent has restarted since',
  'no-helper': 'this companion has no way to restart itself: install skein-reboot, or set reboot.companionCommand',
  unproved: 'it did not come back in time, or nothing proves that it restarted',
  'locked-by-drone': 'the lock was set at the drone and is removed there, or by an admin',
  'locked-by-operator': 'the lock was set by an operator and is removed by one, or by an admin',
  'lock-not-kept': 'the disk of the drone did not take the change of the lock; what was in force still is',
  // done
  done: 'done',
  already: 'it was so already',
  proved: 'done, and proved',
} as const;

export type ReasonCode = keyof typeof REASONS;

/** `code` or `code: detail`. */
export function reason(code: ReasonCode, detail?: string): string {
  return detail === undefined || detail === '' ? code : `${code}: ${detail}`;
}

/** Several reasons at once, the gravest first: `armed; in-air`. */
export function reasons(all: readonly string[]): string {
  return all.join('; ');
}

const isCode = (text: string): text is ReasonCode => Object.hasOwn(REASONS, text);

/** The single reasons of a text: cut where a known code follows, so that a detail may hold a semicolon. */
function split(text: string): readonly string[] {
  const parts: string[] = [];
  for (const part of text.split('; ')) {
    if (parts.length === 0 || isCode(part.split(':', 1)[0] ?? '')) parts.push(part);
    else parts[parts.length - 1] += `; ${part}`;
  }
  return parts;
}

/** The code of a reason, of several the first; null when it is none of ours. */
export function reasonCode(text: string): ReasonCode | null {
  const code = split(text)[0]?.split(':', 1)[0] ?? '';
  return isCode(code) ? code : null;
}

/** A reason in words, its detail included; of several all. */
export function reasonWords(text: string): string {
  return split(text)
    .map((one) => {
      const code = reasonCode(one);
      if (code === null) return one;
      const detail = one.slice(code.length + 1).trim();
      return detail === '' ? REASONS[code] : `${REASONS[code]} (${detail})`;
    })
    .join('; ');
}

/** A flight that was begun as ordered, which is what was proved (mode, or the autopilot's word), and is not over. */
const BEGUN: Readonly<Record<string, string>> = {
  return: 'it is returning, and not home yet',
  land: 'it is landing, and not down yet',
  goto: 'it is flying there, and has not arrived yet',
};

/** The words of an end of a command of `type`: a return that succeeded is under way, not over. */
export function outcomeWords(type: string, state: string, text: string): string {
  const begun = state === 'succeeded' && text === 'done' ? BEGUN[type] : undefined;
  return begun ?? reasonWords(text);
}
