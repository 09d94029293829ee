export { isGoingHome } from './going-home.ts';
export { Ladder, type LadderStatus } from './ladder.ts';
