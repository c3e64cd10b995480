/** Routes of the configurations of stations. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId, label, queryInteger } from '../../../layers/kernel/schema/common.ts';
import { comparedLists } from '../../../layers/scada/configuration-diff.ts';
import { versionSchema } from './version-entity.ts';

const read = 'scada:devices:read';
const publish = 'scada:configurations:publish';
const params = z.object({ id: externalId() });
const versionParams = z.object({ id: externalId(), version: queryInteger(1, 2 ** 31) });
const fields = z.record(z.string(), z.object({ old: z.optional(z.unknown()), new: z.optional(z.unknown()) }));
const listDifference = z.object({
  added: z.array(z.string()),
  removed: z.array(z.string()),
  changed: z.array(z.object({ id: z.string(), fields })),
});
const difference = z.object({
  ...(Object.fromEntries(comparedLists.map((name) => [name, listDifference])) as Record<
    (typeof comparedLists)[number],
    typeof listDifference
  >),
  settings: fields,
});
/** May be left out whole. */
const publication = z._default(z.strictObject({ comment: z.optional(label(500)) }), {});

/** `{id}` is the code of the station. */
export const configurations = defineResource({
  name: 'configurations',
  base: '/api/scada/configurations',
  title: 'Configurations of stations',
  routes: {
    listConfigurations: {
      method: 'GET',
      path: '/{id}',
      access: read,
      summary: 'Published configurations of a station, newest first, with what its gateway made of them.',
      params,
      response: z.array(versionSchema),
      paginated: true,
      errors: ['not_found'],
    },
    publishConfiguration: {
      method: 'POST',
      path: '/{id}',
      access: publish,
      summary: 'Publish the configuration of a station from its protocols, devices and points.',
      description:
        'The document is checked as the gateway will check it; `errors` of a 422 name each problem. The gateway fetches it, tries it, and says whether it runs by it: see `outcome` and the events `station.configuration_applied` and `station.configuration_refused`.',
      params,
      body: publication,
      response: versionSchema,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    previewConfiguration: {
      method: 'GET',
      path: '/{id}/preview',
      access: read,
      summary: 'What publishing now would change.',
      params,
      response: difference,
      errors: ['not_found', 'unprocessable'],
    },
    getConfiguration: {
      method: 'GET',
      path: '/{id}/{version}',
      access: read,
      summary: 'Get one published configuration, with its document unless that is too large for an answer.',
      params: versionParams,
      response: z.extend(versionSchema, { document: z.nullable(z.record(z.string(), z.unknown())) }),
      errors: ['not_found'],
    },
    compareConfigurations: {
      method: 'GET',
      path: '/{id}/{version}/diff',
      access: read,
      summary: 'What changed from another version to this one.',
      params: versionParams,
      query: z.object({
        /** The earlier version. @default the one before */
        against: z.optional(queryInteger(1, 2 ** 31)),
      }),
      response: difference,
      errors: ['not_found'],
    },
    restoreConfiguration: {
      method: 'POST',
      path: '/{id}/{version}/restore',
      access: publish,
      summary: 'Publish an older configuration again, under a new version.',
      description:
        'Protocols, devices and points stay as they are; the next `publishConfiguration` builds from them again.',
      params: versionParams,
      body: publication,
      response: versionSchema,
      errors: ['not_found', 'conflict'],
    },
  },
});
