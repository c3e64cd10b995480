/** A password from standard input, so that it stands in no list of processes and no history of a shell. */
import type { Terminal } from '../mizan.ts';
import { UsageError } from './exit-codes.ts';
import type { Messages } from './texts.ts';

const maxBytes = 1024;

/** @throws UsageError when nothing comes */
export async function readPassword({ stdin, err }: Terminal, say: Messages): Promise<string> {
  if (stdin.isTTY) err(say.askPassword);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk as Uint8Array));
    size += chunks.at(-1)!.length;
    if (size > maxBytes) break;
  }
  // The end of the line belongs to `echo` and Enter; spaces belong to the password.
  const password = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (password === '') throw new UsageError(say.noPassword);
  return password;
}
