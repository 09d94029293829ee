export { type DoctorPorts, examine } from './examine.ts';
export type { Settings, SettingsFacts, Who } from './facts.ts';
export { FINDINGS, type Finding, type FindingCode } from './finding.ts';
export { probeDisk } from './looks/disk.ts';
export { type Diagnosis, doctorPage } from './page.ts';
export { RUNNING_FORMAT, type RunningFacts } from './running.ts';
