/** Registers a meter with the state its readings will be judged by. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { requireStation } from '../../scada/contract.ts';
import { meterCreated } from '../events.ts';
import { refuseImpossible, withDefaults } from '../models/apply-model.ts';
import { findModel } from '../models/find-model.ts';
import { checkDevices, refuseInstalledLater } from './check-devices.ts';
import { meterEntity } from './meter-entity.ts';
import type { CreateMeter, Device, Meter } from './meter-schema.ts';
import { claimReportedId } from './meter-states.ts';

export async function registerMeter(session: TenantSession, request: CreateMeter) {
  refuseInstalledLater(request.installedAt, session.context.now());
  const [model] = await Promise.all([findModel(session, request.model), requireStation(session, request.stationId)]);
  const meter = newMeter({ ...request, ...withDefaults(request, model) });
  refuseImpossible(meter, model);
  checkDevices(meter);
  return session.transact(meterEntity.table, (unit) => {
    const stored = unit.create(meterEntity, meter);
    claimReportedId(unit, session, meter.id, meter);
    if (meter.serialNumber !== meter.id) claimReportedId(unit, session, meter.serialNumber, meter);
    unit.emit(meterCreated, { aggregateId: meter.id, payload: stored });
    return stored;
  });
}

type Complete = CreateMeter & ReturnType<typeof withDefaults>;

function newMeter({ initialRegisterKwh, installedAt, ...request }: Complete): Meter {
  const serialNumber = request.serialNumber ?? request.id;
  const device: Device = {
    serialNumber,
    model: request.model,
    digits: request.digits,
    decimals: request.decimals,
    ...(installedAt === undefined ? {} : { installedAt }),
    ...(initialRegisterKwh === undefined ? {} : { initialRegisterKwh }),
  };
  return {
    ...request,
    serialNumber,
    status: 'connected',
    devices: [device],
    stations: [{ stationId: request.stationId, ...(installedAt === undefined ? {} : { since: installedAt }) }],
  };
}
