export { Recorder, type RecorderOptions, type RecorderStatus } from './recorder.ts';
