/** The fleet view. Everything is wired here. */
import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/list.css';
import './styles/map.css';
import './styles/detail.css';
import './styles/commands.css';
import './styles/timeline.css';
import './styles/forms.css';
import './styles/preflight.css';
import './styles/results.css';
import './styles/plan.css';
import './styles/orders.css';
import './styles/alerts.css';
import './styles/upkeep.css';
import './styles/events.css';
import './styles/palette.css';
import { createBook } from './commands/book.ts';
import { createDesk } from './commands/desk.ts';
import { connectLive } from './live/connection.ts';
import { createFleet } from './live/fleet.ts';
import { App } from './shell/app.tsx';
import { reportLiveState } from './shell/document-state.ts';
import { followHash } from './shell/route.ts';

const TICK_MS = 250;
const TOGETHER_MS = 50;

const fleet = createFleet({
  monoMs: () => performance.now(),
  // A hidden page gets no frames, but its numbers must be right when it is shown again.
  onFrame: (flush) => {
    // What is much comes in several messages.
    if (document.visibilityState === 'visible') setTimeout(() => requestAnimationFrame(flush), TOGETHER_MS);
    else setTimeout(flush, TICK_MS);
  },
});

followHash();
reportLiveState(fleet);
const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const connection = connectLive(`${scheme}://${location.host}/api/v1/live?pieces=true`, fleet);
setInterval(() => fleet.tick(), TICK_MS);

const book = createBook({
  records: () => fleet.all(),
  onChange: (listener) => fleet.onChange((changed) => listener(changed)),
});
const desk = createDesk(book);

const root = document.getElementById('app');
if (root) render(<App fleet={fleet} connection={connection} book={book} desk={desk} />, root);
