/** Published configurations of a station: versions that never change, their packed document in parts, and the directory ingest goes by. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';

export const versionSchema = z.object({
  stationId: z.string(),
  /** Counts from 1. */
  configurationVersion: z.int(),
  issuedAt: utcTime(),
  publishedBy: z.string(),
  comment: z.optional(z.string()),
  /** The version it repeats, after a restore. */
  restoredFrom: z.optional(z.int()),
  /** Of the packed document, in hexadecimal. */
  sha256: z.string(),
  parts: z.int(),
  counts: z.object({ connections: z.int(), devices: z.int(), points: z.int(), derivedPoints: z.int() }),
  /** What the gateway made of it; missing until it says. */
  outcome: z.optional(
    z.object({
      status: z.enum(['applied', 'refused']),
      at: utcTime(),
      /** Of a refusal. */
      stage: z.optional(z.string()),
      problems: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
    }),
  ),
});

export interface ConfigurationVersion extends z.infer<typeof versionSchema> {
  /** Names the stored parts. */
  buildId: string;
}

type VersionKey = Pick<ConfigurationVersion, 'stationId' | 'configurationVersion'>;

const versionPartition = (stationId: string): KeyParts => ['CONFIGURATIONS', stationId];

export const versionEntity = defineEntity<ConfigurationVersion, VersionKey>()({
  name: 'configuration',
  table: 'scada',
  key: ({ stationId, configurationVersion }) => ({
    pk: versionPartition(stationId),
    sk: [String(configurationVersion).padStart(10, '0')],
  }),
  idOf: ({ stationId, configurationVersion }) => `${stationId}/${configurationVersion}`,
});

/** The document's parts as they travel, and those of the directory. */
export interface ConfigurationPart {
  stationId: string;
  buildId: string;
  kind: 'document' | 'directory';
  /** From 1. */
  part: number;
  /** Base64. */
  data: string;
}

export const partEntity = defineEntity<ConfigurationPart, Omit<ConfigurationPart, 'data'>>()({
  name: 'configuration part',
  table: 'scada',
  key: ({ stationId, buildId, kind, part }) => ({
    pk: ['CONFIGURATION', stationId, buildId],
    sk: [kind, String(part).padStart(4, '0')],
  }),
  idOf: ({ buildId, part }) => `${buildId}/${part}`,
});

/** The latest version, which is the one in force. */
export async function latestVersion(
  session: TenantSession,
  stationId: string,
): Promise<(ConfigurationVersion & { version: number }) | undefined> {
  const { items } = await listVersions(session, stationId, { limit: 1, cursor: undefined });
  return items[0];
}

export const listVersions = (
  session: TenantSession,
  stationId: string,
  page: { limit: number; cursor: string | undefined },
) =>
  session.query<ConfigurationVersion & { version: number; createdAt: string; updatedAt: string }>(versionEntity, {
    pk: versionPartition(stationId),
    order: 'descending',
    consistent: true,
    ...page,
  });

/** @throws AppError `not_found` */
export function requireVersion(session: TenantSession, stationId: string, configurationVersion: number) {
  return session.require(versionEntity, { stationId, configurationVersion });
}

/** All parts of one kind put together. */
export async function readParts(
  session: TenantSession,
  { stationId, buildId }: Pick<ConfigurationVersion, 'stationId' | 'buildId'>,
  kind: ConfigurationPart['kind'],
): Promise<Buffer> {
  const parts: Buffer[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<ConfigurationPart>(partEntity, {
      pk: ['CONFIGURATION', stationId, buildId],
      beginsWith: [kind, ''],
      limit: 20,
      cursor,
    });
    for (const { data } of page.items) parts.push(Buffer.from(data, 'base64'));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return Buffer.concat(parts);
}

/** One part of the document, base64. @throws AppError `not_found` */
export async function readPart(
  session: TenantSession,
  { stationId, buildId }: ConfigurationVersion,
  part: number,
): Promise<string> {
  const found = await session.get(partEntity, { stationId, buildId, kind: 'document', part });
  if (found === undefined) throw notFound(partEntity.name, String(part));
  return found.data;
}
