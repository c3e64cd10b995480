/** What may be uploaded as a photo of a meter. */
import * as z from 'zod/mini';

export const extensions = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' } as const;
const maxPhotoBytes = 8 * 1024 * 1024;

export const newPhotoSchema = z.object({
  contentType: z.enum(Object.keys(extensions) as [keyof typeof extensions]),
  /** Exactly what will be sent. */
  sizeBytes: z.int().check(z.gte(1), z.lte(maxPhotoBytes)),
});

export type NewPhoto = z.infer<typeof newPhotoSchema>;
