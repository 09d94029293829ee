/**
 * The page that ours is held against: MapLibre, one source, one layer of turned icons, and what comes over the socket put
 * into it as it comes. Nothing else: no letters, no list, no ages, no trails.
 */
import type { GeoJSONSource } from 'maplibre-gl';

export interface BareOptions {
  /** Of the module as the browser loads it. */
  readonly library: string;
  readonly stream: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Runs in the browser: refers to nothing outside itself. Resolves when the first points are in. */
export async function bareMap({ library, stream, widthPx, heightPx }: BareOptions): Promise<void> {
  type Place = readonly [id: string, lonDeg: number, latDeg: number, headingDeg: number];
  const { Map: MapLibre } = (await import(library)) as typeof import('maplibre-gl');
  const container = document.getElementById('map') as HTMLDivElement;
  Object.assign(document.body.style, { margin: '0' });
  Object.assign(container.style, { width: `${widthPx}px`, height: `${heightPx}px` });
  const map = new MapLibre({
    container,
    attributionControl: false,
    fadeDuration: 0,
    style: {
      version: 8,
      sources: { points: { type: 'geojson', data: { type: 'FeatureCollection', features: [] } } },
      layers: [
        { id: 'ground', type: 'background', paint: { 'background-color': '#e8ecef' } },
        {
          ...{ id: 'points', type: 'symbol', source: 'points' },
          layout: {
            'icon-image': 'mark',
            'icon-rotate': ['get', 'headingDeg'],
            'icon-rotation-alignment': 'map',
            'icon-allow-overlap': true,
            'icon-ignore-placement': true,
          },
        },
      ],
    },
  });
  await map.once('load');
  const side = 40;
  const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side });
  const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
  pen.fillStyle = '#14517d';
  pen.fill(new Path2D('M20 4 32 34 20 28 8 34Z'));
  map.addImage('mark', pen.getImageData(0, 0, side, side), { pixelRatio: 2 });

  const source = map.getSource('points') as GeoJSONSource;
  const point = (lonDeg: number, latDeg: number) => ({ type: 'Point' as const, coordinates: [lonDeg, latDeg] });
  // What of it has come to be drawn, for page-watch.ts to read: in the source, then in the first tile made of it.
  const waiting: number[] = [];
  let inSource: number | undefined;
  let inTiles: number | undefined;
  map.on('sourcedata', ({ tile }: { tile?: unknown }) => {
    if (tile) inTiles = inSource;
  });
  map.on('render', () => {
    if (inTiles !== undefined) container.dataset.toldMs = String(inTiles);
    inTiles = undefined;
  });
  const socket = new WebSocket(stream);
  await new Promise<void>((resolve) => {
    let begun = false;
    socket.onmessage = ({ data }) => {
      const { stampMs, places } = JSON.parse(String(data)) as { stampMs: number; places: readonly Place[] };
      if (begun) {
        const update = places.map(([id, lonDeg, latDeg, headingDeg]) => ({
          id,
          newGeometry: point(lonDeg, latDeg),
          addOrUpdateProperties: [{ key: 'headingDeg', value: headingDeg }],
        }));
        waiting.push(stampMs);
        void source.updateData({ update }).then(() => {
          // All that waited went together.
          [inSource] = waiting.splice(0).slice(-1);
        });
        return;
      }
      begun = true;
      const add = places.map(([id, lonDeg, latDeg, headingDeg]) => ({
        ...{ type: 'Feature' as const, id, geometry: point(lonDeg, latDeg) },
        properties: { id, headingDeg },
      }));
      void source.updateData({ add });
      const lons = places.map(([, lonDeg]) => lonDeg);
      const lats = places.map(([, , latDeg]) => latDeg);
      const bounds: [number, number, number, number] = [
        ...([Math.min(...lons), Math.min(...lats)] as const),
        ...([Math.max(...lons), Math.max(...lats)] as const),
      ];
      map.fitBounds(bounds, { padding: 90, duration: 0 });
      resolve();
    };
  });
}
