export { AirframeWatch } from './airframe.ts';
export { Commander } from './commander.ts';
export { CompanyWatch } from './company.ts';
export { GroundLinkRule } from './ground-link.ts';
export { ControlSampler, presenceOf } from './report.ts';
