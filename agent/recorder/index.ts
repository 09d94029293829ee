export { Recorder, type RecorderOptions, type RecorderStatus } from './recorder.ts';
export { RECORDINGS_FOLDER, type Recording, recordingsIn } from './recordings.ts';
