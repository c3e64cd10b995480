/** Records the exchange of the device at a metering point, so that consumption goes on across it. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { movement } from '../../../layers/metering/advance.ts';
import { limitsOf, segmentAt } from '../../../layers/metering/meter-state.ts';
import { fromUnits, toUnits } from '../../../layers/metering/register.ts';
import { meterExchanged } from '../events.ts';
import { refuseImpossible } from '../models/apply-model.ts';
import { findModel } from '../models/find-model.ts';
import { readNeighbour } from '../readings/readings-store.ts';
import { checkDevices, refused } from './check-devices.ts';
import { meterEntity } from './meter-entity.ts';
import { profileOf } from './meter-profile.ts';
import type { Device, ExchangeMeter, Meter } from './meter-schema.ts';
import { claimReportedId, updateProfile } from './meter-states.ts';

export async function exchangeMeter(
  session: TenantSession,
  id: string,
  request: ExchangeMeter,
  expectedVersion: number | undefined,
) {
  const before = await session.require(meterEntity, { id });
  refuseStale(before, expectedVersion);
  if (before.status === 'retired') throw new AppError('conflict', 'The meter is retired.');
  const now = session.context.now();
  const at = request.at ?? now;
  if (at > now) throw refused('/at', 'An exchange is recorded after it happened.', 'يُسجَّل الاستبدال بعد حدوثه.');
  const old = before.devices.at(-1)!;
  await checkFinalRegister(session, before, at, request.finalRegisterKwh);
  const model = request.newModel === undefined ? undefined : await findModel(session, request.newModel);
  const { ctRatio, ptRatio, registerScale } = before;
  const ratios = {
    ctRatio: request.newCtRatio ?? ctRatio,
    ptRatio: request.newPtRatio ?? ptRatio,
    registerScale: request.newRegisterScale ?? registerScale,
  };
  refuseImpossible({ ...before, ...ratios }, model);
  const device: Device = {
    serialNumber: request.newSerialNumber,
    model: request.newModel ?? old.model,
    digits: request.newDigits ?? model?.digits ?? old.digits,
    decimals: request.newDecimals ?? model?.decimals ?? old.decimals,
    installedAt: at,
    initialRegisterKwh: request.newInitialRegisterKwh,
    ...(request.newInitialRegisters === undefined ? {} : { initialRegisters: request.newInitialRegisters }),
  };
  const devices = [
    ...before.devices.slice(0, -1),
    {
      ...{ ...old, ctRatio, ptRatio, registerScale, removedAt: at, finalRegisterKwh: request.finalRegisterKwh },
      ...(request.finalRegisters === undefined ? {} : { finalRegisters: request.finalRegisters }),
    },
    device,
  ];
  await checkFirstReading(session, { ...before, ...ratios, devices }, device);
  return session.transact(meterEntity.table, (unit) => {
    const after = unit.update(meterEntity, before, {
      serialNumber: device.serialNumber,
      model: device.model,
      digits: device.digits,
      decimals: device.decimals,
      ...ratios,
      devices,
    });
    checkDevices(after);
    updateProfile(unit, session, after, true);
    if (device.serialNumber !== id) claimReportedId(unit, session, device.serialNumber, after);
    unit.emit(meterExchanged, { aggregateId: id, payload: after });
    return after;
  });
}

/** How far the reading on either side of an exchange may be away, in months. */
const monthsLooked = 3;

/** What was read off the old device bounds all its late readings for ever, so it must follow from those already there. */
async function checkFinalRegister(session: TenantSession, meter: Meter, at: string, finalKwh: string): Promise<void> {
  const atMs = Date.parse(at);
  const last = await readNeighbour(session, meter.id, 'before', atMs, monthsLooked);
  const segment = last && segmentAt(profileOf(meter), last.timeMs);
  if (last === undefined || segment === undefined) return;
  const moved = movement(
    { time: last.timeMs, register: last.register },
    { time: atMs, register: toUnits(finalKwh)! },
    limitsOf(segment),
  );
  if (typeof moved !== 'string') return;
  const [lastKwh, lastAt] = [fromUnits(last.register), new Date(last.timeMs).toISOString()];
  const reason =
    moved === 'decreased'
      ? { en: 'is below', ar: 'أقل من آخر قراءة للجهاز القديم' }
      : {
          en: 'is more than the point can draw above',
          ar: 'أعلى مما تستطيع نقطة القياس استهلاكه منذ آخر قراءة للجهاز القديم',
        };
  throw refused(
    '/finalRegisterKwh',
    `${finalKwh} kWh ${reason.en} the last reading of the old device, ${lastKwh} kWh at ${lastAt}.`,
    `القراءة ${finalKwh} ${reason.ar}: ${lastKwh} في ${lastAt}.`,
  );
}

/**
 * An exchange that is told of late makes the readings since then the new device's. One that only the old device can have shown
 * would be counted as energy, or hide energy: either the time or the first register is wrong, or the reading is.
 */
async function checkFirstReading(session: TenantSession, meter: Meter, device: Device): Promise<void> {
  const atMs = Date.parse(device.installedAt!);
  const next = await readNeighbour(session, meter.id, 'after', atMs + 1, monthsLooked);
  const segment = next && segmentAt(profileOf(meter), next.timeMs);
  if (next === undefined || segment === undefined) return;
  const start = { time: atMs, register: toUnits(device.initialRegisterKwh)! };
  const moved = movement(start, { time: next.timeMs, register: next.register }, limitsOf(segment));
  if (typeof moved !== 'string') return;
  throw refused(
    '/at',
    `The reading ${fromUnits(next.register)} kWh at ${new Date(next.timeMs).toISOString()} would be of the new device, which cannot come there from ${device.initialRegisterKwh} kWh. Correct the time of the exchange or the first register, or reject the reading.`,
    `القراءة ${fromUnits(next.register)} في ${new Date(next.timeMs).toISOString()} تكون للجهاز الجديد، ولا يمكن أن يصلها من ${device.initialRegisterKwh}. صحّح وقت الاستبدال أو القراءة الأولى، أو ارفض تلك القراءة.`,
  );
}
