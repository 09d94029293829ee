/** Import and export. What a file holds that cannot be flown is named; nothing of it is taken then. */
import { signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { download } from '../format/download.ts';
import { aircraft, begin, draft } from './editing.ts';
import { FILE_FORMATS, type FileFormat, FORMAT_WORDS, readFile, writeFile } from './files.ts';

interface Told {
  readonly words: string;
  readonly list: readonly string[];
  readonly bad: boolean;
}

const told = signal<Told | null>(null);

export function FileButtons() {
  const input = useRef<HTMLInputElement>(null);
  const heights = useRef<HTMLSelectElement>(null);
  const read = async (): Promise<void> => {
    const file = input.current?.files?.[0];
    if (file === undefined) return;
    told.value = { words: `${file.name} is being read…`, list: [], bad: false };
    const before = draft.peek();
    const outcome = await readFile(file, heights.current?.value ?? '');
    if (input.current) input.current.value = '';
    if (!outcome.ok) {
      told.value = { words: `${file.name} was not taken`, list: outcome.reasons, bad: true };
    } else if (draft.peek() !== before) {
      const list = ['The itinerary was changed while the file was read. Import it again to have it instead.'];
      told.value = { words: `${file.name} was not taken`, list, bad: true };
    } else {
      begin(outcome.itinerary);
      told.value = { words: `${file.name} is open`, list: outcome.notes, bad: false };
    }
  };
  const save = async (format: FileFormat): Promise<void> => {
    const plan = draft.peek();
    if (plan === null) return;
    const outcome = await writeFile(plan, format, aircraft.peek().flavour);
    const about = FORMAT_WORDS[format];
    if (!outcome.ok) {
      told.value = { words: `${about} was not written`, list: outcome.reasons, bad: true };
      return;
    }
    const { text, leftOut } = outcome;
    download(text, `${plan.id}.${format}`);
    told.value = leftOut.length === 0 ? null : { words: `${about} has no place for this`, list: leftOut, bad: false };
  };
  return (
    <section class="plan-files" aria-label="Files">
      <label class="second">
        Import…
        <input
          ref={input}
          type="file"
          class="visually-hidden"
          accept=".json,.plan,.waypoints,.txt,.geojson"
          onChange={() => void read()}
        />
      </label>
      <label class="field">
        <span class="visually-hidden">Heights of a GeoJSON count from</span>
        <select ref={heights} name="heightReference" title="What the heights of a GeoJSON count from">
          <option value="">heights: as the file says</option>
          <option value="home">heights: above home</option>
          <option value="amsl">heights: above sea level</option>
          <option value="terrain">heights: above the ground</option>
        </select>
      </label>
      <div class="plan-exports">
        {FILE_FORMATS.map((format) => (
          <button key={format} type="button" class="link" data-export={format} onClick={() => void save(format)}>
            {FORMAT_WORDS[format]}
          </button>
        ))}
      </div>
      {told.value !== null && (
        <div class="plan-told" role="status" data-bad={told.value.bad}>
          <b>{told.value.words}</b>
          <ul>
            {told.value.list.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
