/** What can be done with devices, their firmware and rollouts. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { claimDevice, makeClaimCode } from './claim-code.ts';
import { issueConfiguration, listConfigurations } from './configuration.ts';
import { deviceOfKey, devicePartitions, iotDeviceEntity } from './device-entity.ts';
import { announceFirmware, downloadOf, releaseFirmware, uploadAgain, withdrawFirmware } from './firmware.ts';
import { type Firmware, firmwareEntity, type RolloutDevice, rolloutEntity } from './firmware-entity.ts';
import { importDevices } from './import-devices.ts';
import { narrowCredential } from './narrow-credential.ts';
import { noteDevice } from './presence.ts';
import { provisionDevice } from './provision-device.ts';
import { type DeviceChanges, registerDevice, retireDevice, updateDevice } from './register-device.ts';
import { changeRollout, countsOf, type RolloutChanges, type StoredRollout, startRollout } from './rollout.ts';
import type { iot } from './routes.ts';
import { showDevice, showDevices, showSelf } from './show-device.ts';

export const iotOperations: Operations<typeof iot.routes> = {
  listIotDevices: async ({ session, query, page }) => {
    const { items, nextCursor } = await queryShards(session, iotDeviceEntity, {
      index: 'gsi1',
      partitions: devicePartitions,
      sortKeyOf: ({ id }) => [id],
      filter: equals(query),
      ...page,
    });
    return { data: await showDevices(session, items), pagination: { limit: page.limit, nextCursor } };
  },
  registerIotDevice: async ({ session, body }) => ({ data: await registerDevice(session, body) }),
  importIotDevices: async ({ session, body, principal, locale }) => ({
    data: await importDevices(session, body, principal.subject, locale),
  }),
  getIotDevice: async ({ session, params }) => ({
    data: await showDevice(session, await session.require(iotDeviceEntity, params)),
  }),
  updateIotDevice: async ({ session, params, body, expectedVersion, principal }) => ({
    data: await updateDevice(session, params.id, body as DeviceChanges, expectedVersion, principal.subject),
  }),
  retireIotDevice: async ({ session, params, principal }) => ({
    data: await retireDevice(session, params.id, principal.subject),
  }),
  getIotDeviceHistory: readHistory(iotDeviceEntity),
  provisionIotDevice: async ({ session, params, principal }) => ({
    data: await provisionDevice(session, params.id, principal.subject),
  }),
  narrowIotCredential: async ({ session, params }) => ({ data: await narrowCredential(session, params.id) }),
  makeClaimCode: async ({ session, params, principal }) => ({
    data: await makeClaimCode(session, params.id, principal.subject),
  }),
  claimIotDevice: async ({ body, correlationId }) => ({
    data: await claimDevice(body.code, body.serialNumber, correlationId),
  }),
  listIotConfigurations: ({ session, params, page }) => listConfigurations(session, params.id, page),
  issueIotConfiguration: async ({ session, params, body, principal }) => ({
    data: await issueConfiguration(session, params.id, body.settings, principal.subject),
  }),
  getIotSelf: async ({ session, principal }) => {
    const device = await deviceOfKey(session, principal.subject);
    if (device === undefined) throw notFound(iotDeviceEntity.name, principal.subject);
    await noteDevice(session, device, Date.parse(session.context.now()));
    return { data: await showSelf(session, device) };
  },
  listFirmware: async ({ session, query, page }) => {
    const { items, nextCursor } = await session.query<Firmware & Stored>(firmwareEntity, {
      index: 'gsi1',
      pk: ['FIRMWARES'],
      order: 'descending',
      filter: equals(query),
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  announceFirmware: async ({ session, body }) => ({ data: await announceFirmware(session, body) }),
  getFirmware: async ({ session, params }) => ({ data: await session.require(firmwareEntity, params) }),
  uploadFirmwareAgain: async ({ session, params }) => ({ data: await uploadAgain(session, params.id) }),
  releaseFirmware: async ({ session, params }) => ({ data: await releaseFirmware(session, params.id) }),
  withdrawFirmware: async ({ session, params }) => ({ data: await withdrawFirmware(session, params.id) }),
  getFirmwareFile: async ({ session, params }) => {
    const firmware = await session.require(firmwareEntity, params);
    if (firmware.status === 'draft')
      throw new AppError('not_found', undefined, { values: { entity: 'file', id: params.id } });
    return { data: await downloadOf(session, firmware) };
  },
  listRollouts: async ({ session, query, page }) => {
    const { items, nextCursor } = await session.query<StoredRollout>(rolloutEntity, {
      index: 'gsi1',
      pk: ['ROLLOUTS'],
      order: 'descending',
      filter: equals(query),
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  startRollout: async ({ session, body }) => ({ data: await startRollout(session, body) }),
  getRollout: async ({ session, params }) => {
    const rollout = await session.require(rolloutEntity, params);
    return { data: { ...rollout, ...(await countsOf(session, params.id)) } };
  },
  changeRollout: async ({ session, params, body }) => ({
    data: await changeRollout(session, params.id, body as RolloutChanges),
  }),
  listRolloutDevices: async ({ session, params, page }) => {
    await session.require(rolloutEntity, params);
    const { items, nextCursor } = await session.query<RolloutDevice>(rolloutEntity, {
      pk: ['ROLLOUT', params.id],
      beginsWith: ['DEVICE'],
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
};
