/** The sections of a batch: one for each kind and instance, in order of first appearance, and which rows are theirs. */
import { formOfKind, instanceOf, KIND_FORMS, type KindForm } from './kind-forms.ts';
import type { Sample } from './kinds.ts';

const NONE = 0xffff;

export class Sections {
  readonly forms: KindForm[] = [];
  readonly #instances: (string | null)[] = [];
  /** Of each kind, the section of its first instance; of the others by kind and instance. */
  readonly #firsts = new Uint16Array(KIND_FORMS.length);
  readonly #further = new Map<string, number>();
  /** Of each section, the one whose row came after a row of it last time. */
  #followed = new Uint16Array(64);
  /** The section of each row. */
  owners = new Uint16Array(1024);
  /** The rows, section by section. */
  order = new Uint16Array(1024);
  /** Where the rows of each section end in `order`. */
  ends = new Uint32Array(64);

  get count(): number {
    return this.forms.length;
  }

  sort(samples: readonly Sample[]): void {
    const rows = samples.length;
    if (this.owners.length < rows) {
      this.owners = new Uint16Array(rows);
      this.order = new Uint16Array(rows);
    }
    this.forms.length = 0;
    this.#instances.length = 0;
    this.#firsts.fill(NONE);
    this.#further.clear();
    let before = NONE;
    for (let row = 0; row < rows; row++) {
      const owner = this.#ownerOf(samples[row] as Sample, before);
      this.owners[row] = owner;
      this.ends[owner] = (this.ends[owner] ?? 0) + 1;
      if (before !== NONE) this.#followed[before] = owner;
      before = owner;
    }
    this.#putInOrder(rows);
  }

  /** Messages come in much the same order again and again: the section that followed last time is looked at first. */
  #ownerOf(sample: Sample, before: number): number {
    if (before !== NONE) {
      const guess = this.#followed[before] ?? NONE;
      const form = this.forms[guess];
      if (form !== undefined && form.kind === sample.kind) {
        if (form.instance === null || instanceOf(form, sample.values) === this.#instances[guess]) return guess;
      }
    }
    return this.#lookUp(sample);
  }

  #lookUp(sample: Sample): number {
    const form = formOfKind.get(sample.kind);
    if (form === undefined) throw new RangeError(`no kind ${sample.kind}`);
    const instance = instanceOf(form, sample.values);
    if (instance === null) {
      const known = this.#firsts[form.place] ?? NONE;
      if (known !== NONE) return known;
      this.#firsts[form.place] = this.count;
    } else {
      const key = `${form.kind}/${instance}`;
      const known = this.#further.get(key);
      if (known !== undefined) return known;
      this.#further.set(key, this.count);
    }
    return this.#add(form, instance);
  }

  #add(form: KindForm, instance: string | null): number {
    const section = this.count;
    this.forms.push(form);
    this.#instances.push(instance);
    if (section >= this.ends.length) this.#grow();
    this.ends[section] = 0;
    this.#followed[section] = NONE;
    return section;
  }

  #grow(): void {
    const [ends, followed] = [this.ends, this.#followed];
    this.ends = new Uint32Array(ends.length * 2);
    this.ends.set(ends);
    this.#followed = new Uint16Array(followed.length * 2);
    this.#followed.set(followed);
  }

  #putInOrder(rows: number): void {
    const { ends, order, owners } = this;
    let start = 0;
    for (let section = 0; section < this.count; section++) {
      const own = ends[section] ?? 0;
      ends[section] = start;
      start += own;
    }
    // What was the start of a section is its end when all its rows are in.
    for (let row = 0; row < rows; row++) {
      const owner = owners[row] ?? 0;
      const at = ends[owner] ?? 0;
      order[at] = row;
      ends[owner] = at + 1;
    }
  }
}
