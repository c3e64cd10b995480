/** Sets the reading that new ones are checked against, after a person looked at the meter. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { segmentAt } from '../../../layers/metering/meter-state.ts';
import { modulusOf, toUnits } from '../../../layers/metering/register.ts';
import { refused } from './check-devices.ts';
import { meterEntity } from './meter-entity.ts';
import { profileOf } from './meter-profile.ts';
import { saveReferences } from './meter-states.ts';

export async function setReference(session: TenantSession, meterId: string, time: string, registerKwh: string) {
  const meter = await session.require(meterEntity, { id: meterId });
  const point = { time: Date.parse(time), register: toUnits(registerKwh)! };
  if (time > session.context.now()) throw refused('/time', 'The time is yet to come.', 'هذا الوقت لم يحن بعد.');
  const segment = segmentAt(profileOf(meter), point.time);
  if (segment === undefined)
    throw refused('/time', 'No device was installed at that time.', 'لم يكن هناك جهاز مركّب في ذلك الوقت.');
  if (point.register >= modulusOf(segment.digits))
    throw refused(
      '/registerKwh',
      `It does not fit a register of ${segment.digits} digits.`,
      `القراءة لا تتسع لها خانات العداد (${segment.digits}).`,
    );
  await saveReferences([{ session, state: { meterId, checkpoint: point } }]);
  return { meterId, time, registerKwh };
}
