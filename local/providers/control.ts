/** `/_providers/…`: switches failure modes, shows journals, lets a payer act and providers notify, as tests and people need. */
import type { ProviderServer } from './server.ts';
import type { SimAnswer, SimRequest } from './types.ts';

/**
 * - `GET /_providers` names and settings
 * - `PUT /_providers/{provider}/mode` `{ mode, times?, method?, skip? }`
 * - `POST /_providers/{provider}/payer` `{ id, outcome: pays | authorises | declines }`
 * - `POST /_providers/{provider}/notify` `{ url, id, status?, text?, from?, type? }`: sends it and tells the answer
 * - `GET /_providers/journal?provider=&kind=`, `DELETE /_providers/journal`
 */
export async function control(request: SimRequest, server: ProviderServer): Promise<SimAnswer> {
  const [, first = '', action = ''] = request.path.split('/');
  const { method } = request;
  if (method === 'GET' && first === '')
    return { json: [...server.simulators.values()].map(({ provider, settings }) => ({ provider, settings })) };
  if (first === 'journal') {
    const provider = request.query.get('provider') ?? undefined;
    if (method === 'DELETE') server.journal.clear();
    const kind = request.query.get('kind') ?? undefined;
    return { json: { requests: server.journal.requests(provider), acts: server.journal.acts(provider, kind) } };
  }
  const simulator = server.simulators.get(first);
  if (simulator === undefined) return { status: 404, json: { error: `There is no provider "${first}".` } };
  const input = request.json();
  if (method === 'PUT' && action === 'mode') {
    try {
      server.setMode(first, input);
    } catch (error) {
      return { status: 400, json: { error: (error as Error).message } };
    }
    return { json: input };
  }
  if (method === 'POST' && action === 'payer' && simulator.payerActs) {
    simulator.payerActs(String(input.id), ['authorises', 'declines'].includes(input.outcome) ? input.outcome : 'pays');
    return { json: { id: input.id } };
  }
  if (method === 'POST' && action === 'notify' && simulator.notification) {
    const { url, headers, body, method: verb } = simulator.notification(input);
    const answer = await fetch(url, { method: verb, headers, ...(verb === 'GET' ? {} : { body }), redirect: 'manual' });
    return { json: { status: answer.status, body: (await answer.text()).slice(0, 2_000) } };
  }
  return { status: 404, json: { error: 'There is no such control.' } };
}
