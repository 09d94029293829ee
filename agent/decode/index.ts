export { type DecodeSummary, decodeRecording, summaryLine } from './decode.ts';
