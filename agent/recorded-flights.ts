/** The flights in the recordings of a data directory: reads them all, in memory that does not grow with them. */
import { createReadStream } from 'node:fs';
import { parameterEncoding, valueOfWire } from '@skein/hardware/autopilot';
import { decode, type Frame, messageByName } from '@skein/protocol/mavlink';
import type { Terminal } from './cli/index.ts';
import { RecordedSamples, readRecording } from './decode/index.ts';
import { type Flight, FlightFinder } from './flights/index.ts';
import { type Recording, recordingsIn } from './recorder/index.ts';

const CHUNK_BYTES = 256 << 10;
/** All that a flight is found by; of a whole recording little need be decoded. */
const WANTED = new Set(
  (['HEARTBEAT', 'EXTENDED_SYS_STATE', 'GLOBAL_POSITION_INT', 'BATTERY_STATUS', 'SYS_STATUS'] as const).map(
    (name) => messageByName(name).id,
  ),
);

const HEARTBEAT_ID = messageByName('HEARTBEAT').id;
const PARAM_VALUE_ID = messageByName('PARAM_VALUE').id;
const PX4 = 12;
const AUTOPILOT_COMPONENT = 1;

/** Parameters as they were told last: for when no autopilot can be asked. */
class HeardParameters {
  readonly values = new Map<string, number>();
  #flavour: string | null = null;

  take(frame: Frame): void {
    if (frame.compid !== AUTOPILOT_COMPONENT || ![HEARTBEAT_ID, PARAM_VALUE_ID].includes(frame.msgid)) return;
    const message = decode(frame);
    if (message?.name === 'HEARTBEAT') this.#flavour = message.fields.autopilot === PX4 ? 'px4' : 'ardupilot';
    else if (message?.name === 'PARAM_VALUE') {
      const { param_id, param_value, param_type } = message.fields;
      this.values.set(param_id, valueOfWire(param_value, param_type, parameterEncoding(null, this.#flavour)));
    }
  }
}

/** A recording that could not be read, or not all of it. */
export interface Damage {
  readonly file: string;
  readonly words: string;
}

export interface RecordedFlights {
  readonly flights: readonly Flight[];
  readonly recordings: readonly Recording[];
  readonly damaged: readonly Damage[];
  readonly parameters: ReadonlyMap<string, number>;
}

/** Said to people only: a large card takes a while. */
export const progress =
  ({ colours }: Pick<Terminal, 'colours'>) =>
  (nth: number, of: number): void => {
    if (colours && of > 1) process.stderr.write(`\rreading ${nth} of ${of} recordings${nth === of ? '\r\x1b[K' : ''}`);
  };

/** Throws what the system says of the folder. */
export async function recordedFlights(
  folder: string,
  onFile: (nth: number, of: number) => void = () => {},
): Promise<RecordedFlights> {
  const recordings = await recordingsIn(folder);
  const flights: Flight[] = [];
  const damaged: Damage[] = [];
  const parameters = new HeardParameters();
  const finder = new FlightFinder((flight) => flights.push(flight));
  let samples = new RecordedSamples((sample) => finder.take(sample), WANTED);
  let before: Recording | null = null;
  for (const [nth, recording] of recordings.entries()) {
    onFile(nth + 1, recordings.length);
    const anew = before?.run !== recording.run;
    if (anew) samples = new RecordedSamples((sample) => finder.take(sample), WANTED);
    if (!anew && before !== null && recording.part !== before.part + 1) {
      damaged.push({ file: recording.name, words: 'the part before it is gone' });
    }
    finder.file(recording.name, anew);
    before = recording;
    try {
      const { skippedBytes } = await readRecording(createReadStream(recording.path, { highWaterMark: CHUNK_BYTES }), {
        onFrame: (frame, timeUs) => {
          parameters.take(frame);
          if (timeUs !== undefined) samples.take(frame, timeUs);
        },
      });
      if (skippedBytes > 0) damaged.push({ file: recording.name, words: `${skippedBytes} bytes in it are no record` });
    } catch (error) {
      damaged.push({ file: recording.name, words: error instanceof Error ? error.message : String(error) });
    }
  }
  finder.close();
  return { flights, recordings, damaged, parameters: parameters.values };
}
