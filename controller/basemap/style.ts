/**
 * A style for the ground of the page's map, somebody's own. It may draw what the controller serves and what it brings
 * itself; what it would fetch from elsewhere is refused here, in words, as the page's Content-Security-Policy would
 * refuse it without.
 */

/** The name by which a style calls the configured tiles. */
export const STREETS_URL = 'pmtiles://streets';

export interface GroundStyle {
  readonly sources: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly layers: readonly Readonly<Record<string, unknown>>[];
}

export type StyleJudged =
  | { readonly ok: true; readonly style: GroundStyle }
  | { readonly ok: false; readonly reason: string };

const MAX_SOURCES = 16;
const MAX_LAYERS = 500;

const bad = (reason: string): StyleJudged => ({ ok: false, reason });

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `hasTiles`: tiles are configured, so that STREETS_URL leads somewhere. */
export function judgeStyle(text: string, hasTiles: boolean): StyleJudged {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return bad(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(json) || json.version !== 8) return bad('it is no MapLibre style: "version": 8 is missing');
  const { sources = {}, layers = [] } = json;
  if (!isObject(sources) || !Array.isArray(layers)) return bad('"sources" must be an object and "layers" a list');
  if (Object.keys(sources).length > MAX_SOURCES) return bad(`more than ${MAX_SOURCES} sources`);
  if (layers.length > MAX_LAYERS) return bad(`more than ${MAX_LAYERS} layers`);
  const kept: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const [name, source] of Object.entries(sources)) {
    const reason = isObject(source) ? againstSource(source, hasTiles) : 'must be an object';
    if (reason !== null) return bad(`source ${name}: ${reason}`);
    if (isObject(source)) kept[name] = source;
  }
  const seen = new Set<string>();
  for (const layer of layers as readonly unknown[]) {
    if (!isObject(layer) || typeof layer.id !== 'string') return bad('a layer without "id"');
    if (seen.has(layer.id)) return bad(`layer ${layer.id} is there twice`);
    seen.add(layer.id);
    if (layer.type !== 'background' && !(typeof layer.source === 'string' && Object.hasOwn(kept, layer.source)))
      return bad(`layer ${layer.id}: its source ${String(layer.source)} is not among the sources`);
  }
  return { ok: true, style: { sources: kept, layers: layers as GroundStyle['layers'] } };
}

/** Why a source cannot be drawn, or null. */
function againstSource(source: Readonly<Record<string, unknown>>, hasTiles: boolean): string | null {
  if (source.type === 'geojson') {
    return isObject(source.data)
      ? null
      : '"data" must stand in the style itself: the page fetches from the controller only';
  }
  if (source.type !== 'vector' && source.type !== 'raster')
    return `type ${String(source.type)}: vector, raster and geojson are drawn`;
  if (source.url !== STREETS_URL || source.tiles !== undefined)
    return `the page fetches from the controller only: write "url": "${STREETS_URL}" and no "tiles"; it is the file of map.tiles`;
  return hasTiles ? null : `"${STREETS_URL}" is the file of map.tiles, and none is set`;
}
