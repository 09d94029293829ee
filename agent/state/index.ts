export { type AgentState, StateFile } from './state.ts';
