/** Firmware from its announcement to its release: S3 takes the announced bytes and no others, and that is looked at again. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { describeObject, signDownload, signUpload } from '../../../layers/kernel/files/signed-urls.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { type Firmware, firmwareBucket, firmwareEntity, firmwareVersionEntity } from './firmware-entity.ts';

/** Below the folder of the tenant: no address of one reaches a file of another. */
const keyOf = ({ tenantId }: TenantSession, { id }: Pick<Firmware, 'id'>): string => `${tenantId}/${id}.bin`;

export async function announceFirmware(session: TenantSession, order: Omit<Firmware, 'id' | 'status' | 'releasedAt'>) {
  const firmware: Firmware = { ...order, id: newId('fwr'), status: 'draft' };
  const { id, model, firmwareVersion } = firmware;
  const stored = await session.transact('metering', (unit) => {
    unit.create(firmwareVersionEntity, { model, firmwareVersion, firmwareId: id });
    return unit.create(firmwareEntity, firmware);
  });
  return { firmware: stored, upload: await uploadOf(session, firmware) };
}

export async function uploadAgain(session: TenantSession, id: string) {
  const firmware = await session.require(firmwareEntity, { id });
  if (firmware.status !== 'draft') throw notDraft();
  return uploadOf(session, firmware);
}

const uploadOf = (session: TenantSession, firmware: Firmware) =>
  signUpload(firmwareBucket, {
    key: keyOf(session, firmware),
    contentType: 'application/octet-stream',
    sizeBytes: firmware.sizeBytes,
    sha256: firmware.sha256,
  });

export const releaseFirmware = (session: TenantSession, id: string): Promise<Firmware & Stored> =>
  retryOnChange(async () => {
    const firmware = await session.require(firmwareEntity, { id });
    if (firmware.status !== 'draft') throw notDraft();
    const file = await describeObject(firmwareBucket, keyOf(session, firmware));
    if (file === undefined || file.sizeBytes !== firmware.sizeBytes || file.sha256 !== firmware.sha256)
      throw new AppError('unprocessable', undefined, {
        texts: {
          en: file === undefined ? 'The file was not uploaded yet.' : 'The file is not the one that was announced.',
          ar: file === undefined ? 'لم يُرفع الملف بعد.' : 'الملف ليس هو الملف المعلن.',
        },
      });
    return session.transact('metering', (unit) =>
      unit.update(firmwareEntity, firmware, { status: 'released', releasedAt: session.context.now() }),
    );
  });

export const withdrawFirmware = (session: TenantSession, id: string): Promise<Firmware & Stored> =>
  retryOnChange(async () => {
    const firmware = await session.require(firmwareEntity, { id });
    return session.transact('metering', (unit) => unit.update(firmwareEntity, firmware, { status: 'withdrawn' }));
  });

/** @param expiresIn seconds */
export async function downloadOf(session: TenantSession, firmware: Firmware, expiresIn = 3600) {
  return { url: await signDownload(firmwareBucket, keyOf(session, firmware), expiresIn), expiresIn };
}

const notDraft = (): AppError =>
  new AppError('conflict', undefined, { texts: { en: 'It is no draft any more.', ar: 'لم تعد مسودة.' } });
