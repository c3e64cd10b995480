/** From a meter as people know it to the profile its readings are judged by. */
import type { MeterProfile, RegisterSegment } from '../../../layers/metering/meter-state.ts';
import { toUnits } from '../../../layers/metering/register.ts';
import type { Device, Meter } from './meter-schema.ts';

/** Far above any low-voltage supply: what a working meter can report, not what a network should have. */
const highestPhaseVoltage = 300;
const highestLineVoltage = 1000;
/** Short circuits and starting motors draw many times the rated current. */
const overcurrentFactor = 10;

export function profileOf(meter: Meter): MeterProfile {
  return {
    meterId: meter.id,
    status: meter.status,
    segments: meter.devices.map((device) => segmentOf(meter, device)),
    assignments: meter.stations.map(({ stationId, since }) => ({ stationId, from: since ? Date.parse(since) : 0 })),
  };
}

/** What a device counts, or counted, with: new transformers change nothing of what was counted with the old ones. */
const ratiosOf = ({ ctRatio, ptRatio, registerScale }: Meter, device: Device) => ({
  ctRatio: device.ctRatio ?? ctRatio,
  ptRatio: device.ptRatio ?? ptRatio,
  registerScale: device.registerScale ?? registerScale,
});

function maxKwOf(meter: Meter, { ctRatio, ptRatio }: ReturnType<typeof ratiosOf>): number {
  const { phases, ratedCurrentA } = meter;
  return meter.maxPlausibleKw ?? (phases * highestPhaseVoltage * ptRatio * ratedCurrentA * ctRatio) / 1000;
}

function segmentOf(meter: Meter, device: Device): RegisterSegment {
  const ratios = ratiosOf(meter, device);
  const { ctRatio, ptRatio, registerScale } = ratios;
  const segment: RegisterSegment = {
    from: device.installedAt ? Date.parse(device.installedAt) : 0,
    serial: device.serialNumber,
    digits: device.digits,
    decimals: device.decimals,
    maxKw: maxKwOf(meter, ratios),
    multiplier: registerScale === 'secondary' ? ctRatio * ptRatio : 1,
    maxVoltage: highestLineVoltage * ptRatio,
    maxCurrent: meter.ratedCurrentA * ctRatio * overcurrentFactor,
  };
  if (device.removedAt !== undefined) segment.to = Date.parse(device.removedAt);
  const start = toUnits(device.initialRegisterKwh);
  const end = toUnits(device.finalRegisterKwh);
  if (start !== undefined) segment.startRegister = start;
  if (end !== undefined) segment.endRegister = end;
  if (meter.registers.length > 0) segment.registers = meter.registers.map(({ obis }) => obis);
  return segment;
}
