/** A small picture drawn in lines of the colour around it. Decoration: what it means is said beside it, or by its button. */
export interface IconProps {
  /** Side of the square that the path is drawn in; shown at `px`, at 1 : 1 unless said. */
  readonly box: number;
  readonly px?: number;
  readonly path: string;
  readonly width: number;
  /** Where nothing beside it says what it means. */
  readonly label?: string;
}

export function Icon({ box, px = box, path, width, label }: IconProps) {
  return (
    <svg
      width={px}
      height={px}
      viewBox={`0 0 ${box} ${box}`}
      fill="none"
      stroke="currentColor"
      stroke-width={width}
      stroke-linecap="round"
      stroke-linejoin="round"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={!label}
    >
      <path d={path} />
    </svg>
  );
}

/** A looking glass. */
export const SEARCH: IconProps = {
  box: 16,
  px: 14,
  path: 'M2.5 7a4.5 4.5 0 1 0 9 0 4.5 4.5 0 1 0-9 0M10.5 10.5l3.5 3.5',
  width: 1.6,
};
