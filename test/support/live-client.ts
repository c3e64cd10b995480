/** A WebSocket listener that keeps what it hears. */
import WebSocket from 'ws';

export interface LiveClient {
  messages: any[];
  send(message: object | string): void;
  /** The first message, now or later, that satisfies. */
  next(satisfies: (message: any) => boolean, timeoutMs?: number): Promise<any>;
  close(): void;
}

/** @throws Error with the HTTP status when the connection is refused */
export async function listen(url: string, token: string, query: Record<string, string> = {}): Promise<LiveClient> {
  const socket = new WebSocket(`${url}?${new URLSearchParams({ token, ...query })}`);
  const messages: any[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    messages.push(JSON.parse(data.toString()));
    for (const look of waiting) look();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_, response) => reject(new Error(`refused with ${response.statusCode}`)));
  });
  return {
    messages,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: (satisfies, timeoutMs = 20_000) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = messages.find(satisfies);
          if (found === undefined) return;
          finish();
          resolve(found);
        };
        const timer = setTimeout(() => {
          finish();
          reject(new Error(`Not heard within ${timeoutMs} ms; heard ${JSON.stringify(messages).slice(0, 1000)}`));
        }, timeoutMs);
        const finish = (): void => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
    close: () => socket.terminate(),
  };
}
