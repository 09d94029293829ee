/**
 * Playwright listens to all that a page's network does, and DevTools tells it each frame of a WebSocket, whole: the page's main
 * thread writes it out as JSON, the browser carries it, and the bench reads it. Of a stream of megabytes a second that is more
 * than the page itself does with it, and no reader of the page has it. Nothing of Playwright switches it off.
 */
import type { Page } from 'playwright-core';

interface Insides {
  readonly _connection: {
    toImpl(page: Page): {
      readonly delegate: { readonly _mainFrameSession: { readonly _client: { send(method: string): Promise<void> } } };
    };
  };
}

/** What the page's network does is not told any more; of its own sockets, and after it has come to rest. */
export async function unheard(page: Page): Promise<void> {
  const { _connection } = page as unknown as Insides;
  await _connection.toImpl(page).delegate._mainFrameSession._client.send('Network.disable');
}
