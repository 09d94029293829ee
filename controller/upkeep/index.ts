export { Groups } from './groups.ts';
export type * from './ports.ts';
export { Settings, type SettingsDoc, type SettingsView } from './settings.ts';
