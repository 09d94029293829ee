/** Frames of a recording → samples as the agent makes them in flight, of the first autopilot in it. */
import { decode, type Frame } from '@skein/protocol/mavlink';
import { type Sample, Sampler, StatusTexts } from '@skein/protocol/telemetry';

const AUTOPILOT_COMPONENT = 1;

export class RecordedSamples {
  readonly #onSample: (sample: Sample) => void;
  readonly #only: ReadonlySet<number> | null;
  readonly #sampler = new Sampler();
  readonly #texts = new StatusTexts();
  #sysid: number | null = null;

  /** `only`: messages of other ids are not even decoded. Stamps of the samples are times of the recording. */
  constructor(onSample: (sample: Sample) => void, only: ReadonlySet<number> | null = null) {
    this.#onSample = onSample;
    this.#only = only;
  }

  get sysid(): number | null {
    return this.#sysid;
  }

  take(frame: Frame, timeUs: number): void {
    if (frame.compid !== AUTOPILOT_COMPONENT || (this.#only !== null && !this.#only.has(frame.msgid))) return;
    this.#sysid ??= frame.sysid;
    if (frame.sysid !== this.#sysid) return;
    const message = decode(frame);
    if (message === null) return;
    const samples =
      message.name === 'STATUSTEXT'
        ? this.#texts.take(message.fields, timeUs)
        : [...this.#texts.expire(timeUs), ...this.#sampler.take(message, timeUs, frame.sysid)];
    for (const sample of samples) this.#onSample(sample);
  }
}
