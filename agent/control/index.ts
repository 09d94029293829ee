export { Commander } from './commander.ts';
export { GroundLinkRule } from './ground-link.ts';
export { ControlSampler, presenceOf } from './report.ts';
