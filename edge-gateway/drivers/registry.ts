/** The protocols this gateway speaks, each loaded when a connection first needs it: a station has one or two of them. */
import type { ProtocolType } from '../../layers/station/station-configuration.ts';
import type { DriverModule } from '../runtime/driver.ts';

// Each module knows its own settings; the runtime only hands them from `parse` to `create`.
export type AnyDriverModule = DriverModule<any, any, any>;
export type LoadDriver = (protocol: ProtocolType) => Promise<AnyDriverModule>;
