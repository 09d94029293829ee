/**
 * How one column of a sample kind is typed in memory and scaled on the wire.
 *
 * A number column holds `value × 10^digits` as an integer, so that what the autopilot reports as an integer (degE7,
 * mm, cm/s, cdeg, mV …) comes back exactly; decoding divides by the power of ten, which rounds correctly.
 */
export interface NumberColumn {
  readonly type: 'number';
  readonly unit: string;
  /** Decimal places kept: the wire integer is `round(value × 10^digits)`, |integer| < 2^51; beyond, null. */
  readonly digits: number;
  readonly doc: string;
}

export interface TextColumn {
  readonly type: 'text';
  readonly doc: string;
}

export interface FlagColumn {
  readonly type: 'flag';
  readonly doc: string;
}

/** One of a list of names; the wire carries the index, so the list only ever grows at its end. */
export interface ChoiceColumn<N extends string = string> {
  readonly type: 'choice';
  readonly names: readonly N[];
  readonly doc: string;
}

/** A short list of numbers of one scale (battery cells, motors). */
export interface ListColumn {
  readonly type: 'list';
  readonly unit: string;
  readonly digits: number;
  readonly doc: string;
}

export type Column = NumberColumn | TextColumn | FlagColumn | ChoiceColumn | ListColumn;

export const num = (unit: string, digits: number, doc: string): NumberColumn => ({ type: 'number', unit, digits, doc });
export const text = (doc: string): TextColumn => ({ type: 'text', doc });
export const flag = (doc: string): FlagColumn => ({ type: 'flag', doc });
export const choice = <const N extends string>(names: readonly N[], doc: string): ChoiceColumn<N> => ({
  type: 'choice',
  names,
  doc,
});
export const list = (unit: string, digits: number, doc: string): ListColumn => ({ type: 'list', unit, digits, doc });

/** The value of a column in a sample; null where the autopilot said nothing or said "unknown". */
export type ColumnValue<C extends Column> = C extends NumberColumn
  ? number | null
  : C extends FlagColumn
    ? boolean | null
    : C extends ChoiceColumn<infer N>
      ? N | null
      : C extends ListColumn
        ? readonly (number | null)[] | null
        : string | null;
