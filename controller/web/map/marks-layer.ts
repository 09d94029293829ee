/**
 * Draws the marks of all drones (marks.ts) as one layer of the map: a rectangle each, cut out of one picture, in one call.
 *
 * As features of a source each move of a drone would go to MapLibre's worker and come back as tiles, all of them for every
 * round; here what is drawn is what is held at that frame, and nothing waits in between.
 */
import type { CustomLayerInterface, Map as MapLibre } from 'maplibre-gl';
import { historyOf } from '../shell/route.ts';
import { FLOATS, type Marks, mercatorX, mercatorY, type View } from './marks.ts';
import type { Atlas } from './sprites.ts';

/** `place`: middle, px, and sine and cosine of its turn. `view`: px to clip space, half a mark, strength of all. */
const VERTEX = `#version 300 es
in vec4 place;
in vec2 look;
uniform vec4 view;
uniform vec2 icons;
out vec3 at;
void main() {
vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1), px = (corner * 2. - 1.) * view.z;
gl_Position = vec4((place.xy + mat2(place.w, place.z, -place.z, place.w) * px) * view.xy, 0, 1);
at = vec3((vec2(mod(look.x, icons.x), floor(look.x / icons.x)) + corner) / icons, look.y * view.w);
}`;
const FRAGMENT = `#version 300 es
precision mediump float;
in vec3 at;
uniform sampler2D picture;
out vec4 colour;
void main() {
colour = texture(picture, at.xy) * at.z;
}`;

/** The fleet of now behind the past: there, and not taken for it. */
const BEHIND = 0.3;

/** Where the map looks now. */
export function viewOf(map: MapLibre): View {
  const { lng, lat } = map.getCenter();
  const { x: atX, y: atY } = map.project([lng, lat]);
  const worldPx = 512 * 2 ** map.getZoom();
  return { x: mercatorX(lng), y: mercatorY(lat), atX, atY, worldPx, bearingDeg: map.getBearing() };
}

/** Smaller from far away. */
function sizeAt(zoom: number): number {
  return 0.7 + 0.3 * Math.max(0, Math.min(1, (zoom - 3) / 9));
}

/** On top of all layers there are; goes with the map. Call what it returns with the pictures in the colours of the theme. */
export function addMarksLayer(map: MapLibre, marks: Marks): (pictures: Atlas) => void {
  let floats: Float32Array = new Float32Array(0);
  let painted = false;
  let atlas: Atlas | null = null;
  let draw: ((gl: WebGL2RenderingContext) => void) | null = null;

  function prepare(gl: WebGL2RenderingContext): (gl: WebGL2RenderingContext) => void {
    const program = gl.createProgram();
    for (const [type, source] of [
      [gl.VERTEX_SHADER, VERTEX],
      [gl.FRAGMENT_SHADER, FRAGMENT],
    ] as const) {
      const shader = gl.createShader(type) as WebGLShader;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    const uniform = (name: string) => gl.getUniformLocation(program, name);
    const [view, icons] = [uniform('view'), uniform('icons')];
    const texture = gl.createTexture();
    const buffer = gl.createBuffer();
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    for (const [name, from, to] of [
      ['place', 0, 4],
      ['look', 4, 6],
    ] as const) {
      const at = gl.getAttribLocation(program, name);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, to - from, gl.FLOAT, false, FLOATS * 4, from * 4);
      gl.vertexAttribDivisor(at, 1);
    }
    gl.bindVertexArray(null);

    return () => {
      const { clientWidth: widthPx, clientHeight: heightPx } = map.getContainer();
      const packed = marks.pack(viewOf(map), { widthPx, heightPx }, floats);
      floats = packed.floats;
      if (packed.count === 0 || atlas === null) return;
      gl.useProgram(program);
      // The first unit, which MapLibre leaves active and a sampler reads by itself.
      gl.bindTexture(gl.TEXTURE_2D, texture);
      if (!painted) {
        painted = true;
        gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, atlas.image);
        // Without smaller versions of itself, which it has none of; its edges are empty.
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
      }
      gl.uniform2f(icons, atlas.columns, atlas.rows);
      gl.uniform4f(
        view,
        2 / widthPx,
        -2 / heightPx,
        (atlas.sidePx / 2) * sizeAt(map.getZoom()),
        historyOf() === null ? 1 : BEHIND,
      );
      gl.bindVertexArray(array);
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, floats.subarray(0, packed.count * FLOATS), gl.DYNAMIC_DRAW);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, packed.count);
      gl.bindVertexArray(null);
    };
  }

  const layer: CustomLayerInterface = {
    ...{ id: 'drones', type: 'custom', renderingMode: '2d' },
    onAdd(_map, gl) {
      draw = prepare(gl as WebGL2RenderingContext);
    },
    render: (gl) => draw?.(gl as WebGL2RenderingContext),
  };
  map.addLayer(layer);

  return (pictures) => {
    atlas = pictures;
    painted = false;
    map.triggerRepaint();
  };
}
