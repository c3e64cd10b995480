/** `npm run mizan -- …`: the administrator's command line, for an installation on this machine or on AWS. */
import { userInfo } from 'node:os';
import { pathToFileURL } from 'node:url';
import { exitCodes, UsageError } from './mizan/exit-codes.ts';
import { connect, UnreachableError } from './mizan/invoke-function.ts';
import { parseArguments } from './mizan/parse-arguments.ts';
import { present } from './mizan/present.ts';
import { readPassword } from './mizan/read-password.ts';
import { help, messages } from './mizan/texts.ts';

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Where a password comes from: never from the arguments, which other users of the machine can read. */
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  /** Says who ran the command in the audit trail. */
  userName: string;
}

/** @returns the exit code */
async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const locale = args.includes('--lang=ar') || args[args.indexOf('--lang') + 1] === 'ar' ? 'ar' : 'en';
  try {
    const parsed = parseArguments(args, locale);
    if (parsed.isHelp) {
      terminal.out(help[locale]);
      return exitCodes.done;
    }
    const { target, json, order, needsPassword } = parsed;
    if (needsPassword) order.owner!.password = await readPassword(terminal, messages[locale]);
    const invoke = await connect(target);
    const outcome = await invoke({ ...order, by: terminal.userName, locale });
    if (!outcome.ok) {
      terminal.err(json ? JSON.stringify(outcome.error) : present.refusal(outcome.error, messages[locale]));
      return exitCodes.refused;
    }
    terminal.out(json ? JSON.stringify(outcome.result, null, 2) : present.result(order.action, outcome.result, locale));
    if (!json && order.owner !== undefined && !needsPassword) terminal.out(messages[locale].invited);
    return exitCodes.done;
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.err(`${error.message}\n${messages[locale].seeHelp}`);
      return exitCodes.usage;
    }
    if (error instanceof UnreachableError) {
      terminal.err(error.message);
      return exitCodes.unreachable;
    }
    throw error;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = await run(process.argv.slice(2), {
    out: (text) => console.log(text),
    err: (text) => console.error(text),
    stdin: process.stdin,
    userName: userInfo().username,
  });
}
