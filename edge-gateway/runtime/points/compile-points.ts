/** The points of a configuration as the engine works with them: numbers at hand, expressions parsed, derived points in order. */
import { orderDerived } from '../../../layers/station/check-configuration.ts';
import { type Expression, parseExpression, pointsOf } from '../../../layers/station/expression.ts';
import type { PointValue, Quality } from '../../../layers/station/point-value.ts';
import type {
  DerivedPointConfiguration,
  PointConfiguration,
  ProtocolType,
  StationConfiguration,
} from '../../../layers/station/station-configuration.ts';
import { type Watch, watchesOf } from './alarm-watch.ts';
import type { ReportRule, Told } from './report-by-exception.ts';

/** How a point stands now. */
export interface PointState {
  value: PointValue | undefined;
  quality: Quality;
  reason: string | undefined;
  /** Of the value. */
  timeMs: number;
  timeBy: 'gateway' | 'device' | 'device_uncertain';
  /** When the driver last said anything of it; monotonic. */
  heardAtMs: number;
  told: Told | undefined;
}

export interface EnginePoint {
  id: string;
  configuration: PointConfiguration | DerivedPointConfiguration;
  /** Where it comes from; undefined for derived points. */
  /** `tellsPast`: what is no event may be of the past all the same, as a device keeps it while its broker is away. */
  source: { deviceId: string; connectionId: string; tellsPast: boolean } | undefined;
  isLow: boolean;
  rule: ReportRule;
  watches: Watch[];
  /** 0 is never. */
  staleAfterMs: number;
  expression: Expression | undefined;
  state: PointState | undefined;
}

export interface CompiledPoints {
  byId: Map<string, EnginePoint>;
  measured: EnginePoint[];
  /** So that each comes after what it reads. */
  derived: EnginePoint[];
  /** Derived points that read a point themselves. */
  readersOf: Map<string, EnginePoint[]>;
  byDevice: Map<string, EnginePoint[]>;
}

/** Drivers of these poll; the others are told when something changes and may rightly be silent for days. */
export const polledProtocols: readonly ProtocolType[] = ['modbus', 'http'];

export function compilePoints(configuration: StationConfiguration): CompiledPoints {
  const { connections, devices, points, derivedPoints, report } = configuration;
  const protocolOf = new Map(connections.map(({ id, protocolType }) => [id, protocolType]));
  const connectionOf = new Map(devices.map(({ id, connectionId }) => [id, connectionId]));
  const byId = new Map<string, EnginePoint>();
  const byDevice = new Map<string, EnginePoint[]>();
  const measured = points.map((point) => {
    const connectionId = connectionOf.get(point.deviceId)!;
    const isPolled = polledProtocols.includes(protocolOf.get(connectionId)!);
    const made: EnginePoint = {
      ...common(point, report.refreshMs),
      source: { deviceId: point.deviceId, connectionId, tellsPast: protocolOf.get(connectionId) === 'mqtt' },
      staleAfterMs: point.staleAfterMs ?? (isPolled ? Math.max(60_000, point.scanRateMs * 10) : 0),
      expression: undefined,
    };
    byId.set(point.id, made);
    const siblings = byDevice.get(point.deviceId);
    if (siblings) siblings.push(made);
    else byDevice.set(point.deviceId, [made]);
    return made;
  });
  const unordered = new Map(
    derivedPoints.map((point): [string, EnginePoint] => [
      point.id,
      {
        ...common(point, report.refreshMs),
        source: undefined,
        staleAfterMs: 0,
        expression: parseExpression(point.expression),
      },
    ]),
  );
  const inputs = new Map([...unordered].map(([id, { expression }]) => [id, pointsOf(expression!)]));
  const derived = orderDerived(inputs).ordered.map((id) => unordered.get(id)!);
  for (const point of derived) byId.set(point.id, point);
  return { byId, measured, derived, readersOf: readers(derived, inputs), byDevice };
}

function common(point: PointConfiguration | DerivedPointConfiguration, refreshMs: number) {
  const { id, lowLimit, highLimit, deadbandAbsolute, deadbandPercent, priority } = point;
  const span = lowLimit !== undefined && highLimit !== undefined ? highLimit - lowLimit : undefined;
  return {
    id,
    configuration: point,
    isLow: priority === 'low',
    rule: { deadbandAbsolute, deadbandPercent, span, refreshMs: point.refreshMs ?? refreshMs },
    watches: watchesOf(point),
    state: undefined,
  };
}

/** Which derived points read each point themselves. */
function readers(derived: EnginePoint[], inputs: ReadonlyMap<string, readonly string[]>): Map<string, EnginePoint[]> {
  const direct = new Map<string, EnginePoint[]>();
  for (const point of derived)
    for (const input of inputs.get(point.id)!) {
      const known = direct.get(input);
      if (known) known.push(point);
      else direct.set(input, [point]);
    }
  return direct;
}
