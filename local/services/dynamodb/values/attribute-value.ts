/**
 * Items in the form in which they travel: one key per value that names its type. Values inside the engine are
 * always normalized (see `normalize-value.ts`), so equal numbers have equal texts.
 */

export type AttributeType = 'S' | 'N' | 'B' | 'SS' | 'NS' | 'BS' | 'M' | 'L' | 'BOOL' | 'NULL';

export interface AttributeValue {
  S?: string;
  N?: string;
  /** Base64. */
  B?: string;
  SS?: string[];
  NS?: string[];
  BS?: string[];
  M?: Item;
  L?: AttributeValue[];
  BOOL?: boolean;
  NULL?: true;
}

export type Item = Record<string, AttributeValue>;

/** The key types of tables and indexes. */
export type KeyType = 'S' | 'N' | 'B';

/** An item without a prototype: attributes may be called `__proto__` or `constructor`. */
export function emptyItem(): Item {
  return Object.create(null) as Item;
}

/** The attribute of that name, never an inherited property. */
export function attributeOf(item: Item, name: string): AttributeValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

/** The type of a normalized value. */
export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) return type as AttributeType;
  throw new Error('An attribute value without a type reached the engine');
}

/** A copy that shares nothing with the original. */
export function cloneValue(value: AttributeValue): AttributeValue {
  if (value.M !== undefined) {
    const copy = emptyItem();
    for (const name of Object.keys(value.M)) copy[name] = cloneValue(value.M[name]!);
    return { M: copy };
  }
  if (value.L !== undefined) return { L: value.L.map(cloneValue) };
  return { ...value };
}
