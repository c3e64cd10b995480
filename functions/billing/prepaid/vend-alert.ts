/** The alerts of a token: that nobody knows what became of it ends when it is known, that it is another one than was ordered does not. */
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';
import { endAlert, raiseAlert } from '../../platform/contract.ts';
import type { VendRow } from './vend-entity.ts';

type Matter = 'outcome' | 'wrong';

const keyOf = ({ id }: Pick<VendRow, 'id'>, matter: Matter): string =>
  matter === 'outcome' ? `prepaid-token/${id}` : `prepaid-token/${id}/wrong`;

export function raiseVendAlert(
  unit: UnitOfWork,
  vend: VendRow,
  matter: Matter,
  detail: string,
  title: Translated,
): void {
  raiseAlert(unit, {
    alertType: 'business',
    severity: 'warning',
    title,
    sourceSystem: 'billing',
    alertData: { vendId: vend.id, meterId: vend.meterId, detail },
    dedupeKey: keyOf(vend, matter),
  });
}

/** Together with the end of a token, or of taking it back, that was waited for. */
export function endVendAlert(unit: UnitOfWork, vend: VendRow, outcome: string): void {
  if (vend.status === 'unknown' || vend.mayBeReversed) endAlert(unit, keyOf(vend, 'outcome'), outcome);
}
