/** Facts → findings, area by area. */
import type { DoctorFacts } from '../facts.ts';
import { AREAS, type Area, type Finding } from '../finding.ts';
import { agent } from './agent.ts';
import { clock } from './clock.ts';
import { data, disk } from './data.ts';
import { device } from './device.ts';
import { line } from './line.ts';
import { ports } from './ports.ts';
import { program, settings } from './settings.ts';
import { uplink } from './uplink.ts';
import { vehicle } from './vehicle.ts';

const CHECKS: Readonly<Record<Area, (facts: DoctorFacts) => readonly Finding[]>> = {
  settings,
  program,
  agent,
  data,
  disk,
  clock,
  device,
  line,
  vehicle,
  ports,
  uplink,
};

export const findingsOf = (facts: DoctorFacts): readonly Finding[] => AREAS.flatMap((area) => CHECKS[area](facts));
