/** What a schema cannot say of an endpoint: the address may be reached, the patterns match something, the ways of delivery fit together. */
import { AppError, type ErrorDetail } from '../../../layers/kernel/errors/app-error.ts';
import { checkEndpointUrl } from '../../../layers/webhooks/endpoint-url.ts';
import { patternProblem } from '../../../layers/webhooks/event-pattern.ts';
import { loadCatalog } from '../catalog/load-catalog.ts';
import { addressPolicy } from '../config.ts';
import type { Webhook } from './webhook-entity.ts';
import { masked } from './webhook-view.ts';

interface Checked extends Partial<Pick<Webhook, 'url' | 'subscribedEvents'>> {
  headers?: Record<string, string> | null | undefined;
}

/**
 * @param given what the client sent; only that is checked against addresses and catalogue, so that an endpoint whose
 * event type was retired can still be changed
 * @param result the endpoint as it would be
 * @param oldHeaderNames headers whose values may come back masked
 * @throws AppError `validation_failed` naming every field
 */
export async function checkWebhook(
  given: Checked,
  result: Pick<Webhook, 'batch' | 'ordering'>,
  oldHeaderNames: readonly string[] = [],
): Promise<void> {
  const details: ErrorDetail[] = [];
  const wrong = (path: string, message: string): void => void details.push({ in: 'body', path, message });
  if (given.url !== undefined) {
    const checked = checkEndpointUrl(given.url, addressPolicy());
    if ('problem' in checked) wrong('/url', checked.problem);
  }
  const { subscribableTypes } = given.subscribedEvents ? await loadCatalog() : { subscribableTypes: [] };
  given.subscribedEvents?.forEach((pattern, i) => {
    const problem = patternProblem(pattern, subscribableTypes);
    if (problem !== undefined) wrong(`/subscribedEvents/${i}`, problem);
  });
  for (const [name, value] of Object.entries(given.headers ?? {}))
    if (value === masked && !oldHeaderNames.includes(name))
      wrong(`/headers/${name}`, 'There is no value behind the mask.');
  if (result.batch && result.ordering === 'aggregate')
    wrong('/batch', 'Batches and ordering by aggregate exclude each other: a lane has one message in flight.');
  if (details.length > 0) throw new AppError('validation_failed', undefined, { details });
}
