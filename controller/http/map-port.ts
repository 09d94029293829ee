/** What the page's map is drawn on, as the routes ask for it. */
export interface MapPort {
  /** Null: no tiles are configured. */
  readonly tilesPath: string | null;
  view(): Promise<{
    readonly tiles: { readonly version: string | null; readonly words: string | null } | null;
    readonly style: { readonly style: object | null; readonly words: string | null } | null;
  }>;
}
