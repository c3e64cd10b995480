/** Photos of meters: uploaded by the app itself to one key, below the folder of its tenant and user. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { signDownload, signUpload } from '../../../layers/kernel/files/signed-urls.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { extensions, type NewPhoto } from './photo-schema.ts';

export const photoBucket = 'field-photos';
export interface FieldPhoto {
  id: string;
  userId: string;
  key: string;
  contentType: string;
  sizeBytes: number;
  announcedAt: string;
  /** `waiting` until a visit names it, `kept` from then on; `leaving` when none did for so long that it is taken away. */
  status: 'waiting' | 'kept' | 'leaving';
}

export const photosWaiting = ['FIELD-PHOTOS-WAITING'] as const;

export const photoEntity = defineEntity<FieldPhoto>()({
  name: 'field photo',
  table: 'billing',
  key: ({ id }) => ({ pk: ['FIELD-PHOTO', id], sk: ['FIELD-PHOTO'] }),
  indexes: {
    gsi1: ({ status, announcedAt, id }) =>
      status === 'kept' ? undefined : { pk: photosWaiting, sk: [announcedAt, id] },
  },
  idOf: ({ id }) => id,
});

export async function announcePhoto(session: TenantSession, userId: string, { contentType, sizeBytes }: NewPhoto) {
  const id = newId('pho');
  const key = `${session.tenantId}/${userId}/${id}.${extensions[contentType]}`;
  await session.transact('billing', (unit) =>
    unit.create(photoEntity, {
      ...{ id, userId, key, contentType, sizeBytes },
      announcedAt: session.context.now(),
      status: 'waiting',
    }),
  );
  return { id, upload: await signUpload(photoBucket, { key, contentType, sizeBytes }) };
}

/** The first that is not this user’s, or is there no more, if any. */
export async function foreignPhoto(
  session: TenantSession,
  userId: string,
  photoIds: readonly string[],
): Promise<string | undefined> {
  if (photoIds.length === 0) return undefined;
  // One that was announced this moment is there: else its reading would be refused.
  const photos = await session.getMany(
    photoEntity,
    [...new Set(photoIds)].map((id) => ({ id })),
    { consistent: true },
  );
  const isOwn = (id: string): boolean =>
    photos.some((photo) => photo.id === id && photo.userId === userId && photo.status !== 'leaving');
  return photoIds.find((id) => !isOwn(id));
}

/** Keeps photos in the transaction of the visit that names them. */
export async function keepingPhotos(
  session: TenantSession,
  photoIds: readonly string[],
): Promise<(unit: UnitOfWork) => void> {
  const photos = await Promise.all(
    [...new Set(photoIds)].map((id) => session.get(photoEntity, { id }, { consistent: true })),
  );
  return (unit) => {
    for (const photo of photos)
      if (photo !== undefined && photo.status !== 'kept')
        unit.update(photoEntity, photo, { status: 'kept' }, { isAudited: false });
  };
}

export async function showPhotos(session: TenantSession, photoIds: readonly string[]) {
  const photos = await session.getMany(
    photoEntity,
    photoIds.map((id) => ({ id })),
  );
  return Promise.all(
    photos.map(async ({ id, key, contentType }) => ({ id, contentType, url: await signDownload(photoBucket, key) })),
  );
}
