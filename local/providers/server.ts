/** The HTTP side of the simulators: one server, the first part of a path names the provider, modes decide how it behaves. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Callback } from './callbacks.ts';
import { type Journal, JournalOfProviders } from './journal.ts';
import { type Mode, modes, type Refusal, refusals, type SimAnswer, type SimRequest, type Simulator } from './types.ts';

export interface ModeSetting {
  mode: Mode;
  /** How many requests it holds for. @default all */
  times?: number;
  /** Only requests with this method. @default all */
  method?: string;
  /** How many such requests are answered well first. @default 0 */
  skip?: number;
}

export interface OtherSimulator {
  settings: Record<string, string>;
  setMode(mode: Mode): void;
}

export interface ProviderServer {
  url: string;
  setMode(provider: string, setting: ModeSetting): void;
  journal: Journal;
  simulators: Map<string, Simulator>;
  /** Simulated providers that do not speak HTTP. */
  others: Map<string, OtherSimulator>;
  /** Where providers notify, by name. */
  callbacks: Map<string, Callback>;
  close(): Promise<void>;
}

const maxBodyBytes = 32 * 1024 * 1024;
/** More than a client should take for an answer. */
const hugeBytes = 8 * 1024 * 1024;

export async function serveProviders(
  options: { host: string; port: number; now: () => number },
  control: (request: SimRequest, server: ProviderServer) => Promise<SimAnswer>,
): Promise<ProviderServer> {
  const journal = new JournalOfProviders(options.now);
  const simulators = new Map<string, Simulator>();
  const settings = new Map<string, ModeSetting>();
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as { port: number };

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { provider, request } = await readRequest(incoming);
    if (provider === '_providers') return write(outgoing, await control(request, handleOfServer));
    const simulator = simulators.get(provider);
    if (simulator === undefined) return write(outgoing, { status: 404, json: { error: 'no such provider' } });
    const mode = takeMode(provider, request, simulator);
    journal.received(provider, request, mode);
    if (mode === 'hang') return;
    if (mode === 'garbage') return write(outgoing, { text: '<html>maintenance</html>' });
    if (mode === 'huge') return write(outgoing, { text: `"${'x'.repeat(hugeBytes)}"` });
    if ((refusals as readonly string[]).includes(mode)) return write(outgoing, simulator.failure(mode as Refusal));
    const answer = simulator.answer(request) ?? { status: 404, json: { error: 'no such path' } };
    if (mode === 'lose_answer') outgoing.destroy();
    else write(outgoing, answer);
  };

  const takeMode = (provider: string, request: SimRequest, simulator: Simulator): Mode => {
    const setting = settings.get(provider);
    const isMeant = setting && (setting.method === undefined || setting.method === request.method);
    if (!isMeant || simulator.isPreliminary?.(request)) return 'ok';
    if (setting.skip !== undefined && setting.skip > 0) {
      setting.skip -= 1;
      return 'ok';
    }
    if (setting.times !== undefined) {
      setting.times -= 1;
      if (setting.times <= 0) settings.delete(provider);
    }
    return setting.mode;
  };

  const handleOfServer: ProviderServer = {
    url: `http://${options.host}:${port}`,
    journal,
    simulators,
    others: new Map(),
    callbacks: new Map(),
    setMode(provider, setting) {
      if (!modes.includes(setting.mode)) throw new Error(`No mode "${setting.mode}": one of ${modes.join(', ')}.`);
      const other = handleOfServer.others.get(provider);
      if (other && [setting.times, setting.method, setting.skip].some((part) => part !== undefined))
        throw new Error(`${provider} does not speak HTTP: its mode takes no times, method or skip.`);
      if (other) other.setMode(setting.mode);
      else if (setting.mode === 'ok') settings.delete(provider);
      else settings.set(provider, { ...setting });
    },
    close: () => closeServer(server),
  };
  return handleOfServer;
}

async function readRequest(incoming: IncomingMessage): Promise<{ provider: string; request: SimRequest }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new Error('too large');
    chunks.push(chunk);
  }
  const url = new URL(incoming.url ?? '/', 'http://simulator');
  const [, provider = ''] = url.pathname.split('/');
  const body = Buffer.concat(chunks);
  const request: SimRequest = {
    method: incoming.method ?? 'GET',
    path: url.pathname.slice(provider.length + 1),
    query: url.searchParams,
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body,
    json: () => {
      try {
        return JSON.parse(body.toString('utf8'));
      } catch {
        return {};
      }
    },
    form: () => new URLSearchParams(body.toString('utf8')),
  };
  return { provider, request };
}

function write(outgoing: ServerResponse, { status = 200, headers = {}, json, text }: SimAnswer): void {
  const body = json === undefined ? (text ?? '') : JSON.stringify(json);
  const type = json === undefined ? 'text/plain; charset=utf-8' : 'application/json';
  outgoing.writeHead(status, { 'content-type': type, ...headers });
  outgoing.end(body);
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
