/** What another program reads in a PDF. */
import { run } from './programs.ts';

/** Text in the order of the page, without marks of direction. Needs `pdftotext`: see `hasProgram`. */
export async function textOfPdf(bytes: Uint8Array): Promise<string> {
  const reading = run('pdftotext', ['-layout', '-', '-']);
  reading.child.stdin!.end(bytes);
  const { stdout } = await reading;
  return stdout.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
}
