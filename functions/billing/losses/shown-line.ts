/** What a loss report says of one meter, with what is to be looked at. */
import { fromUnits } from '../../../layers/metering/register.ts';
import type { Period } from './area-meters.ts';
import type { PlannedArea } from './loss-report-entity.ts';
import type { Finding, LossLine } from './loss-report-schema.ts';
import type { MeasuredLine } from './measure-meter.ts';

export function shownLine(line: MeasuredLine, areas: readonly PlannedArea[], rows: readonly Period[]): LossLine {
  const { importUnits, exportUnits, role } = line;
  return {
    areaId: areas[line.area]!.id,
    role,
    ...rows[line.row]!,
    days: line.days,
    importKwh: importUnits === undefined ? null : fromUnits(importUnits),
    exportKwh: exportUnits === undefined ? null : fromUnits(exportUnits),
    billedKwh: fromUnits(line.billed.units),
    soldKwh: fromUnits(line.sold),
    unbilledKwh: fromUnits(role === 'output' ? line.unbilled : 0n),
    ...(line.isIntegrated ? { integrated: true } : {}),
    findings: findingsOf(line),
  };
}

function findingsOf(line: MeasuredLine): Finding[] {
  const isOutput = line.role === 'output';
  const found: [Finding, boolean][] = [
    ['unknown_meter', !line.isKnownMeter],
    ['shared_input', line.isShared === true],
    ['unread', line.unreadDays === line.days],
    ['incomplete', !line.isComplete && line.unreadDays < line.days],
    ['estimated', line.estimatedUnits > 0n],
    ['unbilled', isOutput && line.unbilled > 0n],
    ['without_supply', isOutput && line.withoutSupply > 0n],
  ];
  return found.flatMap(([finding, applies]) => (applies ? [finding] : []));
}
