import t from 'tap';
import { MAX_WINDOW_BYTES, windowBytes } from './window.ts';

const load = { depthBytes: 0, budgetBytes: 64e6, drones: 10, storeFailed: false };

t.test('room enough: the most anybody needs', (t) => {
  t.equal(windowBytes('history', load), MAX_WINDOW_BYTES);
  t.end();
});

t.test('history gives way before urgent', (t) => {
  const full = { ...load, depthBytes: 32e6 };
  t.equal(windowBytes('history', full), 0);
  t.ok(windowBytes('urgent', full) > 0);
  t.end();
});

t.test('a failing store takes nothing', (t) => {
  t.equal(windowBytes('urgent', { ...load, storeFailed: true }), 0);
  t.end();
});

t.test('a large fleet shares, but nobody starves while there is room', (t) => {
  const many = windowBytes('history', { ...load, drones: 10_000 });
  t.ok(many >= 16_384 && many < MAX_WINDOW_BYTES, `${many}`);
  t.end();
});
