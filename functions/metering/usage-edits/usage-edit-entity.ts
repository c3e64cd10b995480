/**
 * How edits of usage are stored. One row of a meter names all that ever counted, and its version keeps two persons from editing one
 * stretch at once. The meter says whether there is such a row, so that bills of the others need not ask.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { EditedStretch } from '../../../layers/metering/edit-curve.ts';
import type { Meter } from '../meters/meter-schema.ts';
import type { EditedEnergy, UsageEdit } from './usage-edit-schema.ts';

export const usageEditEntity = defineEntity<UsageEdit>()({
  name: 'usage edit',
  table: 'metering',
  key: ({ id }) => ({ pk: ['USAGE-EDIT', id], sk: ['USAGE-EDIT'] }),
  indexes: {
    gsi1: ({ meterId, from, id }) => ({ pk: ['METER-USAGE-EDITS', meterId], sk: [from, id] }),
    gsi2: ({ status, id }) => (status === 'requested' ? { pk: ['USAGE-EDITS-WAITING'], sk: [id] } : undefined),
  },
  idOf: ({ id }) => id,
});

/** One interval: its end (milliseconds), the units that count, and those that counted before. */
export interface UsageCell {
  to: number;
  units: bigint;
  old: bigint | undefined;
}

/** Apart from the edit, so that lists stay light. */
const usageCellsEntity = defineEntity<{ id: string; cells: string }, { id: string }>()({
  name: 'cells of a usage edit',
  table: 'metering',
  key: ({ id }) => ({ pk: ['USAGE-EDIT', id], sk: ['CELLS'] }),
  idOf: ({ id }) => id,
});

/** Three thousand cells are about a hundred kilobytes; a third of DynamoDB's largest item. */
export const cellsRow = (id: string, cells: readonly UsageCell[]) =>
  [
    usageCellsEntity,
    {
      id,
      cells: JSON.stringify(
        cells.map(({ to, units, old }) => [to, `${units}`, ...(old === undefined ? [] : [`${old}`])]),
      ),
    },
  ] as const;

export async function readCells(session: TenantSession, id: string): Promise<UsageCell[]> {
  const { cells } = await session.require(usageCellsEntity, { id });
  return (JSON.parse(cells) as [number, string, string?][]).map(([to, units, old]) => ({
    to,
    units: BigInt(units),
    old: old === undefined ? undefined : BigInt(old),
  }));
}

export interface MeterUsageEdits {
  meterId: string;
  /** All that ever counted, in order of decision; `until` when it no longer does. Times are ISO 8601. */
  edits: (Pick<UsageEdit, 'id' | 'from' | 'to' | 'energy' | 'method'> & { since: string; until?: string })[];
}

export const meterUsageEditsEntity = defineEntity<MeterUsageEdits, { meterId: string }>()({
  name: 'usage edits of a meter',
  table: 'metering',
  key: ({ meterId }) => ({ pk: ['METER', meterId], sk: ['USAGE-EDITS'] }),
  idOf: ({ meterId }) => meterId,
});

/** A stretch of one of the energies of a meter. */
export interface EnergyStretch extends EditedStretch {
  energy: EditedEnergy;
}

/**
 * Stretches that a person decided about and that touch a period, milliseconds.
 * @param knownMs as it was at that moment. @default as it is
 */
export async function editedStretches(
  session: TenantSession,
  { id: meterId, hasUsageEdits = false }: Pick<Meter, 'id' | 'hasUsageEdits'>,
  { start, end }: { start: number; end: number },
  knownMs?: number,
): Promise<EnergyStretch[]> {
  if (!hasUsageEdits) return [];
  const row = await session.get(meterUsageEditsEntity, { meterId }, { consistent: true });
  const counts = ({ since, until }: MeterUsageEdits['edits'][number]): boolean =>
    knownMs === undefined
      ? until === undefined
      : Date.parse(since) <= knownMs && (until === undefined || Date.parse(until) > knownMs);
  const found = (row?.edits ?? []).filter(
    (edit) => Date.parse(edit.from) < end && Date.parse(edit.to) > start && counts(edit),
  );
  return Promise.all(
    found.map(async ({ id, from, to, method, energy = 'taken' }) => ({
      ...{ id, method, energy, from: Date.parse(from), to: Date.parse(to) },
      cells: await readCells(session, id),
    })),
  );
}
