/** What a role or an API key can be given, and what each permission opens. */
import type { DomainManifest } from '../domain/manifest.ts';
import type { Resource, Routes } from '../http/route.ts';

/** Every permission the routes name, with the operations that need it. */
export function permissionCatalogue(
  domains: readonly DomainManifest[],
): { permission: string; operations: string[] }[] {
  const byPermission = new Map<string, string[]>();
  for (const { resource } of domains.flatMap((domain) => domain.resources) as { resource: Resource<Routes> }[]) {
    for (const [operationId, { access }] of Object.entries(resource.routes)) {
      if (access !== 'public' && access !== 'authenticated')
        byPermission.set(access, [...(byPermission.get(access) ?? []), operationId]);
    }
  }
  return [...byPermission]
    .map(([permission, operations]) => ({ permission, operations }))
    .sort((a, b) => (a.permission < b.permission ? -1 : 1));
}
