export { csvHead, csvLine, KIND_NAMES } from './csv.ts';
export { decodeRecording, summaryLine } from './decode.ts';
export { type ReadRecording, readRecording } from './recording.ts';
export { RecordedSamples } from './samples.ts';
export { MAX_POINTS, TRACK_FORMATS, Track, type TrackFormat } from './track.ts';
