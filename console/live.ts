/** The WebSocket connection of the page: subscribes, keeps itself alive, and comes back after a break. */
export interface LiveOptions {
  url: () => Promise<string>;
  onMessage: (message: any) => void;
  onState: (state: 'open' | 'closed') => void;
}

const heartbeatMs = 4 * 60_000;
const firstRetryMs = 500;
const longestRetryMs = 30_000;

/** @returns a function that ends the connection for good */
export function connectLive({ url, onMessage, onState }: LiveOptions): () => void {
  let socket: WebSocket | undefined;
  let retryMs = firstRetryMs;
  let isOver = false;
  let heartbeat: ReturnType<typeof setInterval> | undefined;

  const connect = async (): Promise<void> => {
    if (isOver) return;
    socket = new WebSocket(await url());
    socket.addEventListener('open', () => {
      retryMs = firstRetryMs;
      onState('open');
      for (const channel of ['readings', 'alarms', 'status'])
        socket?.send(JSON.stringify({ action: 'subscribe', channel }));
      heartbeat = setInterval(() => socket?.send(JSON.stringify({ action: 'ping' })), heartbeatMs);
    });
    socket.addEventListener('message', (event) => onMessage(JSON.parse(event.data)));
    socket.addEventListener('close', () => {
      clearInterval(heartbeat);
      onState('closed');
      setTimeout(() => void connect(), retryMs * (0.5 + Math.random()));
      retryMs = Math.min(longestRetryMs, retryMs * 2);
    });
  };
  void connect();
  return () => {
    isOver = true;
    socket?.close();
  };
}
