/**
 * What a client may send to change an entity: every field may be left out, and then stays as it is. `z.partial` alone would
 * not do: it keeps defaults, so that a field left out would be set back.
 */
import * as z from 'zod/mini';

type AnyObject = z.ZodMiniObject<any, any>;

export interface ChangeOptions {
  /** Fields that never change. @default none */
  fixed?: readonly string[];
  /** Whether `null` removes what may be missing in the entity. @default false: null is refused */
  removable?: boolean;
}

export function changesOf(schema: AnyObject, { fixed = [], removable = false }: ChangeOptions = {}): AnyObject {
  const shape: Record<string, z.ZodMiniType> = {};
  for (const [name, field] of Object.entries(schema.shape as Record<string, z.ZodMiniType>)) {
    if (fixed.includes(name)) continue;
    const { type, innerType } = field._zod.def as { type: string; innerType?: z.ZodMiniType };
    if (type === 'optional' && removable) shape[name] = z.optional(z.nullable(innerType!));
    else shape[name] = z.optional(type === 'default' ? innerType! : field);
  }
  const { catchall } = schema._zod.def as { catchall?: z.ZodMiniType };
  return catchall?._zod.def.type === 'never' ? z.strictObject(shape) : z.object(shape);
}
