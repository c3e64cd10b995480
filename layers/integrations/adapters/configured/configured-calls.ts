/** Providers whose operations are whatever their mapping says: Seha, Tatman and the generic HTTP provider. */
import {
  defineProvider,
  type GenericAnswer,
  type GenericCall,
  type ProviderAbout,
  type ProviderContext,
  type ProviderDefinition,
  ProviderError,
} from '../../provider.ts';
import { mappingOf } from './configured-payment.ts';
import { type InboundMappingInput, readMappedEvent } from './inbound.ts';
import type { MappingInput } from './mapping.ts';
import { runMapping } from './run-mapping.ts';

const inbound: InboundMappingInput = { id: 'id', type: 'other', occurredAt: 'time', data: { event: 'event' } };

export function configuredCalls<K extends 'health_platform' | 'insurance' | 'http'>(
  about: ProviderAbout<K>,
  defaults: Readonly<Record<string, MappingInput>>,
): ProviderDefinition<K> {
  const call = async (
    context: ProviderContext,
    { operation, parameters, reference }: GenericCall,
  ): Promise<GenericAnswer> => {
    if (operation === 'check') throw new ProviderError('rejected', 'There is no such operation.');
    const mapping = mappingOf(context, defaults, operation);
    const values = { ...parameters, reference };
    const effect = mapping.method === 'GET' ? 'read' : 'act';
    const { fields, body } = await runMapping(context, mapping, values, effect);
    return { status: 200, data: Object.keys(mapping.result).length === 0 ? body : fields };
  };
  const definition: ProviderDefinition<any> = {
    ...about,
    async check(context) {
      await runMapping(context, mappingOf(context, defaults, 'check'), {}, 'read');
    },
    operations: (context) => ({ call: (request: GenericCall) => call(context, request) }),
    inbound: async (context, request) => ({ events: [readMappedEvent(context, request, inbound)] }),
  };
  return defineProvider(definition);
}
