/**
 * A fall, on the simulator and on a real autopilot in software: what only looks like one raises nothing; a motor that stops is
 * told while it falls; what lies there is armed by nobody before somebody has looked at it.
 */
import { MavCmd } from '@skein/protocol/mavlink';
import { getJson } from '../kit/http.ts';
import { until } from '../kit/until.ts';
import { Fitted } from './fitted.ts';
import { Site, type SiteOptions, seconds, told } from './site.ts';
import { FlightEnded } from './steps.ts';

interface AlertSeen {
  readonly id: string;
  readonly class: string;
  readonly severity: string;
  readonly words: string;
  readonly proposal: unknown;
}

/** Bit 0: its first motor gives nothing. Nothing that has propellers knows it. */
const STOPS = 'SIM_ENGINE_FAIL';
/** Steeper than ArduCopter's documentation has it (500 cm/s), which it flies all the same, and briskly. */
const STEEP = [
  ['WPNAV_SPEED_DN', 750],
  ['WPNAV_SPEED_UP', 500],
  ['WPNAV_ACCEL_Z', 250],
  ['ATC_SLEW_YAW', 18_000],
] as const;
const HIGH_M = 60;
const LOW_M = 12;
/** docs/flight-rules.md, situation 21, and what a busy machine makes of it. */
const ALARM_MS = 2_000;
const BUSY = 3;
const FALLS = new Set(['tumbles', 'disarmed-in-air']);

export async function flyFall(o: SiteOptions): Promise<void> {
  const site = new Site(o);
  const { steps, pilot } = site;
  const fitted = new Fitted(pilot);
  const falls = async (): Promise<readonly AlertSeen[]> => {
    const { alerts } = await getJson<{ readonly alerts: readonly AlertSeen[] }>(`${o.httpUrl}/api/v1/alerts?open=true`);
    return alerts.filter(({ class: name }) => FALLS.has(name));
  };
  const reaches = async (altM: number, fastest: { mps: number }): Promise<void> => {
    const isThere = (): boolean => {
      fastest.mps = Math.max(fastest.mps, pilot.seen.speedMps);
      return Math.abs(pilot.seen.altRelM - altM) < 1.5;
    };
    await until(isThere, { timeoutMs: 60_000, everyMs: 50, what: `${altM} m`, seen: () => pilot.seen });
  };

  try {
    await steps.must('pilot and agent hear the autopilot', async () => `after ${seconds(await pilot.heard(60_000))}`);
    if ((await pilot.parameter(STOPS)) === null) {
      await steps.step('nothing falls here', async () => `it has no ${STOPS}: no ArduPilot in software`);
      return;
    }
    await steps.must('its descents are set steep', async () => {
      await fitted.set([...pilot.make.forFlight, ...STEEP]);
      return fitted.words;
    });
    await steps.must('the pilot takes off', () => pilot.takeOff(HIGH_M, o.armableWithinMs));
    await steps.must('an operator takes control', async () =>
      told(await site.succeeds('resume', { takeControl: true })),
    );

    await steps.step('it sinks as steeply as may be set, turning hard: no fall', async () => {
      const fastest = { mps: 0 };
      await site.succeeds('goto', { ...site.place, altRelM: LOW_M });
      const turned = await pilot.command(MavCmd.CONDITION_YAW, 179, 180, 1, 1);
      await reaches(LOW_M, fastest);
      await site.succeeds('goto', { ...site.place, altRelM: HIGH_M });
      await reaches(HIGH_M, { mps: 0 });
      const raised = await falls();
      if (raised.length > 0) throw new Error(JSON.stringify(raised));
      return `down at ${fastest.mps.toFixed(1)} m/s, the turn answered with ${turned}: no alert`;
    });
    await steps.must('a motor stops: told while it falls', async () => {
      const began = performance.now();
      const stopping = pilot.set(STOPS, 1);
      const { value } = await until(async () => (await falls()).find(({ severity }) => severity === 'critical'), {
        timeoutMs: ALARM_MS * BUSY,
        everyMs: 50,
        what: 'an alert',
        seen: () => pilot.seen,
      });
      const tookMs = performance.now() - began;
      await stopping;
      if (value.proposal !== null) throw new Error(`it proposes ${JSON.stringify(value.proposal)}`);
      return `${value.class} after ${seconds(tookMs)} (at most ${seconds(ALARM_MS)} on a calm machine): ${value.words}`;
    });
    await steps.step('it lies there, and nobody has sent anything', async () => {
      const { tookMs } = await until(() => pilot.seen.altRelM < 1 && pilot.seen.speedMps < 1, {
        timeoutMs: 20_000,
        what: 'it to lie',
        seen: () => pilot.seen,
      });
      const { commands } = await getJson<{ readonly commands: readonly { type: string; issuedBy: string }[] }>(
        `${o.httpUrl}/api/v1/commands?drone=${o.drone}`,
      );
      const others = commands.filter(({ issuedBy }) => issuedBy !== 'Ann');
      if (others.length > 0) throw new Error(JSON.stringify(others));
      return `after ${seconds(tookMs)}, ${pilot.seen.armed ? 'armed' : 'disarmed by its autopilot'}`;
    });
    await steps.step('its motors stand: locked, arm is refused', async () => {
      await pilot.set(STOPS, 0);
      await pilot.land();
      const isLocked = async (): Promise<string | null> => {
        const words = await site.refused(/./, 'arm');
        return /ground-lock: crash/.test(words) ? words : null;
      };
      const { value } = await until(isLocked, { timeoutMs: 20_000, everyMs: 500, what: 'the lock' });
      const open = (await falls()).map(({ class: name }) => name);
      if (open.length === 0) throw new Error('no alert is open');
      return `${value}; open: ${open.join(', ')}`;
    });
    await steps.step('looked over: unlocked, and its alerts dismissed', async () => {
      await site.succeeds('unlock', { reason: 'looked over, propeller changed' });
      for (const { id } of await falls()) {
        const answer = await fetch(`${o.httpUrl}/api/v1/alerts/${id}/dismiss`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ issuedBy: 'Ann' }),
        });
        if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
      }
      await site.watch(3_000);
      const left = await falls();
      if (left.length > 0) throw new Error(JSON.stringify(left));
      return 'none is raised again';
    });
  } catch (error) {
    if (!(error instanceof FlightEnded)) throw error;
  } finally {
    await pilot.set(STOPS, 0).catch((error: unknown) => console.error(String(error)));
    await pilot.land().catch((error: unknown) => console.error(String(error)));
    await steps.step('the parameters are put back', () => fitted.putBack());
    await site.close();
  }
}
