/** Lambda entry of `/api/scada/configurations`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { diffConfigurations } from '../../../layers/scada/configuration-diff.ts';
import { requireStation } from '../contract.ts';
import {
  previewConfiguration,
  publishConfiguration,
  readDocument,
  restoreConfiguration,
} from './publish-configuration.ts';
import { configurations } from './routes.ts';
import { type ConfigurationVersion, listVersions, requireVersion } from './version-entity.ts';

/** Lambda answers with 6 MB at most, and JSON in JSON grows. */
const maxDocumentCharacters = 4_000_000;

export const handler = serve(
  configurations,
  {
    listConfigurations: async ({ session, params, page }) => {
      await requireStation(session, params.id);
      const { items, nextCursor } = await listVersions(session, params.id, page);
      return { data: items.map(present), pagination: { limit: page.limit, nextCursor } };
    },
    publishConfiguration: async ({ session, params, body, principal }) => ({
      data: present(
        await publishConfiguration(session, params.id, { publishedBy: principal.subject, comment: body.comment }),
      ),
    }),
    previewConfiguration: async ({ session, params }) => ({ data: await previewConfiguration(session, params.id) }),
    getConfiguration: async ({ session, params }) => {
      const version = await requireVersion(session, params.id, params.version);
      const document = await readDocument(session, version);
      const fits = JSON.stringify(document).length <= maxDocumentCharacters;
      return { data: { ...present(version), document: fits ? document : null } };
    },
    compareConfigurations: async ({ session, params, query }) => {
      const version = await requireVersion(session, params.id, params.version);
      const against = query.against ?? params.version - 1;
      const before = against === 0 ? undefined : await requireVersion(session, params.id, against);
      return {
        data: diffConfigurations(before && (await readDocument(session, before)), await readDocument(session, version)),
      };
    },
    restoreConfiguration: async ({ session, params, body, principal }) => {
      const version = await requireVersion(session, params.id, params.version);
      return {
        data: present(
          await restoreConfiguration(session, version, { publishedBy: principal.subject, comment: body.comment }),
        ),
      };
    },
  },
  { table: 'scada' },
);

function present<V extends ConfigurationVersion>({ buildId: _, ...shown }: V): Omit<V, 'buildId'> {
  return shown;
}
