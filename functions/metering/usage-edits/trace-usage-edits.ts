/** Edits of usage as a trace shows them: those a bill stood on, and those that came, or were taken back, after it was issued. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Meter } from '../meters/meter-schema.ts';
import { meterUsageEditsEntity, usageEditEntity } from './usage-edit-entity.ts';
import type { EditedEnergy, UsageEdit } from './usage-edit-schema.ts';

export interface TracedUsageEdit
  extends Pick<UsageEdit, 'id' | 'from' | 'to' | 'method' | 'basis' | 'oldKwh' | 'newKwh' | 'registerKwh' | 'reason'> {
  energy: EditedEnergy;
  by: string;
  decidedAt: string;
  undoneAt?: string;
  /** Whether it counted at the moment asked about. */
  counted: boolean;
}

/** @param knownMs the moment asked about, milliseconds */
export async function usageEditsOf(
  session: TenantSession,
  { id: meterId, hasUsageEdits = false }: Pick<Meter, 'id' | 'hasUsageEdits'>,
  { start, end }: { start: number; end: number },
  knownMs: number,
): Promise<TracedUsageEdit[]> {
  if (!hasUsageEdits) return [];
  const row = await session.get(meterUsageEditsEntity, { meterId }, { consistent: true });
  const touching = (row?.edits ?? []).filter(({ from, to }) => Date.parse(from) < end && Date.parse(to) > start);
  return Promise.all(
    touching.map(async ({ id: named, since, until }): Promise<TracedUsageEdit> => {
      const edit = await session.require(usageEditEntity, { id: named });
      const {
        id,
        from,
        to,
        energy = 'taken',
        method,
        basis,
        oldKwh,
        newKwh,
        registerKwh,
        reason,
        requestedBy,
        decidedBy,
      } = edit;
      return {
        ...{ id, from, to, energy, method, basis, reason },
        ...(oldKwh === undefined ? {} : { oldKwh }),
        ...(newKwh === undefined ? {} : { newKwh }),
        ...(registerKwh === undefined ? {} : { registerKwh }),
        by: decidedBy ?? requestedBy,
        decidedAt: since,
        ...(until === undefined ? {} : { undoneAt: until }),
        counted: Date.parse(since) <= knownMs && (until === undefined || Date.parse(until) > knownMs),
      };
    }),
  );
}
