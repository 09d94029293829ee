/** What happens to an aircraft in one moment: somebody else flies it, it falls, it leaves its fence, something restarts. */
import { armed, fresh, type Seen } from '../seen.ts';
import { type AlertSeverity, bad, type FindingClass, GOOD, UNCLEAR } from '../verdict.ts';

const TAKEN: Readonly<Record<string, readonly [string, AlertSeverity]>> = {
  pilot: ['A pilot flies it', 'warning'],
  'other-station': ['Another ground station flies it', 'warning'],
  'autopilot-failsafe': ['A failsafe of its autopilot flies it', 'critical'],
};

export const CONTROL_TAKEN: FindingClass = {
  ...{ name: 'control-taken', severity: 'warning', onsetS: 0, clearS: 5, holds: false, proposes: null },
  gathers: null,
  when: 'it is armed, and a pilot, another station or a failsafe of its autopilot (critical) has control',
  over: 'Skein has control again (somebody took it, resume with “take control”), or it is disarmed',
  whatToDo:
    'Skein sends nothing that changes its flight. Talk to the pilot; resume with “take control” once both agree (and “take over” where another was in command, as the dispatcher is of a flight of an order), or wait until it is disarmed',
  judge(seen, { takenBy }) {
    const isArmed = armed(seen);
    if (isArmed === null) return UNCLEAR;
    if (!isArmed || seen.control.state === 'skein') return GOOD;
    const taken = TAKEN[seen.control.state];
    if (taken === undefined) {
      // Who had it has gone, and did not give it back: only people do that (docs/flight-rules.md section 2).
      const [before] = TAKEN[takenBy ?? ''] ?? [];
      if (before === undefined) return UNCLEAR;
      return bad(`Who flies it is not known now. Before: ${before}`, { control: seen.control.state });
    }
    const [words, severity] = taken;
    const { state, why } = seen.control;
    return bad(why === null ? words : `${words}: ${why}`, { control: state }, severity);
  },
};

export const DISARMED_IN_AIR: FindingClass = {
  ...{ name: 'disarmed-in-air', severity: 'critical', onsetS: 0, clearS: 0, holds: true, proposes: null },
  gathers: null,
  when: 'armed in the air and disarmed in the next samples, and it moves at 2 m/s or more, lies on its side, or its autopilot still calls it in the air; or its agent says that it fell',
  over: 'somebody has armed it again, or says here that it is over',
  whatToDo:
    'Send somebody to where it was seen last; nobody arms it before it was looked at. Its order is not given to another drone before it is known what became of the parcel',
  judge(seen, { fell }) {
    if (fell !== null) return bad(`It fell: ${fell.words}`, { heightM: fell.heightM, speedMps: fell.speedMps });
    // After a restart nothing is remembered: what was open stays open.
    return armed(seen) === true ? GOOD : UNCLEAR;
  },
};

export const TUMBLES: FindingClass = {
  ...{ name: 'tumbles', severity: 'critical', onsetS: 0, clearS: 20, holds: true, proposes: null },
  gathers: null,
  when: 'armed in the air it sinks with 4 m/s or more and leans 60° or more or turns 360 °/s or more, or it falls: two samples of 7 m/s down or more, gained faster than a descent can be told to (6 m/s²), or of 12 m/s. Not while a pilot flies figures (ACRO, FLIP); where the stick is the thrust (STABILIZE) a fall is 12 m/s',
  over: 'it flies upright, 5 m up or higher, or somebody has armed it again',
  whatToDo:
    'A motor or a propeller may have failed, or somebody has stopped its motors: it falls, and lies there with its motors armed. Keep everybody away until it is seen disarmed; only a pilot or an independent system stops them. Send somebody to where it was seen last',
  judge(seen, { tumbled }) {
    if (tumbled === null) return armed(seen) === true ? GOOD : UNCLEAR;
    const { how, sinkMps, ...values } = tumbled;
    const what = {
      leans: `It tumbles: it leans ${values.tiltDeg}° and`,
      spins: 'It spins: it turns once a second or faster and',
    };
    return bad(`${how === 'falls' ? 'It falls: it' : what[how]} sinks with ${sinkMps} m/s`, { sinkMps, ...values });
  },
};

/** A restart on the ground is told for so long, s. */
const TOLD_S = 600;
const RESTARTED = { autopilot: 'autopilot', companion: 'companion computer', agent: 'agent' } as const;

export const REBOOTED: FindingClass = {
  ...{ name: 'rebooted', severity: 'warning', onsetS: 0, clearS: 0, holds: false, proposes: null },
  gathers: null,
  when: 'its autopilot restarted and nobody had ordered a reboot within 10 min; in the air (critical) also its companion or its agent',
  over: '10 min have passed; in the air: it has landed too',
  whatToDo:
    'On the ground look at its power before it flies: the charge shown is that of before the restart. In the air send nothing: the agent has adopted the flight and only listens',
  judge(seen, { rebooted }) {
    if (rebooted === null) return GOOD;
    const toldS = (seen.monoUs - rebooted.atUs) / 1e6;
    if (toldS >= TOLD_S) return rebooted.inAir && armed(seen) !== false ? UNCLEAR : GOOD;
    const { what, inAir } = rebooted;
    const words = `Its ${RESTARTED[what]} restarted by itself${inAir ? ' in the air' : ''}`;
    const severity = !inAir ? 'warning' : what === 'agent' ? 'warning' : 'critical';
    return bad(words, { what, inAir }, severity);
  },
};

export const FENCE: FindingClass = {
  ...{ name: 'fence', severity: 'critical', onsetS: 2, clearS: 10, holds: false, proposes: 'return' },
  gathers: null,
  when: 'it is armed and its autopilot says that it is outside its fence',
  over: 'it is inside, or disarmed',
  whatToDo: 'Its autopilot acts by FENCE_ACTION: let it. If it does nothing, bring it back',
  judge(seen) {
    const isArmed = armed(seen);
    const fence = fresh(seen, 'fence', 12_000);
    if (isArmed === null) return UNCLEAR;
    if (!isArmed) return GOOD;
    if (fence?.breached == null) return UNCLEAR;
    return fence.breached ? bad('Outside its fence', { breach: fence.breach, breaches: fence.breaches }) : GOOD;
  },
};

export const PARCEL_UNPROVED: FindingClass = {
  ...{ name: 'parcel-unproved', severity: 'warning', onsetS: 0, clearS: 0, holds: true, proposes: null },
  gathers: null,
  when: 'nothing proves that its parcel was released, and nobody has said so',
  over: 'somebody has said what became of it, or the drone knows',
  whatToDo:
    'Ask the customer or look at it, then settle the delivery. Until then the parcel counts as aboard this drone',
  judge({ delivery }: Seen) {
    if (delivery === null) return UNCLEAR;
    if (delivery.state !== 'unproved' || delivery.settling !== null) return GOOD;
    return bad('Nothing proves that its parcel was released', { reason: delivery.reason });
  },
};
