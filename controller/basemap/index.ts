export { Basemap, type BasemapConfig, type BasemapView } from './basemap.ts';
