/** Programs of the system that a few tests ask for their opinion. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether the program is on the path; says why tests are skipped where it is not. */
export function hasProgram(name: string, debianPackage: string): boolean {
  const isThere = (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (!isThere) console.warn(`Skipped: no ${name} here. Install it (Debian: apt-get install ${debianPackage}).`);
  return isThere;
}
