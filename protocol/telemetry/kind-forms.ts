/** What codec 2 wants to know of a kind while it writes or reads a batch, put together once. */
import type { Column } from './columns.ts';
import { BOOT_MS, type Cell, formOf, SHAPE } from './forms.ts';
import { columnsOf, KIND_NAMES, KINDS, type KindName, type Sample, type Values } from './kinds.ts';
import { ROW_FORMS, type RowForm } from './rows.generated.ts';

export interface KindForm {
  readonly kind: KindName;
  readonly id: number;
  /** As their place on the wire: time_boot_ms, then those of the kind. */
  readonly columns: readonly Column[];
  /** Of each column, its form when every row has a value of its own. */
  readonly forms: readonly number[];
  /** Of a column that holds texts or lists its place among those of a row, else −1. */
  readonly others: readonly number[];
  readonly rows: RowForm<Sample['values']>;
  /** What tells the instances of a kind apart, of which each has a section of its own; null: it has one only. */
  readonly instance: ((values: Sample['values']) => Cell) | null;
  /** Place in KIND_FORMS. */
  readonly place: number;
}

const INSTANCE_OF: { readonly [K in KindName]?: (values: Values<K>) => Cell } = {
  battery: ({ instance }) => instance,
  gps: ({ instance }) => instance,
  esc: ({ first }) => first,
};

function kindForm(kind: KindName, place: number): KindForm {
  const columns = [BOOT_MS, ...columnsOf(kind).map(([, column]) => column)];
  let others = 0;
  return {
    ...{ kind, id: KINDS[kind].id, columns },
    forms: columns.map((column) => formOf(column, SHAPE.every)),
    others: columns.map(({ type }) => (type === 'text' || type === 'list' ? others++ : -1)),
    // A row is given to the form of its own kind only.
    rows: ROW_FORMS[kind] as RowForm<never> as RowForm<Sample['values']>,
    instance: (INSTANCE_OF[kind] as KindForm['instance'] | undefined) ?? null,
    place,
  };
}

/** In the order of the catalogue. */
export const KIND_FORMS: readonly KindForm[] = KIND_NAMES.map(kindForm);
export const formOfKind: ReadonlyMap<string, KindForm> = new Map(KIND_FORMS.map((form) => [form.kind, form]));
export const formOfId: ReadonlyMap<number, KindForm> = new Map(KIND_FORMS.map((form) => [form.id, form]));

/** Which instance a row is of; null for the first, or the only one. */
export function instanceOf(form: KindForm, values: Sample['values']): string | null {
  if (form.instance === null) return null;
  const instance = form.instance(values);
  return instance === null || instance === 0 ? null : String(instance);
}
