import t from 'tap';
import { type Inks, schemaOf, streetLayers } from './street-layers.ts';

const INKS: Inks = { land: '#1', water: '#2', green: '#3', building: '#4', road: '#5', label: '#6' };
const PROTOMAPS = ['earth', 'landuse', 'water', 'buildings', 'roads', 'places'];
const OPENMAPTILES = ['water', 'landcover', 'transportation', 'transportation_name', 'building', 'place'];

t.test('the schema is told by the layers; another archive needs a style of its own', async (t) => {
  t.equal(schemaOf(PROTOMAPS), 'protomaps');
  t.equal(schemaOf(OPENMAPTILES), 'openmaptiles');
  t.equal(schemaOf(['contours']), null);
  t.equal(schemaOf([]), null);
});

t.test(
  'only what the archive has is drawn, each layer under a name of its own, large roads over small ones',
  async (t) => {
    for (const [schema, has] of [
      ['protomaps', PROTOMAPS],
      ['openmaptiles', OPENMAPTILES],
    ] as const) {
      const layers = streetLayers(schema, has, INKS, ['Sans']);
      const ids = layers.map(({ id }) => id);
      t.equal(new Set(ids).size, ids.length);
      t.ok(layers.every((layer) => 'source-layer' in layer && has.includes(layer['source-layer'] ?? '')));
      const roads = ids.filter((id) => id.startsWith('streets-road-') && !id.endsWith('names'));
      t.equal(roads.length, 4);
      t.match(roads.at(-1), /highway|motorway/);
    }
    t.same(
      streetLayers('protomaps', ['water'], INKS, ['Sans']).map(({ id }) => id),
      ['streets-water', 'streets-waterway'],
    );
  },
);
