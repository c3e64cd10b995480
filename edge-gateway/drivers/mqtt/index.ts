/** Devices that publish their values over MQTT 3.1.1 or 5, as a driver of the gateway. */
import type { DriverModule } from '../../runtime/driver.ts';
import { MqttDriver } from './driver.ts';
import { type MqttPoint, type PlannedDevice, parsePlan } from './plan.ts';
import type { MqttConnection } from './settings.ts';

export const mqttDriver: DriverModule<MqttConnection, PlannedDevice, MqttPoint> = {
  protocol: 'mqtt',
  parse: parsePlan,
  create: (plan, context) => new MqttDriver(plan, context),
};
