/** The fonts of documents: Noto Sans Arabic (SIL Open Font License), which has Latin letters too. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = 'node_modules/@expo-google-fonts/noto-sans-arabic';

const files = {
  regular: '400Regular/NotoSansArabic_400Regular.ttf',
  bold: '700Bold/NotoSansArabic_700Bold.ttf',
} as const;

export type FontName = keyof typeof files;
export const fontNames = Object.keys(files) as FontName[];

/** Files that must lie beside the code of a function that makes documents, from the repository root. */
export const fontAssets: string[] = Object.values(files).map((file) => `${folder}/${file}`);

const loaded = new Map<FontName, Buffer>();

/** Beside the bundled code in a function, in the package everywhere else. */
export function fontBytes(name: FontName): Buffer {
  let bytes = loaded.get(name);
  if (bytes === undefined) {
    const beside = join(import.meta.dirname, files[name].split('/')[1]!);
    bytes = readFileSync(existsSync(beside) ? beside : join(import.meta.dirname, '../..', folder, files[name]));
    loaded.set(name, bytes);
  }
  return bytes;
}
