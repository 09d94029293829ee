/**
 * How a delivery drone flies: take-off, climb, legs at 12–15 m/s with turns, descent over the drop, hover, climb, home,
 * landing; in gusts. Truth, in metres from the base, at 5 Hz.
 */
import { type Random, Wander } from './random.ts';

export const STEP_S = 0.2;
const ACCELERATION = 3;
const G = 9.81;

interface Goal {
  readonly north: number;
  readonly east: number;
  readonly up: number;
  readonly speed: number;
  /** There for so long, s. */
  readonly stayS: number;
}

export interface Truth {
  readonly north: number;
  readonly east: number;
  readonly up: number;
  readonly vn: number;
  readonly ve: number;
  readonly vu: number;
  /** Acceleration over the last step. */
  readonly an: number;
  readonly ae: number;
  readonly tiltRad: number;
  readonly armed: boolean;
  readonly inAir: boolean;
}

function planned(random: Random): Goal[] {
  const cruise = random.between(12, 15);
  const up = random.between(50, 110);
  const goals: Goal[] = [{ north: 0, east: 0, up, speed: cruise, stayS: random.between(0, 5) }];
  let north = 0;
  let east = 0;
  let heading = random.between(0, 2 * Math.PI);
  const leg = (): void => {
    heading += random.between(-2, 2);
    const length = random.between(300, 1_500);
    north += length * Math.cos(heading);
    east += length * Math.sin(heading);
    goals.push({ north, east, up: up + random.between(-15, 15), speed: cruise, stayS: random.chance(0.2) ? 10 : 0 });
  };
  const drops = random.chance(0.3) ? 2 : 1;
  for (let drop = 0; drop < drops; drop++) {
    for (let i = random.between(2, 5); i > 0; i--) leg();
    goals.push({ north, east, up: random.between(8, 20), speed: 3, stayS: random.between(20, 60) });
    goals.push({ north, east, up, speed: 3, stayS: 2 });
  }
  goals.push({ north: 0, east: 0, up, speed: cruise, stayS: 3 }, { north: 0, east: 0, up: 0, speed: 2, stayS: 15 });
  return goals;
}

/** Toward `want` by no more than the acceleration allows. */
const toward = (now: number, want: number, most: number): number => now + Math.max(-most, Math.min(most, want - now));

/** Calls back with each step until it stands again. */
export function flyPath(random: Random, onStep: (truth: Truth) => void): void {
  const goals = planned(random);
  const gusts = [new Wander(random), new Wander(random), new Wander(random)] as const;
  const windN = random.between(-6, 6);
  const windE = random.between(-6, 6);
  const gusty = random.between(0.1, 0.6);
  let [north, east, up, vn, ve, vu] = [0, 0, 0, 0, 0, 0];
  const still = { an: 0, ae: 0, tiltRad: 0, inAir: false };
  for (let s = 0; s < 20; s += STEP_S) onStep({ north, east, up, vn, ve, vu, ...still, armed: s > 15 });
  for (const goal of goals) {
    let stayedS = 0;
    let wayS = 0;
    while (stayedS < goal.stayS || stayedS === 0) {
      const [dn, de, du] = [goal.north - north, goal.east - east, goal.up - up];
      const away = Math.hypot(dn, de);
      if (away < 3 && Math.abs(du) < 1.5) stayedS += STEP_S;
      // A goal that a gale keeps it from is given up, so that every flight ends.
      wayS += STEP_S;
      if (wayS > 600) break;
      const speed = Math.min(goal.speed, Math.sqrt(2 * ACCELERATION * 0.6 * away));
      const scale = away < 0.01 ? 0 : speed / away;
      const climb = goal.up === 0 && up < 8 ? -0.7 : Math.max(-2.5, Math.min(3, du));
      const [wasN, wasE] = [vn, ve];
      vn = toward(vn, dn * scale, ACCELERATION * STEP_S) + gusts[0].step(STEP_S, gusty, 2) * STEP_S;
      ve = toward(ve, de * scale, ACCELERATION * STEP_S) + gusts[1].step(STEP_S, gusty, 2) * STEP_S;
      vu = toward(vu, climb, 2 * STEP_S) + gusts[2].step(STEP_S, gusty / 2, 2) * STEP_S;
      const landed = goal.up === 0 && up <= 0.05;
      if (landed) [vn, ve, vu, up] = [0, 0, 0, 0];
      north += vn * STEP_S;
      east += ve * STEP_S;
      up = Math.max(0, up + vu * STEP_S);
      const an = (vn - wasN) / STEP_S;
      const ae = (ve - wasE) / STEP_S;
      const tiltRad = landed ? 0 : Math.atan(Math.hypot(an + 0.2 * (vn - windN), ae + 0.2 * (ve - windE)) / G);
      const armed = !landed || stayedS < 5;
      onStep({ north, east, up, vn, ve, vu, an, ae, tiltRad, armed, inAir: !landed });
    }
  }
}
