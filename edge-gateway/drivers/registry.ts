/** The protocols this gateway speaks, each loaded when a connection first needs it: a station has one or two of them. */
import type { ProtocolType } from '../../layers/station/station-configuration.ts';
import type { DriverModule } from '../runtime/driver.ts';

// Each module knows its own settings; the runtime only hands them from `parse` to `create`.
export type AnyDriverModule = DriverModule<any, any, any>;
export type LoadDriver = (protocol: ProtocolType) => Promise<AnyDriverModule>;

export const loadDriver: LoadDriver = async (protocol) => {
  switch (protocol) {
    case 'modbus':
      return (await import('./modbus/index.ts')).modbusDriver;
    case 'dnp3':
      return (await import('./dnp3/index.ts')).dnp3Driver;
    case 'iec61850':
      return (await import('./iec61850/index.ts')).iec61850Driver;
    case 'mqtt':
      return (await import('./mqtt/index.ts')).mqttDriver;
    case 'http':
      return (await import('./http/index.ts')).httpDriver;
  }
};
