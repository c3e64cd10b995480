/** `/_providers/…`: switches failure modes, shows journals, lets a payer act and providers notify, as tests and people need. */
import { addressed, type Callback, deliver } from './callbacks.ts';
import type { ProviderServer } from './server.ts';
import type { NotificationInput, SimAnswer, SimRequest, Simulator } from './types.ts';

/**
 * - `GET /_providers` names and settings
 * - `PUT /_providers/{provider}/mode` `{ mode, times?, method?, skip? }`
 * - `PUT /_providers/{provider}/callback` `{ url, origin?, headers? }`: where it notifies from now on
 * - `POST /_providers/{provider}/payer` `{ id, outcome: pays | authorises | declines }`: notifies as well once it knows where
 * - `POST /_providers/{provider}/notify` `{ id, url?, status?, text?, from?, type? }`: sends it and tells the answer
 * - `GET /_providers/journal?provider=&kind=`, `DELETE /_providers/journal`
 */
export async function control(request: SimRequest, server: ProviderServer): Promise<SimAnswer> {
  const [, first = '', action = ''] = request.path.split('/');
  const { method } = request;
  if (method === 'GET' && first === '') return { json: listed(server) };
  if (first === 'journal') return readJournal(request, server);
  const simulator = server.simulators.get(first);
  if (simulator === undefined && !server.others.has(first))
    return { status: 404, json: { error: `There is no provider "${first}".` } };
  const input = request.json();
  if (method === 'PUT' && action === 'mode') {
    try {
      server.setMode(first, input);
    } catch (error) {
      return { status: 400, json: { error: (error as Error).message } };
    }
    return { json: input };
  }
  if (method === 'PUT' && action === 'callback' && simulator?.notification) {
    if (!URL.canParse(String(input.url))) return { status: 400, json: { error: 'url is not an address.' } };
    server.callbacks.set(first, input);
    return { json: { url: input.url } };
  }
  if (method === 'POST' && action === 'payer' && simulator?.payerActs) {
    simulator.payerActs(String(input.id), ['authorises', 'declines'].includes(input.outcome) ? input.outcome : 'pays');
    const notified = await notify(simulator, server.callbacks.get(first), { id: String(input.id) });
    return { json: { id: input.id, notified: notified?.json ?? null } };
  }
  if (method === 'POST' && action === 'notify' && simulator?.notification) {
    if (input.url !== undefined) return deliver(simulator.notification(input));
    const sent = await notify(simulator, server.callbacks.get(first), { ...input, id: String(input.id) });
    return sent ?? { status: 400, json: { error: `Say where: a url, or PUT /_providers/${first}/callback before.` } };
  }
  return { status: 404, json: { error: 'There is no such control.' } };
}

const listed = (server: ProviderServer) => [
  ...[...server.simulators.values()].map(({ provider, settings }) => ({
    provider,
    settings,
    callback: server.callbacks.get(provider)?.url ?? null,
  })),
  ...[...server.others].map(([provider, { settings }]) => ({ provider, settings, callback: null })),
];

function readJournal({ method, query }: SimRequest, { journal }: ProviderServer): SimAnswer {
  const provider = query.get('provider') ?? undefined;
  if (method === 'DELETE') journal.clear();
  return {
    json: { requests: journal.requests(provider), acts: journal.acts(provider, query.get('kind') ?? undefined) },
  };
}

async function notify(
  simulator: Simulator,
  callback: Callback | undefined,
  input: NotificationInput,
): Promise<SimAnswer | undefined> {
  if (callback === undefined || simulator.notification === undefined) return undefined;
  return deliver(addressed(simulator, callback, input), callback.origin);
}
