/**
 * A plugin of Swagger UI that looks references up in the document. Its own resolver for OpenAPI 3.1 reads the whole document
 * again for each operation that is opened, for references into other documents that ours does not have: seconds instead of
 * milliseconds.
 * @see https://swagger.io/docs/open-source-tools/swagger-ui/customization/plugin-api/ (`fn` replaces functions of the system)
 * @see https://github.com/swagger-api/swagger-ui/issues/10250
 */
import { inlined } from '../../layers/kernel/openapi/references.ts';
import type { Json } from '../../layers/kernel/openapi/to-schema.ts';

/** @param path steps into the document, e.g. `paths`, `/api/health`, `get` */
const resolveSubtree = async (
  document: Json,
  path: readonly string[],
): Promise<{ errors: unknown[]; spec: unknown }> => {
  const subtree = path.reduce<any>((node, step) => node?.[step], document);
  return { errors: [], spec: subtree === undefined ? null : inlined(document, subtree) };
};

export const localReferences = () => ({ fn: { resolveSubtree } });
